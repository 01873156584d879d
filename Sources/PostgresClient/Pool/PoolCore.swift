import Logging
import Synchronization

/// The pool's shell: locks, asks the state machine, unlocks, then acts.
///
/// Connections report from their threads. The pool's own thread keeps time for
/// those who wait; it is started with the first connection.
final class PoolCore: Sendable {
    typealias Machine = PoolStateMachine<PipelineConnection, PoolRequest>

    struct State: Sendable {
        var machine: Machine
        /// When the timekeeper looks next by itself.
        var alarm: UInt64?
        var closers: [CheckedContinuation<Void, Never>] = []
    }

    let configuration: PostgresConfiguration
    let logger: Logger
    private let waitTimeout: UInt64
    let state: Mutex<State>
    let timekeeper = Mutex<ThreadExecutor?>(nil)
    let hasAlarmChanged = Atomic(false)

    init(configuration: PostgresConfiguration, limits: Machine.Limits, waitTimeout: Duration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        self.waitTimeout = UInt64(waitTimeout.wholeNanoseconds)
        state = Mutex(State(machine: Machine(limits: limits)))
    }

    var statistics: PostgresPoolStatistics { state.withLock { $0.machine.statistics } }

    /// When a caller who comes now stops waiting.
    var deadline: UInt64 { monotonicNanoseconds() + waitTimeout }

    // MARK: Callers

    /// Finds a connection for a request, now or later, or fails it.
    func submit(_ request: PoolRequest) {
        change { machine, now in
            request.token.isCancelled ? [.fail(request, CancellationError())] : machine.requested(request, now: now)
        }
    }

    /// Its caller has given a request up.
    func cancel(_ token: RequestToken) {
        token.cancel()
        change(cancelling: token.id) { machine, _ in machine.cancelled(token.id) }
    }

    /// Closes the pool, without waiting for its connections to end.
    func close() {
        change { machine, _ in machine.closed() }
    }

    /// Closes the pool, and returns when its connections have ended.
    func closeAndWait() async {
        close()
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if state.machine.isOver { return true }
                state.closers.append(continuation)
                return false
            }
            if isOver { continuation.resume() }
        }
    }

    // MARK: Connections

    func connectionOpened(_ id: UInt64) {
        logger.debug("connected", metadata: ["postgres_connection": "\(id)"])
        change { machine, now in machine.connectionOpened(id, now: now) }
    }

    func connectFailed(_ id: UInt64, _ failure: ConnectFailure) {
        logger.warning(
            "no connection to the database",
            metadata: ["postgres_connection": "\(id)", "postgres_error": "\(failure.error.message)"])
        change { machine, now in
            machine.connectFailed(id, failure, now: now, jitter: .random(in: 0..<1))
        }
    }

    func connectionReported(_ id: UInt64, _ report: PipelineConnection.Report) {
        change { machine, now in
            var actions: [Machine.Action] = []
            if report.leaseEnded { actions += machine.leaseEnded(id, now: now) }
            if report.completed > 0 { actions += machine.completed(id, count: report.completed, now: now) }
            if !report.returned.isEmpty { actions += machine.returned(report.returned, from: id, now: now) }
            return actions
        }
    }

    func connectionRetired(_ id: UInt64, reason: String) {
        logger.info(
            "connection retired", metadata: ["postgres_connection": "\(id)", "postgres_reason": "\(reason)"])
        change { machine, now in machine.connectionRetired(id, now: now) }
    }

    /// - Parameter error: why it was lost; nil when it was to end.
    func connectionEnded(_ id: UInt64, report: PipelineConnection.Report, error: PostgresError?) {
        if let error {
            logger.warning(
                "connection lost",
                metadata: ["postgres_connection": "\(id)", "postgres_error": "\(error.message)"])
        }
        change { machine, now in
            machine.connectionEnded(id, isLost: error != nil, now: now, jitter: .random(in: 0..<1))
                + machine.returned(report.returned, from: id, now: now)
        }
    }

    // MARK: Acting

    private func change(cancelling id: UInt64? = nil, _ input: (inout Machine, UInt64) -> [Machine.Action]) {
        let now = monotonicNanoseconds()
        let (actions, isAlarmed) = state.withLock { state in
            let actions = input(&state.machine, now)
            // Only an earlier alarm needs telling; a later one is found when
            // the timekeeper looks.
            guard let deadline = state.machine.nextDeadline, deadline < state.alarm ?? .max else {
                return (actions, false)
            }
            state.alarm = deadline
            return (actions, true)
        }
        if isAlarmed { rouseTimekeeper() }
        for action in actions { act(action, cancelling: id) }
    }

    func act(_ action: Machine.Action, cancelling cancelled: UInt64? = nil) {
        switch action {
        case .connect(let id): connect(id)
        case .dispatch(let request, let connection):
            guard !connection.post(.request(request)) else { return }
            change { machine, now in machine.returned([request], from: connection.id, now: now) }
        case .fail(let request, let error): request.fail(error)
        case .cancel(let connection):
            if let cancelled { _ = connection.post(.cancelled(cancelled)) }
        case .close(let connection): connection.close()
        case .ended:
            rouseTimekeeper()
            let closers = state.withLock { state in
                defer { state.closers = [] }
                return state.closers
            }
            for closer in closers { closer.resume() }
        }
    }

    private func connect(_ id: UInt64) {
        do throws(any Error) {
            try startTimekeeper()
            let targets = try ConnectionTargets(configuration)
            let connection = try PipelineConnection(id: id, targets: targets, pool: self)
            change { machine, _ in machine.connectionMade(id, connection) }
            connection.start()
        } catch {
            let error = error as? PostgresError ?? PostgresError(.connectFailed, message: "\(type(of: error))")
            connectFailed(id, ConnectFailure(error: error, isPermanent: true))
        }
    }
}

extension PoolRequest: PoolWaiter {
    var id: UInt64 { token.id }

    var takesLease: Bool {
        switch self {
        case .command: false
        case .lease: true
        }
    }

    var deadline: UInt64 {
        switch self {
        case .command(let command): command.deadline
        case .lease(let lease): lease.deadline
        }
    }
}
