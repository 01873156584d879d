package import CloudEvents
package import Coordination
import Store
import Synchronization

/// The database's clock, read without asking it each time.
///
/// Deadlines are judged by the database's clock. The hub measures how far that
/// is from its own monotonic clock, again and again, so that a jump of the
/// host's wall clock moves nothing. Sandbox counties add their own offset.
package final class HubClock: Sendable {
    private struct State {
        var base: Timestamp
        var measuredAt: ContinuousClock.Instant
        var offsets: [CountyID: Int64] = [:]
        var offsetsReading: UInt64 = 0
        var nextReading: UInt64 = 1
    }

    private let state: Mutex<State>

    /// A clock that was just measured.
    package init(databaseNow: Timestamp) {
        state = Mutex(State(base: databaseNow, measuredAt: .now))
    }

    /// Takes a new measurement of the database's clock.
    package func synchronise(databaseNow: Timestamp) {
        state.withLock {
            $0.base = databaseNow
            $0.measuredAt = .now
        }
    }

    /// Asks the database for its time. An answer that took long says little
    /// about now and is left, unless there was no better one for a while.
    func measure(_ store: Store) async throws {
        let asked = ContinuousClock.now
        let databaseNow = try await store.databaseNow()
        let took = asked.duration(to: .now)
        let age = state.withLock { $0.measuredAt.duration(to: .now) }
        guard took <= Self.quickAnswer || age >= Self.longAgo else { return }
        let half = took / 2
        let microseconds = half.components.seconds * 1_000_000 + half.components.attoseconds / 1_000_000_000_000
        synchronise(databaseNow: Timestamp(microseconds: databaseNow.microseconds + microseconds))
    }

    private static let quickAnswer = Duration.milliseconds(20)
    private static let longAgo = Duration.seconds(60)

    /// A number for the offsets that are about to be read: of two readings
    /// under way at once the one that began later knows better.
    package func beginReading() -> UInt64 {
        state.withLock { state in
            defer { state.nextReading += 1 }
            return state.nextReading
        }
    }

    /// Sets how far each sandbox county runs ahead, in microseconds, unless a
    /// reading that began later has told it.
    package func setOffsets(_ offsets: [CountyID: Int64], reading: UInt64) {
        state.withLock {
            guard reading >= $0.offsetsReading else { return }
            $0.offsets = offsets
            $0.offsetsReading = reading
        }
    }

    /// The database's time.
    package func now() -> Timestamp {
        state.withLock { Self.now($0) }
    }

    /// The time in a county: the database's, ahead in a sandbox.
    package func now(in county: CountyID) -> Timestamp {
        state.withLock {
            Timestamp(microseconds: Self.now($0).microseconds + ($0.offsets[county] ?? 0))
        }
    }

    /// An instant of the database's clock as a county's clock shows it.
    package func shown(_ databaseTime: Timestamp, in county: CountyID) -> Timestamp {
        state.withLock { Timestamp(microseconds: databaseTime.microseconds + ($0.offsets[county] ?? 0)) }
    }

    private static func now(_ state: State) -> Timestamp {
        let elapsed = state.measuredAt.duration(to: .now)
        let microseconds =
            elapsed.components.seconds * 1_000_000 + elapsed.components.attoseconds / 1_000_000_000_000
        return Timestamp(microseconds: state.base.microseconds + microseconds)
    }
}
