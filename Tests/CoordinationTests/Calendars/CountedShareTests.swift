import CloudEvents
import Coordination
import Testing

/// 80 % is of the counted time, not of the wall clock.
struct CountedShareTests {
    private let calendar = CalendarFixture.county

    private func instant(_ percent: Int, _ period: String, _ start: String, due: String? = nil) -> Timestamp {
        let period = Period.parse(period)!
        let from = CalendarFixture.at(start)
        return calendar.instant(
            percent: percent, of: period, from: from,
            due: due.map { CalendarFixture.at($0) } ?? calendar.deadline(period, from: from).due,
        )
    }

    @Test(arguments: [
        // 0.8 of the one counted day.
        (80, "1wd", "2020-10-22 10:00", "2020-10-23 19:12"),
        // 1.6 days: 0.6 of the second.
        (80, "2wd", "2020-10-22 10:00", "2020-10-26 14:24"),
        // Four of five days: the fifth begins after the holidays.
        (80, "5wd", "2020-09-25 10:00", "2020-10-09 00:00"),
        // Eight of ten days, make-up Saturday and National Day between.
        (80, "10wd", "2020-09-25 10:00", "2020-10-14 00:00"),
        (50, "1wd", "2020-10-23 10:00", "2020-10-26 12:00"),
        (80, "5nd", "2020-10-19 10:00", "2020-10-24 00:00"),
        // Two natural days that roll over eight days of rest.
        (50, "2nd", "2020-09-30 10:00", "2020-10-02 00:00"),
        (80, "5sd", "2020-09-25 10:00", "2020-10-09 00:00"),
        // Hours are wall-clock time.
        (50, "1h", "2020-10-01 23:45", "2020-10-02 00:15"), (80, "10h", "2020-10-01 12:00", "2020-10-01 20:00"),
        (50, "24h", "2020-10-01 12:00", "2020-10-02 00:00"),
    ])
    func aShareIsOfTheCountedTime(_ percent: Int, _ period: String, _ start: String, _ expected: String) {
        #expect(instant(percent, period, start) == CalendarFixture.at(expected))
    }

    @Test(arguments: ["1wd", "7nd", "24h", "3sd"])
    func nothingIsTheStartAndAllIsTheEnd(_ period: String) {
        let start = CalendarFixture.at("2020-09-29 15:00")
        let due = calendar.deadline(Period.parse(period)!, from: start).due
        #expect(instant(0, period, "2020-09-29 15:00") == start)
        #expect(instant(100, period, "2020-09-29 15:00") == due)
    }

    @Test(arguments: [
        // Extended to ten working days: eight of those that are counted now.
        (80, "5wd", "2020-10-19 10:00", "2020-11-03 00:00", "2020-10-30 00:00"),
        // A date on an instrument, at an hour: 1.6 of two days.
        (80, "5wd", "2020-10-19 10:00", "2020-10-21 15:00", "2020-10-21 14:24"),
        (90, "5wd", "2020-10-19 10:00", "2020-10-21 15:00", "2020-10-21 15:00"),
        (80, "5nd", "2020-10-19 10:00", "2020-10-30 00:00", "2020-10-28 00:00"),
        // No counted day between the two: the wall clock is what is left.
        (50, "5wd", "2020-10-01 10:00", "2020-10-02 10:00", "2020-10-01 22:00"),
    ])
    func anotherEndCountsTheDaysUpToIt(
        _ percent: Int, _ period: String, _ start: String, _ due: String, _ expected: String,
    ) {
        #expect(instant(percent, period, start, due: due) == CalendarFixture.at(expected))
    }
}
