/// What is waiting for a connection, what is on its wire, and what an answer
/// of the server means for whom. It does no I/O.
///
/// A *command* is one unit of work: a few steps (BEGIN, preparation,
/// execution) and one synchronisation, with which the server commits what is
/// not in a transaction. Its result is handed out only when the answer to the
/// synchronisation has been read, because deferred constraints are judged, and
/// the commit happens, there. Results are matched by position:
///
/// ```
/// sent:     [begin prepare execute sync] [execute sync] …
/// answers:   result end … result end  sync   result end sync
/// ```
///
/// After an error the server skips to the synchronisation; the steps in
/// between answer "aborted", and the command fails with the first error.
///
/// A *scope* is a turn of a transaction: while one is current only its own
/// commands are sent; those of others wait behind it.
struct PipelineStateMachine<Work: Sendable, Output: Sendable>: Sendable {
    typealias CommandID = UInt64
    typealias ScopeID = UInt64

    /// What losing the connection means for a command that was sent.
    enum Effect: Sendable {
        /// It commits by itself, or is a COMMIT: the outcome is unknown.
        case lasting
        /// It is part of a transaction and perishes with it.
        case perishing
    }

    enum Step: Sendable, Equatable {
        case begin, prepare, execute
    }

    struct Command: Sendable {
        var id: CommandID
        var scope: ScopeID?
        var effect: Effect
        var work: Work
    }

    /// What became of a command.
    struct Completion: Sendable {
        enum Outcome: Sendable {
            case success(Output)
            case failure(PostgresError)
            /// It was cancelled, and had no effect.
            case cancelled
            /// It was never sent, for this reason; another connection may take it.
            case unsent(PostgresError)
        }

        var command: Command
        var outcome: Outcome
        /// The preparation was sent, and did not succeed.
        var preparationFailed = false
    }

    enum CancelAction: Sendable {
        /// It is unknown, or was answered already.
        case ignore
        /// It was never sent; complete it as cancelled.
        case drop(Command)
        /// It is on the wire: retire the connection, start the drain deadline;
        /// and interrupt the server if told so.
        case retire(interrupt: Bool)
    }

    private struct Sent: Sendable {
        var command: Command
        var steps: [Step]
        var position = 0
        var output: Output?
        var error: PostgresError?
        var prepared = true
        /// The synchronisation failed, and that answer has not ended.
        var isRefusalOpen = false
        var cancelled = false
        /// Its caller was told already; only the answers are still awaited.
        var abandoned = false
    }

    private enum Entry: Sendable {
        case command(Command)
        case scope(ScopeID)
    }

    /// How many commands may be on the wire. What is not yet on it can still
    /// be dropped, or go over another connection.
    let window: Int

    private var waiting = FIFO<Entry>()
    private var scoped: [ScopeID: FIFO<Command>] = [:]
    private(set) var currentScope: ScopeID?
    private var sent = FIFO<Sent>()
    private var interrupted = false
    /// False once the connection is to be closed when the wire is empty.
    private(set) var accepts = true

    init(window: Int = 256) {
        self.window = window
    }

    /// Whether an answer is outstanding.
    var expectsAnswer: Bool { !sent.isEmpty }
    var sentCount: Int { sent.count }
    /// Nothing is waiting and nothing is on the wire.
    var isIdle: Bool { sent.isEmpty && waiting.isEmpty && currentScope == nil }
    /// The connection takes no commands, and nobody awaits an answer.
    var isDone: Bool { !accepts && sent.allSatisfy { $0.abandoned } }

    // MARK: Before sending

    /// A caller wants a scope; its commands may follow at once.
    ///
    /// - Returns: false when the connection takes no more work.
    mutating func scopeRequested(_ id: ScopeID) -> Bool {
        guard accepts else { return false }
        waiting.append(.scope(id))
        scoped[id] = FIFO()
        return true
    }

    /// A scope is over. Its commands have all been completed.
    mutating func scopeEnded(_ id: ScopeID) -> [Command] {
        if currentScope == id {
            currentScope = nil
        } else {
            _ = waiting.remove { if case .scope(id) = $0 { true } else { false } }
        }
        var left = scoped.removeValue(forKey: id)
        return left?.removeAll() ?? []
    }

    /// A caller has sent a command; returns whether it was accepted.
    mutating func commandReceived(_ command: Command) -> Bool {
        guard accepts else { return false }
        guard let scope = command.scope else {
            waiting.append(.command(command))
            return true
        }
        return scoped[scope]?.append(command) != nil
    }

    /// The next command to put on the wire, if one may be.
    mutating func nextToSend() -> Command? {
        guard sent.count < window else { return nil }
        while currentScope == nil {
            switch waiting.popFirst() {
            case .none: return nil
            case .command(let command): return command
            case .scope(let id): currentScope = id
            }
        }
        guard let currentScope else { return nil }
        return scoped[currentScope]?.popFirst()
    }

    /// A command was put on the wire in these steps, and a synchronisation.
    mutating func commandSent(_ command: Command, steps: [Step]) {
        sent.append(Sent(command: command, steps: steps))
    }

    // MARK: Answers

    /// The current step succeeded. The output of the last one counts.
    mutating func outputReceived(_ output: Output) {
        _ = sent.updateFirst { $0.output = output }
    }

