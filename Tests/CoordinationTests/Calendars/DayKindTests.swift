import ChineseIdentifiers
import Coordination
import Testing

struct DayKindTests {
    @Test(arguments: [
        // Festival days, weekends among them.
        ("2020-10-01", DayKind.festival), ("2020-10-04", .festival), ("2022-09-10", .festival),
        ("2023-09-29", .festival), ("2025-10-06", .festival), ("2025-05-02", .festival),
        // Days joined to them, weekend days among them.
        ("2020-10-05", .joinedRestDay), ("2020-06-26", .joinedRestDay), ("2020-06-27", .joinedRestDay),
        ("2023-09-30", .joinedRestDay), ("2024-05-02", .joinedRestDay), ("2026-02-15", .joinedRestDay),
        ("2018-12-31", .joinedRestDay), ("2022-12-31", .joinedRestDay),
        // Given in lieu of a festival that fell on a weekend.
        ("2022-01-03", .joinedRestDay), ("2022-09-12", .joinedRestDay),
        // Weekends.
        ("2020-10-11", .weekend), ("2020-10-24", .weekend), ("2019-04-06", .weekend), ("2017-06-03", .weekend),
        ("2027-01-02", .weekend),
        // Working days, made up for and ordinary.
        ("2020-09-27", .workingDay), ("2020-10-10", .workingDay), ("2018-12-29", .workingDay),
        ("2026-02-14", .workingDay), ("2020-10-22", .workingDay), ("2024-02-09", .workingDay),
        ("2020-02-03", .workingDay), ("2027-01-01", .workingDay),
    ])
    func eachDayIsOfOneKind(_ text: String, _ kind: DayKind) {
        let day = CalendarFixture.day(text)
        #expect(CalendarFixture.county.dayKind(day) == kind)
        #expect(CalendarFixture.county.isWorkingDay(day) == (kind == .workingDay))
    }

    @Test(arguments: [
        (2019, 11), (2020, 11), (2021, 11), (2022, 11), (2023, 11), (2024, 11), (2025, 13), (2026, 13),
    ])
    func aYearHasTheFestivalDaysOfTheRegulation(_ year: Int, _ count: Int) {
        let first = CivilDate(year: year, month: 1, day: 1)!
        let days = (0..<366).map { first.adding(days: $0) }.filter { $0.year == year }
        #expect(days.count { CalendarFixture.county.dayKind($0) == .festival } == count)
    }

    @Test(arguments: [
        ("2020-09-27", true), ("2018-12-29", true), ("2024-02-18", true), ("2020-09-28", false),
        ("2020-10-03", false), ("2020-10-24", false),
    ])
    func makeUpDaysAreWorkedWeekendDays(_ text: String, _ isMakeUp: Bool) {
        #expect(CalendarFixture.county.isMakeUpDay(CalendarFixture.day(text)) == isMakeUp)
    }

    @Test func theShippedCalendarEndsWithTheLastNotice() {
        #expect(CalendarFixture.county.horizon == CalendarFixture.day("2026-12-31"))
        #expect(CalendarFixture.county.beginning == CalendarFixture.day("2019-01-01"))
    }
}
