import Coordination
import Testing

struct PeriodTests {
    @Test(arguments: [
        ("3wd", 3, Period.Unit.workingDay, "3个工作日", "3 working days"),
        ("1wd", 1, .workingDay, "1个工作日", "1 working day"),
        ("7nd", 7, .naturalDay, "7个自然日", "7 natural days"),
        ("5sd", 5, .schoolDay, "5个上课日", "5 school days"),
        ("24h", 24, .hour, "24小时", "24 hours"),
        ("1h", 1, .hour, "1小时", "1 hour"),
        ("999wd", 999, .workingDay, "999个工作日", "999 working days"),
    ])
    func aPeriodReadsAsItIsWritten(
        _ text: String, _ count: Int, _ unit: Period.Unit, _ zh: String, _ en: String,
    ) throws {
        let period = try #require(Period.parse(text))
        #expect(period.count == count && period.unit == unit)
        #expect(period.text == text)
        #expect(period.zh == zh && period.en == en)
    }

    @Test(arguments: [
        "", "wd", "3", "3 wd", "3d", "3WD", "0wd", "03wd", "-3wd", "+3wd", "1000wd", "3.5wd", "3wd ", " 3wd", "3hh",
        "３wd", "三wd", "99999999999999999999wd", "3wdwd",
    ])
    func anythingElseIsNoPeriod(_ text: String) {
        #expect(Period.parse(text) == nil)
    }
}
