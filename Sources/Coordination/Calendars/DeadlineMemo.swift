import ChineseIdentifiers
import CloudEvents
import Synchronization

/// The deadlines a calendar has counted lately, by what they depend on: periods
/// in days on the day they start, hours on the minute, as far as their words go.
///
/// A calendar never changes, so that what was counted once holds. Every event
/// asks for several, and in words; nearly all of a day's events ask for the same.
final class DeadlineMemo: Sendable {
    private struct Key: Hashable {
        var period: Period
        /// The day since 1970-01-01 or, for hours, the minute.
        var start: Int64
    }

    private let known = Mutex<[Key: Deadline]>([:])
    /// Beyond that many it begins anew.
    private static let capacity = 4096

    func deadline(_ period: Period, from start: Timestamp, count: () -> Deadline) -> Deadline {
        let isInHours = period.unit == .hour
        let unit = isInHours ? start.microseconds.flooredMinutes : Int64(start.beijingDate.dayNumber)
        let key = Key(period: period, start: unit)
        let remembered = known.withLock { $0[key] }
        let deadline = remembered ?? count()
        if remembered == nil {
            known.withLock {
                if $0.count >= Self.capacity { $0.removeAll(keepingCapacity: true) }
                $0[key] = deadline
            }
        }
        guard isInHours else { return deadline }
        return Deadline(
            due: start.advanced(bySeconds: Int64(period.count) * 3600), provisional: deadline.provisional,
            explanation: deadline.explanation, explanationZh: deadline.explanationZh)
    }
}

extension Int64 {
    /// Whole minutes of an instant in microseconds.
    fileprivate var flooredMinutes: Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: 60_000_000)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
