import CLibPQ

/// The connection of a ``PostgresScriptSession``: an actor on its own thread,
/// where libpq's calls and the waits between them may block.
actor ScriptConnection {
    private nonisolated let executor: ThreadExecutor
    private let drainTimeout: Duration
    private var connection: PQConnection?

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(drainTimeout: Duration) throws {
        executor = try ThreadExecutor(name: "pg-script")
        self.drainTimeout = drainTimeout
    }

    deinit {
        executor.stop()
    }

    /// Makes a wait look at its token.
    nonisolated func wake() {
        executor.wake()
    }

    func close() {
        connection?.finish()
        connection = nil
    }

    func connect(_ targets: ConnectionTargets, _ token: RequestToken) throws {
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

    func execute(_ script: Script, _ token: RequestToken) throws -> PostgresRows {
        guard let connection else { throw PostgresError.connectionClosed }
        if token.isCancelled { throw CancellationError() }
        do throws(any Error) {
            let isSent = script.isSingle ? connection.send(text: script.text) : connection.send(script: script.whole)
            guard isSent else { throw connection.lossError }
            let rows = try receive(script, connection, token)
            // It ended all the same, but the interruption may arrive late and
            // hit what comes next.
            if token.isCancelled { close() }
            return rows
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
