/// What waits in a pool for a connection.
protocol PoolWaiter: Sendable {
    var id: UInt64 { get }
    /// It wants a connection to itself, for a transaction.
    var takesLease: Bool { get }
    /// When it stops waiting, in nanoseconds of the monotonic clock.
    var deadline: UInt64 { get }
}

/// Who gets which connection, and when a connection is made. It does no I/O.
///
/// ```
///            connectFailed
///  connect ──────────────▶ (back off)
///     │
///     ▼  connectionOpened                 connectionEnded
///   open ◀──dispatch / completed──▶ busy ─────────────────▶ gone
///     │  ◀──dispatch / leaseEnded─▶ leased
///     ▼  connectionRetired
///  retiring ──connectionEnded──▶ gone
/// ```
///
/// - Queries share connections: each goes to the one with the fewest under
///   way, up to `depth`. One whose first answer is longer in coming than
///   `patience` gets no more, so that nothing queues behind a slow statement
///   while others come free. A lease is exclusive.
/// - Whoever finds no place waits, first come first served, until its deadline.
/// - A connection is made when somebody waits or would have to share, up to
///   `size`. Retiring ones do not count, but there are never more than twice
///   as many in all.
/// - When a connection cannot be made and none is open, all who wait fail with
///   the reason. Then a pause begins, longer with each failure, after which
///   whoever came in between is the cause of the next attempt. During a pause
///   after a permanent failure everybody fails at once.
struct PoolStateMachine<Connection: Sendable, Waiter: PoolWaiter>: Sendable {
    typealias ConnectionID = UInt64

    struct Limits: Sendable {
        var size: Int
        var depth = 16
        var maximumWaiters = 10_000
        /// In nanoseconds.
        var patience: UInt64 = 10_000_000
        var backoff = Backoff()
    }

    enum Action: Sendable {
        /// Make a connection, and report ``connectionMade(_:_:)``.
        case connect(ConnectionID)
        case dispatch(Waiter, Connection)
        case fail(Waiter, any Error)
        /// Pass a cancellation on: the waiter was dispatched earlier.
        case cancel(Connection)
        case close(Connection)
        /// The pool is closed and its last connection gone.
        case ended
    }

    private struct Slot: Sendable {
        enum Phase {
            case connecting, open, retiring
        }

        let id: ConnectionID
        var connection: Connection?
        var phase = Phase.connecting
        var underWay = 0
        var isLeased = false
        /// When it last answered, or began to have something to answer.
        var progressAt: UInt64 = 0
        var hasServed = false
    }

    let limits: Limits
    private var slots: [Slot] = []
    private var waiters = FIFO<Waiter>()
    private var nextID: ConnectionID = 1
    private var failuresInARow = 0
    /// No connection is made before this.
    private var retryAt: UInt64 = 0
    private var lastFailure: ConnectFailure?
    private(set) var isClosed = false
    private var counts = PostgresPoolStatistics()

    init(limits: Limits) {
        self.limits = limits
    }

    // MARK: Callers

    /// A caller wants a connection.
    mutating func requested(_ waiter: Waiter, now: UInt64) -> [Action] {
        if isClosed { return [.fail(waiter, PostgresError(.closed, message: "the pool is closed"))] }
        if let lastFailure, lastFailure.isPermanent, now < retryAt, slots.isEmpty {
            return [.fail(waiter, lastFailure.error)]
        }
        guard waiters.count < limits.maximumWaiters else {
            return [.fail(waiter, Self.exhausted("\(waiters.count) callers wait already"))]
        }
        waiters.append(waiter)
        return advance(now)
    }

    /// A caller has given up.
    mutating func cancelled(_ id: UInt64) -> [Action] {
        if let waiter = waiters.remove(where: { $0.id == id }) { return [.fail(waiter, CancellationError())] }
        // It is with one of them, or on the way there, or answered.
        return slots.compactMap { $0.connection.map { .cancel($0) } }
    }

    /// Time has passed: see ``nextDeadline``.
    mutating func timePassed(_ now: UInt64) -> [Action] {
        var actions: [Action] = []
        while let waiter = waiters.first, waiter.deadline <= now {
            _ = waiters.popFirst()
            actions.append(.fail(waiter, timeoutError))
        }
        return actions + advance(now)
    }

    /// When ``timePassed(_:)`` has something to do, if nothing else happens.
    var nextDeadline: UInt64? {
        guard let first = waiters.first else { return nil }
        // Were the pause over, the connection would be under way.
        let isPausing = waiters.count > slots.count { $0.phase == .connecting } && canGrow(at: retryAt)
        return isPausing ? min(first.deadline, retryAt) : first.deadline
    }

    /// The pool is to be closed: who waits fails, connections end when what
    /// they have under way is answered.
    mutating func closed() -> [Action] {
        guard !isClosed else { return [] }
        isClosed = true
        let error = PostgresError(.closed, message: "the pool was closed")
        let failed = waiters.removeAll().map { Action.fail($0, error) }
        let closing = slots.compactMap { $0.connection.map { Action.close($0) } }
        return failed + closing + (slots.isEmpty ? [.ended] : [])
    }

    /// The pool is closed and its last connection gone.
    var isOver: Bool { isClosed && slots.isEmpty }

    // MARK: Connections

    /// A connection was made, and is about to connect.
    mutating func connectionMade(_ id: ConnectionID, _ connection: Connection) -> [Action] {
        guard let index = index(of: id) else { return [] }
        slots[index].connection = connection
        return isClosed ? [.close(connection)] : []
    }

    mutating func connectionOpened(_ id: ConnectionID, now: UInt64) -> [Action] {
        guard let index = index(of: id) else { return [] }
        slots[index].phase = .open
        counts.opened += 1
        lastFailure = nil
        return advance(now)
    }

