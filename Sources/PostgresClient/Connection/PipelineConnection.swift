import Synchronization

/// One connection to the server, in pipeline mode: an actor whose executor is
/// a thread of its own.
///
/// ```
/// callers ──post──▶ mailbox ──▶ state machine ──▶ libpq ──▶ socket
///                  (eventfd)        │   ▲                     │
/// callers ◀─resume── answers ◀──────┘   └───── results ◀──poll┘
/// ```
///
/// Callers leave their commands in the mailbox and suspend; they never hop to
/// the thread. The thread takes all the mail there is, sends it, and sleeps on
/// the socket and the eventfd. Its pool hears once a turn what became of what.
///
/// It dies of a broken socket, a server that ends the session, a cancellation
/// of something that was sent, a transaction left open, or ``close()``: it
/// then takes no more work, hands back what it has not sent, and is closed when
/// the wire is empty. It never reconnects; the pool makes a new one.
actor PipelineConnection: ThreadExecutor.Loop {
    typealias Machine = PipelineStateMachine<PendingCommand, PostgresRows>

    /// A connection that is somebody's alone until the transaction ends.
    struct Lease: Sendable {
        let connection: PipelineConnection
        let scope: Machine.ScopeID
    }

    enum Mail: Sendable {
        case request(PoolRequest)
        case scoped(PendingCommand, scope: Machine.ScopeID)
        case cancelled(Machine.CommandID)
        case close
    }

    /// What the pool is told after a turn.
    struct Report: Sendable {
        /// Requests that were answered, or dropped because they were cancelled.
        var completed = 0
        /// Requests to be given to another connection.
        var returned: [PoolRequest] = []
        /// The lease is over.
        var leaseEnded = false

        var isEmpty: Bool { completed == 0 && returned.isEmpty && !leaseEnded }
    }

    private struct Mailbox {
        var letters: [Mail] = []
        var isClosed = false
    }

    enum Phase {
        case connecting
        case open(PQConnection, PQCanceller)
        case ended
    }

    nonisolated let id: UInt64
    nonisolated let executor: ThreadExecutor
    nonisolated let pool: PoolCore
    private nonisolated let mailbox = Mutex(Mailbox())

    var phase = Phase.connecting
    private var attempt: ConnectAttempt
    var machine = Machine()
    var statements = StatementCache()
    /// The commands that open the transactions of scopes that have not begun.
    var beginnings: [Machine.ScopeID: String] = [:]
    /// When what is still on the wire is given up.
    var drainDeadline: UInt64?
    /// Since when the server owes an answer and has not said a word.
    private var silentSince: UInt64?
    var isClosing = false
    var isRetired = false
    var report = Report()
    var resumptions: [Resumption] = []

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// A connection with its thread; ``start()`` makes it connect.
    init(id: UInt64, targets: ConnectionTargets, pool: PoolCore) throws {
        self.id = id
        self.pool = pool
        attempt = ConnectAttempt(targets)
        executor = try ThreadExecutor(name: "pg-\(id)")
    }

    deinit {
        executor.stop()
    }

    /// Connects, and tells the pool how that went.
    nonisolated func start() {
        executor.run(self)
    }

    /// Leaves mail for the thread.
    ///
    /// - Returns: false when the connection has ended.
    nonisolated func post(_ mail: Mail) -> Bool {
        let isTaken = mailbox.withLock { mailbox in
            if !mailbox.isClosed { mailbox.letters.append(mail) }
            return !mailbox.isClosed
        }
        if isTaken { executor.wake() }
        return isTaken
    }

    /// Takes no more work, and closes the connection when what is on the wire
    /// has been answered or the drain deadline has passed.
    nonisolated func close() {
        _ = post(.close)
    }

    // MARK: The loop

    nonisolated var hasMail: Bool { mailbox.withLock { !$0.letters.isEmpty } }

    nonisolated func turn(_ readiness: ThreadExecutor.Readiness) -> ThreadExecutor.Interest {
        assumeIsolated { $0.takeTurn(readiness) }
    }

    private func takeTurn(_ readiness: ThreadExecutor.Readiness) -> ThreadExecutor.Interest {
        switch phase {
        case .connecting: return connect(readiness)
        case .open(let connection, let canceller): return exchange(readiness, connection, canceller)
        case .ended: return .finished
        }
    }

    private func connect(_ readiness: ThreadExecutor.Readiness) -> ThreadExecutor.Interest {
        takeMail()
        if isClosing { return end(.connectionClosed, byServer: false) }
        switch attempt.advance(readiness, now: monotonicNanoseconds()) {
        case .pending(let descriptor, let forWriting, let deadline):
            return .wait(descriptor: descriptor, forWriting: forWriting, deadline: deadline)
        case .failed(let failure):
            phase = .ended
            // Nobody has been given this connection yet.
            _ = closeMailbox()
            pool.connectFailed(id, failure)
            return .finished
        case .connected(let connection):
            guard connection.enterPipelineMode(), let canceller = PQCanceller(connection) else {
                return end(connection.lossError, byServer: false)
            }
            phase = .open(connection, canceller)
            pool.connectionOpened(id)
            return exchange(ThreadExecutor.Readiness(), connection, canceller)
        }
    }

    private func exchange(
        _ readiness: ThreadExecutor.Readiness, _ connection: PQConnection, _ canceller: PQCanceller,
    ) -> ThreadExecutor.Interest {
        if readiness.canRead {
            silentSince = nil
            if let loss = readAnswers(connection) { return end(loss.error, byServer: loss.isServersDoing) }
            settleReport()
        }
        takeMail()
        let isSent = sendCommands(connection)
        let flushed = connection.flush()
        if !isSent || flushed == .failed {
            // What the server said before it hung up tells more.
            let loss = readAnswers(connection) ?? Loss(error: connection.lossError)
            return end(loss.error, byServer: loss.isServersDoing)
        }
        checkDeadline(canceller)
        if machine.takeInterruption() { canceller.interrupt() }
        settleReport()
        let lostAt = silenceDeadline()
        if let lostAt, lostAt <= monotonicNanoseconds() {
            return end(.connectionLost("the server did not answer in time"), byServer: false)
        }
        if machine.isDone {
            return end(isClosing ? .connectionClosed : .connectionLost("the connection was retired"), byServer: false)
        }
        return .wait(
            descriptor: connection.socket, forWriting: flushed == .pending,
            deadline: [drainDeadline, lostAt].compactMap(\.self).min())
    }

    /// When a server that owes an answer counts as lost.
    private func silenceDeadline() -> UInt64? {
        guard machine.expectsAnswer, let timeout = pool.configuration.silenceTimeout else {
            silentSince = nil
            return nil
        }
        let since = silentSince ?? monotonicNanoseconds()
        silentSince = since
        return since + UInt64(timeout.wholeNanoseconds)
    }

    /// The connection is over: answers everybody, and tells the pool.
    func end(_ error: PostgresError, byServer: Bool) -> ThreadExecutor.Interest {
        for completion in machine.connectionLost(error, endedByServer: byServer) { settle(completion) }
        attempt.abandon()
        if case .open(let connection, _) = phase { connection.finish() }
        phase = .ended
        // Before the pool hears of it, so that nothing is left in it.
        for mail in closeMailbox() { bounce(mail) }
        let (report, resumptions) = takeReport()
        pool.connectionEnded(id, report: report, error: isRetired || isClosing ? nil : error)
        for resumption in resumptions { resumption.resume() }
        return .finished
    }

    private func checkDeadline(_ canceller: PQCanceller) {
        guard let deadline = drainDeadline, deadline <= monotonicNanoseconds() else { return }
        drainDeadline = nil
        if isClosing {
            // What still runs is interrupted, so that it does not outlive us.
            if machine.expectsAnswer { canceller.interrupt() }
            for completion in machine.connectionLost(.connectionClosed, endedByServer: false) { settle(completion) }
        } else {
            for completion in machine.drainDeadlinePassed() { settle(completion) }
        }
    }

    // MARK: Mail

    private func takeMail() {
        let letters = mailbox.withLock { mailbox in
            let letters = mailbox.letters
            if !letters.isEmpty { mailbox.letters.removeAll(keepingCapacity: true) }
            return letters
        }
        for mail in letters { read(mail) }
    }

    private func closeMailbox() -> [Mail] {
        mailbox.withLock { mailbox in
            mailbox.isClosed = true
            defer { mailbox.letters = [] }
            return mailbox.letters
        }
    }

    // MARK: Answers

    /// Notes what became of a command; ``settleReport()`` tells.
    func settle(_ completion: Machine.Completion) {
        let command = completion.command
        let result: Result<PostgresRows, any Error>
        switch completion.outcome {
        case .success(let rows): result = .success(rows)
        case .cancelled: result = .failure(CancellationError())
        case .failure(let error):
            // Without its BEGIN the rest would run outside of a transaction.
            if error.transactionPhase == .begin { retire(reason: "a transaction could not begin") }
            // The next connection looks for the server that takes writes.
            if error.sqlState == .readOnlyTransaction { retire(reason: "the server takes no writes") }
            result = .failure(command.work.attributed(explained(error, completion), isScoped: command.scope != nil))
        case .unsent(let error):
            if command.scope == nil { return report.returned.append(.command(command.work)) }
            result = .failure(command.work.attributed(error, isScoped: true))
        }
        if let scope = command.scope {
            if command.work.endsScope { endScope(scope) }
        } else {
            report.completed += 1
        }
        resumptions.append(.answered(command.work, result))
    }

    /// An end of a scope that never began: there is nothing to end on the server.
    func settleEmptyScope(_ command: Machine.Command) {
        if let scope = command.scope { endScope(scope) }
        resumptions.append(.ended(command.work))
    }

    private func endScope(_ scope: Machine.ScopeID) {
        beginnings[scope] = nil
        for command in machine.scopeEnded(scope) {
            resumptions.append(.answered(command.work, .failure(PostgresError.connectionClosed)))
        }
        report.leaseEnded = true
    }

    private func settleReport() {
        guard !report.isEmpty || !resumptions.isEmpty else { return }
        let (report, resumptions) = takeReport()
        // The pool first: who sees an answer sees the connection free.
        if !report.isEmpty { pool.connectionReported(id, report) }
        for resumption in resumptions { resumption.resume() }
    }

    private func takeReport() -> (Report, [Resumption]) {
        defer {
            report = Report()
            resumptions.removeAll(keepingCapacity: true)
        }
        return (report, resumptions)
    }
}
