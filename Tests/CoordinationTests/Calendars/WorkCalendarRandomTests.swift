import ChineseIdentifiers
import CloudEvents
import Coordination
import Testing

struct WorkCalendarRandomTests {
    private let calendar = CalendarFixture.county

    @Test(arguments: 2018...2027)
    func everyDayOfAYearAgreesWithTheNotices(_ year: Int) {
        var day = NaiveCalendar.Day(year: year, month: 1, day: 1)
        while day.year == year {
            #expect(
                calendar.isWorkingDay(CalendarFixture.day(day.text)) == NaiveCalendar.isWorking(day), "\(day.text)",
            )
            day = day.next
        }
    }

    @Test(arguments: 2018...2027)
    func randomPeriodsAgreeWithCountingOneByOne(_ year: Int) {
        var random = SeededGenerator(seed: UInt64(year))
        for _ in 0..<1000 {
            let start = CivilDate(year: year, month: 1, day: 1)!.adding(days: Int.random(in: 0..<365, using: &random))
            let count = Int.random(in: 1...120, using: &random)
            let instant = Timestamp(startOf: start).advanced(bySeconds: Int64.random(in: 0..<86_400, using: &random))
            let naive = NaiveCalendar.Day(start.description[...])

            let working = calendar.deadline(Period(count, .workingDay), from: instant)
            #expect(
                working.due.dayThatEnds.description == NaiveCalendar.afterWorkingDays(count, from: naive).text,
                "\(start) +\(count)wd",
            )
            let natural = calendar.deadline(Period(count, .naturalDay), from: instant)
            #expect(
                natural.due.dayThatEnds.description == NaiveCalendar.afterNaturalDays(count, from: naive).text,
                "\(start) +\(count)nd",
            )
            let school = calendar.deadline(Period(count, .schoolDay), from: instant)
            #expect(school.due == working.due && school.provisional)
            for deadline in [working, natural] {
                let last = deadline.due.dayThatEnds
                #expect(
                    deadline.provisional == (last.description >= "2026-12-22" || start.description < "2018-12-31"),
                    "\(start) +\(count)",
                )
            }
        }
    }

    /// However a period is shared out, more of it is never earlier, all of it
    /// lies between start and end, and every day that is shared is counted.
    @Test(arguments: 2019...2026)
    func sharesAscendWithinThePeriod(_ year: Int) {
        var random = SeededGenerator(seed: UInt64(year) * 7)
        for _ in 0..<200 {
            let start = Timestamp(startOf: CivilDate(year: year, month: 1, day: 1)!)
                .advanced(bySeconds: Int64.random(in: 0..<31_000_000, using: &random))
            let period = Period(
                Int.random(in: 1...40, using: &random),
                [.workingDay, .naturalDay, .hour].randomElement(using: &random)!,
            )
            let due = calendar.deadline(period, from: start).due
            var latest = start
            for percent in stride(from: 0, through: 100, by: 5) {
                let instant = calendar.instant(percent: percent, of: period, from: start, due: due)
                #expect(instant >= latest && instant <= due, "\(percent) % of \(period.text) from \(start.beijingDate)")
                if period.unit == .workingDay, (1..<100).contains(percent) {
                    #expect(calendar.isWorkingDay(instant.beijingDate))
                }
                latest = instant
            }
            #expect(latest == due)
        }
    }
}