    /// - Parameter jitter: at least 0, below 1.
    mutating func connectFailed(
        _ id: ConnectionID, _ failure: ConnectFailure, now: UInt64, jitter: Double,
    ) -> [Action] {
        guard let index = index(of: id) else { return [] }
        slots.remove(at: index)
        counts.failedAttempts += 1
        lastFailure = failure
        pause(now: now, jitter: jitter)
        if isClosed { return slots.isEmpty ? [.ended] : [] }
        // Another attempt under way may still do better.
        let isLast = !slots.contains { $0.phase == .open || ($0.phase == .connecting && !failure.isPermanent) }
        return isLast ? waiters.removeAll().map { .fail($0, failure.error) } : []
    }

    /// Requests were answered.
    mutating func completed(_ id: ConnectionID, count: Int, now: UInt64) -> [Action] {
        guard let index = index(of: id) else { return [] }
        slots[index].underWay -= count
        slots[index].progressAt = now
        slots[index].hasServed = true
        failuresInARow = 0
        return advance(now)
    }

    /// The transaction a connection was leased for is over.
    mutating func leaseEnded(_ id: ConnectionID, now: UInt64) -> [Action] {
        guard let index = index(of: id) else { return [] }
        slots[index].isLeased = false
        slots[index].hasServed = true
        failuresInARow = 0
        return advance(now)
    }

    /// Requests were handed back unsent; they go first.
    ///
    /// The connection takes no more: it has retired, or has ended and is about
    /// to say so.
    mutating func returned(_ returned: [Waiter], from id: ConnectionID, now: UInt64) -> [Action] {
        if let index = index(of: id) {
            slots[index].phase = .retiring
            for waiter in returned {
                if waiter.takesLease { slots[index].isLeased = false } else { slots[index].underWay -= 1 }
            }
        }
        if isClosed {
            let error = PostgresError(.closed, message: "the pool was closed")
            return returned.map { .fail($0, error) }
        }
        waiters.prepend(returned)
        return advance(now)
    }

    /// A connection takes no more work.
    mutating func connectionRetired(_ id: ConnectionID, now: UInt64) -> [Action] {
        guard let index = index(of: id), slots[index].phase != .retiring else { return [] }
        slots[index].phase = .retiring
        counts.discarded += 1
        return advance(now)
    }

    /// A connection is gone.
    ///
    /// - Parameter isLost: the server or the network ended it.
    mutating func connectionEnded(_ id: ConnectionID, isLost: Bool, now: UInt64, jitter: Double) -> [Action] {
        guard let index = index(of: id) else { return [] }
        let slot = slots.remove(at: index)
        if isLost {
            counts.lost += 1
            // A server that takes connections and drops them is not to be
            // tried again and again without a pause.
            if !slot.hasServed { pause(now: now, jitter: jitter) }
        }
        if isClosed { return slots.isEmpty ? [.ended] : [] }
        return advance(now)
    }

    // MARK: -

    private mutating func advance(_ now: UInt64) -> [Action] {
        guard !isClosed else { return [] }
        var actions: [Action] = []
        var isSharing = false
        while let first = waiters.first, let index = freest(now), let connection = slots[index].connection {
            _ = waiters.popFirst()
            if slots[index].underWay > 0 { isSharing = true } else { slots[index].progressAt = now }
            if first.takesLease { slots[index].isLeased = true } else { slots[index].underWay += 1 }
            actions.append(.dispatch(first, connection))
        }
        var wanted = waiters.count + (isSharing ? 1 : 0) - slots.count { $0.phase == .connecting }
        while wanted > 0, canGrow(at: now) {
            slots.append(Slot(id: nextID))
            actions.append(.connect(nextID))
            nextID += 1
            wanted -= 1
        }
        return actions
    }

    /// The open connection with the least to do, if any takes more.
    private func freest(_ now: UInt64) -> Int? {
        var best: Int?
        for (index, slot) in slots.enumerated() where slot.phase == .open && !slot.isLeased {
            if slot.underWay > 0 {
                guard slot.underWay < limits.depth, now < slot.progressAt + limits.patience else { continue }
            }
            if let known = best, slots[known].underWay <= slot.underWay { continue }
            best = index
        }
        return best
    }

    private func canGrow(at now: UInt64) -> Bool {
        now >= retryAt && slots.count < 2 * limits.size && slots.count { $0.phase != .retiring } < limits.size
    }

    private mutating func pause(now: UInt64, jitter: Double) {
        failuresInARow += 1
        let delay = limits.backoff.delay(afterFailures: failuresInARow, jitter: jitter)
        retryAt = now + UInt64(delay.wholeNanoseconds)
    }

    private func index(of id: ConnectionID) -> Int? {
        slots.firstIndex { $0.id == id }
    }

    private var timeoutError: PostgresError {
        if let lastFailure, !slots.contains(where: { $0.phase == .open }) { return lastFailure.error }
        let leased = slots.count { $0.isLeased }
        return Self.exhausted(
            "\(slots.count) of \(limits.size) connections, \(leased) in transactions, were busy all the time")
    }

    private static func exhausted(_ reason: String) -> PostgresError {
        PostgresError(.poolExhausted, message: reason)
    }

    /// How things stand.
    var statistics: PostgresPoolStatistics {
        var statistics = counts
        statistics.size = limits.size
        for slot in slots {
            switch slot.phase {
            case .connecting: statistics.connecting += 1
            case .open: statistics.open += 1
            case .retiring: statistics.retiring += 1
            }
            if slot.isLeased { statistics.leased += 1 }
            statistics.underWay += slot.underWay
        }
        statistics.waiting = waiters.count
        return statistics
    }
}
