package import ChineseIdentifiers
package import CloudEvents

// The plan's deadlines are days of Beijing time, which has had one offset since
// 1991. A fixed offset keeps the arithmetic free of time-zone tables.
extension Timestamp {
    private static let dayLength: Int64 = 86_400_000_000
    private static let offset = Int64(beijingOffset) * 60_000_000

    /// The day it is in Beijing at this instant.
    package var beijingDate: CivilDate {
        let shifted = microseconds + Self.offset
        let quotient = shifted / Self.dayLength
        return CivilDate(dayNumber: Int(shifted % Self.dayLength < 0 ? quotient - 1 : quotient))
    }

    /// 00:00 in Beijing at the start of a day.
    package init(startOf day: CivilDate) {
        self.init(microseconds: Int64(day.dayNumber) * Self.dayLength - Self.offset)
    }

    /// 24:00 in Beijing at the end of a day: the first instant that is late
    /// for a deadline on that day.
    package init(endOf day: CivilDate) {
        self.init(startOf: day.adding(days: 1))
    }
}
