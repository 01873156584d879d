/// A second opinion: days off and days worked as the yearly notices list them,
/// counted one by one without the calendar under test.
enum NaiveCalendar {
    struct Day: Hashable {
        var year: Int, month: Int, day: Int

        var text: String {
            "\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
        }

        var next: Day {
            let isLeap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
            let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
            if day < lengths[month - 1] { return Day(year: year, month: month, day: day + 1) }
            return month < 12 ? Day(year: year, month: month + 1, day: 1) : Day(year: year + 1, month: 1, day: 1)
        }

        /// Zeller's congruence.
        var isWeekend: Bool {
            let (shiftedMonth, shiftedYear) = month < 3 ? (month + 12, year - 1) : (month, year)
            let weekday =
                (day + 13 * (shiftedMonth + 1) / 5 + shiftedYear + shiftedYear / 4 - shiftedYear / 100
                    + shiftedYear / 400) % 7
            return weekday == 0 || weekday == 1
        }

        init(year: Int, month: Int, day: Int) {
            (self.year, self.month, self.day) = (year, month, day)
        }

        init(_ text: Substring) {
            let parts = text.split(separator: "-").map { Int($0)! }
            self.init(year: parts[0], month: parts[1], day: parts[2])
        }
    }

    private static let daysOff = expand(
        """
        2018-12-30…2019-01-01 2019-02-04…2019-02-10 2019-04-05 2019-05-01…2019-05-04 2019-06-07 2019-09-13
        2019-10-01…2019-10-07
        2020-01-01 2020-01-24…2020-02-02 2020-04-04…2020-04-06 2020-05-01…2020-05-05 2020-06-25…2020-06-27
        2020-10-01…2020-10-08
        2021-01-01…2021-01-03 2021-02-11…2021-02-17 2021-04-03…2021-04-05 2021-05-01…2021-05-05
        2021-06-12…2021-06-14 2021-09-19…2021-09-21 2021-10-01…2021-10-07
        2022-01-01…2022-01-03 2022-01-31…2022-02-06 2022-04-03…2022-04-05 2022-04-30…2022-05-04
        2022-06-03…2022-06-05 2022-09-10…2022-09-12 2022-10-01…2022-10-07
        2022-12-31…2023-01-02 2023-01-21…2023-01-27 2023-04-05 2023-04-29…2023-05-03 2023-06-22…2023-06-24
        2023-09-29…2023-10-06
        2024-01-01 2024-02-10…2024-02-17 2024-04-04…2024-04-06 2024-05-01…2024-05-05 2024-06-10
        2024-09-15…2024-09-17 2024-10-01…2024-10-07
        2025-01-01 2025-01-28…2025-02-04 2025-04-04…2025-04-06 2025-05-01…2025-05-05 2025-05-31…2025-06-02
        2025-10-01…2025-10-08
        2026-01-01…2026-01-03 2026-02-15…2026-02-23 2026-04-04…2026-04-06 2026-05-01…2026-05-05
        2026-06-19…2026-06-21 2026-09-25…2026-09-27 2026-10-01…2026-10-07
        """)

    private static let daysWorked = expand(
        """
        2018-12-29 2019-02-02 2019-02-03 2019-04-28 2019-05-05 2019-09-29 2019-10-12
        2020-01-19 2020-02-03 2020-04-26 2020-05-09 2020-06-28 2020-09-27 2020-10-10
        2021-02-07 2021-02-20 2021-04-25 2021-05-08 2021-09-18 2021-09-26 2021-10-09
        2022-01-29 2022-01-30 2022-04-02 2022-04-24 2022-05-07 2022-10-08 2022-10-09
        2023-01-28 2023-01-29 2023-04-23 2023-05-06 2023-06-25 2023-10-07 2023-10-08
        2024-02-04 2024-02-18 2024-04-07 2024-04-28 2024-05-11 2024-09-14 2024-09-29 2024-10-12
        2025-01-26 2025-02-08 2025-04-27 2025-09-28 2025-10-11
        2026-01-04 2026-02-14 2026-02-28 2026-05-09 2026-09-20 2026-10-10
        """)

    private static func expand(_ text: String) -> Set<Day> {
        var days: Set<Day> = []
        for word in text.split(whereSeparator: \.isWhitespace) {
            let ends = word.split(separator: "…").map { Day($0) }
            var day = ends[0]
            days.insert(day)
            while day != ends[ends.count - 1] {
                day = day.next
                days.insert(day)
            }
        }
        return days
    }

    static func isWorking(_ day: Day) -> Bool {
        daysWorked.contains(day) || (!day.isWeekend && !daysOff.contains(day))
    }

    static func afterWorkingDays(_ count: Int, from start: Day) -> Day {
        var (day, counted) = (start, 0)
        repeat {
            day = day.next
            if isWorking(day) { counted += 1 }
        } while counted < count
        return day
    }

    static func afterNaturalDays(_ count: Int, from start: Day) -> Day {
        var day = start
        for _ in 0..<count { day = day.next }
        while !isWorking(day) { day = day.next }
        return day
    }
}
