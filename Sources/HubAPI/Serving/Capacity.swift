package import Hub
import Synchronization

/// What a hub process has only so much of, and who holds how much of it.
package final class Capacity: Sendable {
    package let limits: ServingLimits
    /// Readings of the database and dry runs.
    package let readings: FairGate<SharingUnit>
    /// Bytes of request bodies.
    package let bodies: FairBudget
    /// Bytes that wait for the readers of streams.
    package let streams: FairBudget
    private let waits = Mutex<[SharingUnit: Int]>([:])
    private let open = Mutex(0)

    package init(_ limits: ServingLimits = ServingLimits()) {
        self.limits = limits
        readings = FairGate(width: limits.readings, room: limits.readingsWaiting)
        bodies = FairBudget(limit: limits.bodyBytes)
        streams = FairBudget(limit: limits.streamBytes)
    }

    // MARK: - Streams and long polls

    /// A stream or a long poll that counts as long as this is kept.
    final class WaitingPlace: Sendable {
        private let capacity: Capacity
        private let unit: SharingUnit

        fileprivate init(_ capacity: Capacity, _ unit: SharingUnit) {
            self.capacity = capacity
            self.unit = unit
        }

        deinit {
            capacity.endWait(of: unit)
        }
    }

    /// Counts one more stream or long poll of a unit.
    ///
    /// - Throws: `too-much-at-once` when it has as many as it may.
    func waitingPlace(of unit: SharingUnit) throws -> WaitingPlace {
        let isGranted = waits.withLock { waits in
            guard waits[unit] ?? 0 < limits.waitsPerUnit else { return false }
            waits[unit, default: 0] += 1
            return true
        }
        guard isGranted else { throw HubError("too-much-at-once", retryAfter: 5) }
        return WaitingPlace(self, unit)
    }

    private func endWait(of unit: SharingUnit) {
        waits.withLock { waits in
            let left = (waits[unit] ?? 1) - 1
            waits[unit] = left > 0 ? left : nil
        }
    }

    // MARK: - Connections

    /// What becomes of a connection.
    enum Admission {
        case served, refused
        /// Not worth an answer any more.
        case hungUp
    }

    /// So many more are told why they are refused.
    private static let refusable = 256

    /// How many connections there are.
    package var connections: Int { open.withLock { $0 } }

    /// Counts a connection in, until ``connectionClosed()``.
    func connectionOpened() -> Admission {
        open.withLock { open in
            open += 1
            if open <= limits.connections { return .served }
            return open <= limits.connections + Self.refusable ? .refused : .hungUp
        }
    }

    /// Counts it out.
    func connectionClosed() {
        open.withLock { $0 -= 1 }
    }
}