    /// The current step failed, or the synchronisation did.
    mutating func errorReceived(_ error: PostgresError) {
        _ = sent.updateFirst { sent in
            if sent.error == nil { sent.error = error }
            if sent.position == sent.steps.count { sent.isRefusalOpen = true }
            if sent.position < sent.steps.count, sent.steps[sent.position] == .prepare { sent.prepared = false }
            if sent.steps.first == .begin, sent.position == 0 { sent.error?.transactionPhase = .begin }
        }
    }

    /// The current step was skipped because of an earlier error.
    mutating func abortedReceived() {
        _ = sent.updateFirst { sent in
            if sent.position < sent.steps.count, sent.steps[sent.position] == .prepare { sent.prepared = false }
            if sent.error == nil {
                sent.error = PostgresError(.protocolViolation, message: "a step was skipped without an error")
            }
        }
    }

    /// The answer to the current step ended.
    ///
    /// An error that comes with the synchronisation has an end of its own.
    ///
    /// - Returns: false when there was no such step: client and server are out
    ///   of step, and the connection is of no use any more.
    mutating func stepEnded() -> Bool {
        sent.updateFirst { sent in
            if sent.position < sent.steps.count {
                sent.position += 1
                return true
            }
            defer { sent.isRefusalOpen = false }
            return sent.isRefusalOpen
        } ?? false
    }

    /// The answer to a synchronisation: the first command on the wire is done.
    mutating func synchronised() -> Completion? {
        guard let first = sent.popFirst(), !first.abandoned else { return nil }
        return completion(of: first)
    }

    /// Whether the server should be interrupted now: when everything on the
    /// wire has been cancelled. An interruption hits whatever runs when it
    /// arrives, so nobody else's command may be there; asked again after each
    /// synchronisation.
    mutating func takeInterruption() -> Bool {
        guard !interrupted, !sent.isEmpty, sent.allSatisfy({ $0.cancelled }) else { return false }
        interrupted = true
        return true
    }

    private func completion(of sent: Sent) -> Completion {
        let command = sent.command
        let outcome: Completion.Outcome
        if let error = sent.error {
            // 57014 is a cancellation only if somebody cancelled; else it is
            // the statement timeout.
            outcome = sent.cancelled && error.sqlState == .queryCanceled ? .cancelled : .failure(error)
        } else if let output = sent.output {
            outcome = .success(output)
        } else {
            outcome = .failure(PostgresError(.protocolViolation, message: "a statement was answered with nothing"))
        }
        return Completion(
            command: command, outcome: outcome,
            preparationFailed: sent.error != nil && sent.steps.contains(.prepare)
                && (!sent.prepared || sent.position <= (sent.steps.firstIndex(of: .prepare) ?? 0)))
    }

    // MARK: Cancellation

    /// A caller no longer wants the result of its command.
    mutating func cancelled(_ id: CommandID) -> CancelAction {
        if sent.contains(where: { $0.command.id == id }) {
            sent.update(where: { $0.command.id == id }) { $0.cancelled = true }
            accepts = false
            return .retire(interrupt: takeInterruption())
        }
        let entry = waiting.remove { if case .command(let command) = $0 { command.id == id } else { false } }
        if case .some(.command(let command)) = entry { return .drop(command) }
        for scope in scoped.keys {
            if let command = scoped[scope]?.remove(where: { $0.id == id }) { return .drop(command) }
        }
        return .ignore
    }

    /// The drain deadline has passed: cancelled commands that are still on the
    /// wire fail now, with an unknown outcome where they last.
    mutating func drainDeadlinePassed() -> [Completion] {
        var failed: [Completion] = []
        sent.update(where: { $0.cancelled && !$0.abandoned }) { sent in
            sent.abandoned = true
            failed.append(Self.lost(sent, reason: "a cancelled statement did not end in time"))
        }
        return failed
    }

    /// The connection is to be closed when the wire is empty. What was never
    /// sent is handed back.
    mutating func retired(reason: String) -> [Completion] {
        accepts = false
        return takeUnsent(PostgresError.connectionLost(reason))
    }

    // MARK: Loss

    /// The connection is gone.
    ///
    /// - Parameter answered: the server itself ended the session in place of
    ///   the first answer, so nothing behind it was executed.
    mutating func connectionLost(_ error: PostgresError, endedByServer answered: Bool) -> [Completion] {
        accepts = false
        var failed: [Completion] = []
        for (offset, var command) in sent.removeAll().enumerated() where !command.abandoned {
            if answered, offset > 0 { command.command.effect = .perishing }
            failed.append(Self.lost(command, reason: error.message, sqlState: error.sqlState))
        }
        var unsent = error
        if unsent.code != .closed { unsent.code = .connectionLost }
        return failed + takeUnsent(unsent)
    }

    private mutating func takeUnsent(_ error: PostgresError) -> [Completion] {
        var commands: [Command] = []
        for case .command(let command) in waiting.removeAll() { commands.append(command) }
        for scope in scoped.keys.sorted() { commands += scoped[scope]?.removeAll() ?? [] }
        return commands.map { Completion(command: $0, outcome: .unsent(error)) }
    }

    private static func lost(_ sent: Sent, reason: String, sqlState: SQLState? = nil) -> Completion {
        let command = sent.command
        let code: PostgresError.Code
        switch command.effect {
        case .lasting: code = .outcomeUnknown
        case .perishing: code = .connectionLost
        }
        let error = PostgresError(code, message: reason, sqlState: sqlState)
        return Completion(command: command, outcome: .failure(error))
    }
}
