import ChineseIdentifiers
import CloudEvents
import Coordination

// Times as people of the county read them.
extension Timestamp {
    private static let weekdays = [
        "周一 Mon", "周二 Tue", "周三 Wed", "周四 Thu", "周五 Fri", "周六 Sat", "周日 Sun",
    ]

    private var minuteOfDay: Int64 {
        let start = Timestamp(startOf: beijingDate)
        return (microseconds - start.microseconds) / 60_000_000
    }

    private static func text(_ day: CivilDate, _ time: String) -> String {
        "\(day) \(time) \(weekdays[day.weekday - 1])"
    }

    private static func digits(_ number: Int64) -> String { number < 10 ? "0\(number)" : String(number) }

    /// `2020-10-26 17:30 周一 Mon`, Beijing time.
    var beijingText: String {
        Self.text(beijingDate, "\(Self.digits(minuteOfDay / 60)):\(Self.digits(minuteOfDay % 60))")
    }

    /// The same for a deadline: one at midnight ends the day before, and is
    /// written as that day's 24:00.
    var deadlineText: String {
        let midnight = Timestamp(startOf: beijingDate)
        guard microseconds == midnight.microseconds else { return beijingText }
        return Self.text(beijingDate.adding(days: -1), "24:00")
    }
}
