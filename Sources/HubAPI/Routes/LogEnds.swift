import Coordination
import Hub
import Store
import Synchronization

/// How far the logs of units go, found out once for all who read the same log:
/// a thousand idle streams look as often as one does.
package final class LogEnds: Sendable {
    private struct Look {
        var end: Position
        var at: ContinuousClock.Instant
    }

    private let looks = Mutex<[LogReader: Look]>([:])

    package init() {}

    /// Whether a log has grown beyond a position, as somebody saw after an
    /// instant.
    ///
    /// - Returns: also since when that is known.
    func hasGrown(
        _ reader: LogReader, beyond position: Position, since instant: ContinuousClock.Instant, by gate: Capacity,
        unit: SharingUnit, read: @Sendable () async throws -> Position,
    ) async throws -> (hasGrown: Bool, at: ContinuousClock.Instant) {
        if let look = look(reader, after: instant) { return (look.end > position, look.at) }
        return try await gate.readings.pass(unit, isBounded: false) {
            // Those before in the line may have looked meanwhile.
            if let look = look(reader, after: instant) { return (look.end > position, look.at) }
            let began = ContinuousClock.now
            let end = try await read()
            looks.withLock { $0[reader] = Look(end: end, at: began) }
            return (end > position, began)
        }
    }

    private func look(_ reader: LogReader, after instant: ContinuousClock.Instant) -> Look? {
        looks.withLock { $0[reader].flatMap { $0.at > instant ? $0 : nil } }
    }
}
