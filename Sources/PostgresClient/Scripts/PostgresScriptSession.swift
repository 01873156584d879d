import CLibPQ
package import Logging

/// A connection of its own for scripts: migrations and what surrounds them.
///
/// Scripts may hold several statements and take as long as they take: no
/// statement timeout is set. An actor on its own thread, where libpq's calls
/// and the waits between them may block.
///
/// Cancelling a call interrupts the server and closes the session.
package actor PostgresScriptSession {
    private nonisolated let executor: ThreadExecutor
    private let drainTimeout: Duration
    private let logger: Logger
    private var connection: PQConnection?

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Connects.
    ///
    /// - Throws: ``PostgresError`` with `.connectFailed`; `CancellationError`.
    package init(configuration: PostgresConfiguration, logger: Logger) async throws {
        var configuration = configuration
        configuration.statementTimeout = nil
        configuration.idleInTransactionTimeout = nil
        let targets = try ConnectionTargets(configuration)
        executor = try ThreadExecutor(name: "pg-script")
        drainTimeout = configuration.drainTimeout
        self.logger = logger
        try await interruptibly { try connect(targets, $0) }
    }

    deinit {
        executor.stop()
    }

    /// Runs a script, one statement after the other, until one fails.
    ///
    /// A transaction that a failed script leaves open is rolled back.
    ///
    /// - Parameters:
    ///   - name: the script's file name, for errors.
    ///   - opening: statements that go before the script, and
    ///   - closing: behind it, in the same run; lines are counted within the
    ///     script alone.
    /// - Throws: ``PostgresError`` with `.server`, naming script and line;
    ///   `.outcomeUnknown` when the connection was lost; `.closed`;
    ///   `CancellationError`.
    package func run(
        _ script: String, name: String, opening: String = "", closing: String = "",
    ) async throws {
        _ = try await interruptibly { token in
            try execute(Script(text: script, name: name, opening: opening, closing: closing), token)
        }
    }

    /// Runs one statement and returns its rows.
    ///
    /// - Throws: as ``run(_:name:opening:closing:)``.
    package func query(_ sql: String, name: String) async throws -> PostgresRows {
        try await interruptibly { token in
            try execute(Script(text: sql, name: name, isSingle: true), token)
        }
    }

    /// Closes the connection, after what is under way.
    package func close() {
        connection?.finish()
        connection = nil
    }

    // MARK: -

    /// Runs a call so that its cancellation wakes the thread.
    private nonisolated func interruptibly<Result: Sendable>(
        _ body: (RequestToken) throws -> Result
    ) async throws -> Result {
        let token = RequestToken()
        let executor = executor
        return try await withTaskCancellationHandler {
            try body(token)
        } onCancel: {
            token.cancel()
            executor.wake()
        }
    }

    private func connect(_ targets: ConnectionTargets, _ token: RequestToken) throws {
        var attempt = ConnectAttempt(targets)
        var readiness = ThreadExecutor.Readiness()
        while !token.isCancelled {
            switch attempt.advance(readiness, now: monotonicNanoseconds()) {
            case .connected(let connection):
                self.connection = connection
                return
            case .failed(let failure): throw failure.error
            case .pending(let descriptor, let forWriting, let deadline):
                readiness = executor.block(on: descriptor, forWriting: forWriting, deadline: deadline) {
                    token.isCancelled
                }
            }
        }
        throw CancellationError()
    }

    private func execute(_ script: Script, _ token: RequestToken) throws -> PostgresRows {
        guard let connection else { throw PostgresError.connectionClosed }
        if token.isCancelled { throw CancellationError() }
        do throws(any Error) {
            let isSent = script.isSingle ? connection.send(text: script.text) : connection.send(script: script.whole)
            guard isSent else { throw PostgresError.connectionLost(connection.errorMessage) }
            return try receive(script, connection, token)
        } catch {
            let isUsable = !connection.isBad && !token.isCancelled && (error as? PostgresError)?.code == .server
            if isUsable, connection.isInTransaction { rollBack(connection) }
            if !isUsable || connection.isBad { close() }
            throw error
        }
    }

    /// Reads all answers; those before an error tell which statement failed.
    private func receive(_ script: Script, _ connection: PQConnection, _ token: RequestToken) throws -> PostgresRows {
        var rows: PostgresRows?
        var answered = 0
        var failure: PostgresError?
        while let result = try nextResult(script, connection, token) {
            switch PQresultStatus(result.pointer) {
            case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
                rows = PostgresRows(result: result)
                answered += 1
            case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE:
                let (error, isFatal, position) = PostgresError.server(result.pointer)
                if isFatal || connection.isBad { throw script.lost(error) }
                failure = failure ?? script.attributed(error, position: position, answered: answered)
            default:
                throw script.attributed(
                    PostgresError(.protocolViolation, message: "COPY is not supported in scripts"),
                    position: nil, answered: answered)
            }
        }
        if let failure {
            if token.isCancelled, failure.sqlState == .queryCanceled { throw CancellationError() }
            throw failure
        }
        guard let rows else { throw script.lost(.connectionLost("the statement was answered with nothing")) }
        return rows
    }

    /// The next result, waiting for it; nil when there are no more.
    private func nextResult(
        _ script: Script, _ connection: PQConnection, _ token: RequestToken,
    ) throws -> ResultOwner? {
        var deadline: UInt64?
        var canceller: PQCanceller?
        while connection.isBusy {
            if token.isCancelled, canceller == nil {
                canceller = PQCanceller(connection)
                canceller?.interrupt()
                deadline = monotonicNanoseconds() + UInt64(drainTimeout.wholeNanoseconds)
            }
            if let deadline, deadline <= monotonicNanoseconds() {
                throw script.lost(.connectionLost("a cancelled script did not end in time"))
            }
            let isInterrupting = canceller != nil
            let readiness = executor.block(on: connection.socket, forWriting: false, deadline: deadline) {
                token.isCancelled && !isInterrupting
            }
            if readiness.canRead, !connection.consumeInput(), !connection.isBusy || connection.isBad { break }
        }
        return connection.nextResult()
    }

    private func rollBack(_ connection: PQConnection) {
        guard connection.send(text: "ROLLBACK") else { return }
        while connection.nextResult() != nil {}
    }
}

/// What is run, and how its errors are told.
private struct Script {
    var text: String
    var name: String
    var opening = ""
    var closing = ""
    var isSingle = false

    private var head: String { opening.isEmpty ? "" : opening + "\n" }

    var whole: String { head + text + (closing.isEmpty ? "" : "\n" + closing) }

    /// The error with script and line, where the line is within the text.
    func attributed(_ error: PostgresError, position: Int?, answered: Int) -> PostgresError {
        var error = error
        error.statementName = name
        let line =
            if let position {
                ScriptLines.line(ofPosition: position, in: isSingle ? text : whole)
            } else {
                ScriptLines(isSingle ? text : whole).line(ofStatement: answered)
            }
        guard let line else { return error }
        let before = isSingle ? 0 : head.utf8.count { $0 == UInt8(ascii: "\n") }
        let lines = text.utf8.count { $0 == UInt8(ascii: "\n") } + 1
        if line > before, line <= before + lines { error.line = line - before }
        return error
    }

    func lost(_ error: PostgresError) -> PostgresError {
        var lost = PostgresError(.outcomeUnknown, message: error.message, sqlState: error.sqlState)
        lost.statementName = name
        return lost
    }
}
