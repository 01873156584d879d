import ChineseIdentifiers
import CloudEvents
import Coordination
import Testing

struct WorkCalendarCountingTests {
    private let calendar = CalendarFixture.county

    @Test(arguments: [
        ("2020-09-30", 3, "2020-10-12", "2020-10-09"),
        ("2020-09-25", 5, "2020-10-09", "2020-09-30"),
        ("2021-02-10", 1, "2021-02-18", "2021-02-18"),
        ("2021-02-10", 5, "2021-02-23", "2021-02-18"),
        ("2024-02-09", 1, "2024-02-18", "2024-02-18"),
        ("2024-02-09", 5, "2024-02-22", "2024-02-18"),
        ("2024-09-13", 2, "2024-09-18", "2024-09-18"),
        ("2025-01-24", 5, "2025-02-07", "2025-02-05"),
        ("2026-02-13", 1, "2026-02-14", "2026-02-14"),
    ])
    func workedExamplesOfTheCalendarHold(_ start: String, _ count: Int, _ working: String, _ natural: String) {
        #expect(CalendarFixture.lastDay("\(count)wd", from: start) == CalendarFixture.day(working))
        #expect(CalendarFixture.lastDay("\(count)nd", from: start) == CalendarFixture.day(natural))
    }

    @Test(arguments: [
        ("2020-10-22", "60wd", "2021-01-15"), ("2021-01-15", "30wd", "2021-03-03"),
        ("2020-10-22", "90nd", "2021-01-20"), ("2026-12-28", "5wd", "2027-01-04"),
    ])
    func longPeriodsOfTheLawHold(_ start: String, _ period: String, _ last: String) {
        #expect(CalendarFixture.lastDay(period, from: start) == CalendarFixture.day(last))
    }

    @Test(arguments: ["00:00", "08:30", "17:30", "23:59"])
    func theHourOfTheStartDoesNotMatterForDays(_ clock: String) {
        let deadline = calendar.deadline(Period(1, .workingDay), from: CalendarFixture.at("2020-10-22 \(clock)"))
        #expect(deadline.due == CalendarFixture.at("2020-10-24 00:00"))
    }

    @Test(arguments: [
        // Saturday, Sunday, a festival day: counting starts on the next day.
        ("2020-10-24", "1wd", "2020-10-26"), ("2020-10-25", "1wd", "2020-10-26"), ("2020-10-02", "1wd", "2020-10-09"),
        ("2020-10-24", "1nd", "2020-10-26"), ("2020-09-26", "1wd", "2020-09-27"),
    ])
    func aStartOnARestDayIsNotCounted(_ start: String, _ period: String, _ last: String) {
        #expect(CalendarFixture.lastDay(period, from: start) == CalendarFixture.day(last))
    }

    @Test(arguments: ["2020-10-01 23:30", "2020-10-24 09:00", "2026-12-31 20:00"])
    func hoursRunThroughNightsAndRestDays(_ start: String) {
        let from = CalendarFixture.at(start)
        let deadline = calendar.deadline(Period(24, .hour), from: from)
        #expect(deadline.due == from.advanced(bySeconds: 86_400))
        #expect(!deadline.provisional)
    }

    @Test func aDeadlineIsTheFirstLateInstant() {
        let due = calendar.deadline(Period(1, .workingDay), from: CalendarFixture.at("2020-10-22 10:00")).due
        #expect(due == Timestamp(endOf: CalendarFixture.day("2020-10-23")))
        #expect(due == Timestamp(startOf: CalendarFixture.day("2020-10-24")))
        #expect(due.dayThatEnds == CalendarFixture.day("2020-10-23"))
    }

    @Test(arguments: [
        // The end of Friday, then Saturday's make-up day, then rest.
        ("2020-10-10 00:00", "1wd", "2020-10-11 00:00"), ("2020-10-10 00:00", "2wd", "2020-10-13 00:00"),
        ("2020-10-24 00:00", "1wd", "2020-10-27 00:00"), ("2020-10-24 00:00", "5wd", "2020-10-31 00:00"),
        // Due at an hour: that day is not counted.
        ("2020-10-23 14:00", "1wd", "2020-10-27 00:00"), ("2020-10-23 14:00", "1h", "2020-10-23 15:00"),
        ("2020-10-24 00:00", "2h", "2020-10-24 02:00"), ("2020-10-24 00:00", "1nd", "2020-10-27 00:00"),
        ("2020-10-23 00:00", "1nd", "2020-10-24 00:00"),
    ])
    func stepsAfterADeadlineCountFromItsDay(_ due: String, _ period: String, _ expected: String) {
        let instant = calendar.due(Period.parse(period)!, after: CalendarFixture.at(due))
        #expect(instant == CalendarFixture.at(expected))
    }

    @Test(arguments: [
        // Three whole working days are left.
        ("2020-10-24 00:00", "3wd", "2020-10-21 00:00"), ("2020-10-27 00:00", "3wd", "2020-10-22 00:00"),
        ("2020-10-10 00:00", "3wd", "2020-09-29 00:00"), ("2020-10-26 00:00", "1wd", "2020-10-23 00:00"),
        ("2020-10-24 00:00", "2nd", "2020-10-22 00:00"), ("2020-10-24 14:00", "5h", "2020-10-24 09:00"),
    ])
    func stepsAheadOfADeadlineLeaveWholeDays(_ due: String, _ period: String, _ expected: String) {
        let instant = calendar.instant(Period.parse(period)!, before: CalendarFixture.at(due))
        #expect(instant == CalendarFixture.at(expected))
    }
}
