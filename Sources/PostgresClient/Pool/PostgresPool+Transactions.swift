import Logging

/// How much a transaction sees of others that run beside it.
/// https://www.postgresql.org/docs/15/transaction-iso.html
package enum PostgresIsolation: String, Sendable, Hashable {
    case readCommitted = "READ COMMITTED"
    case repeatableRead = "REPEATABLE READ"
    case serializable = "SERIALIZABLE"
}

extension PostgresPool {
    /// How often a repeatable transaction is attempted.
    private static let maximumAttempts = 5

    /// Runs a block in a transaction: it commits when the block returns and
    /// rolls back when it throws.
    ///
    /// One connection is the block's alone meanwhile. BEGIN travels with the
    /// first statement. "Committed" means that the server's answer to COMMIT
    /// was read. Neither COMMIT nor ROLLBACK is cancelled once the block has
    /// ended.
    ///
    /// - Parameters:
    ///   - isReadOnly: the server refuses to write.
    ///   - isRepeatable: the block may run again, up to five times, after a
    ///     serialization failure or a deadlock; it must have no other effects.
    /// - Returns: what the block returned.
    /// - Throws: what the block threw; ``PostgresError`` with `.outcomeUnknown`
    ///   when the connection was lost before COMMIT was answered,
    ///   `.transactionAborted` when the block swallowed a statement's failure,
    ///   else as ``query(_:)``. Statements' errors have a `transactionPhase`.
    package func withTransaction<Result>(
        isolation: PostgresIsolation = .readCommitted, isReadOnly: Bool = false, isRepeatable: Bool = false,
        _ body: (borrowing PostgresTransaction) async throws -> Result,
    ) async throws -> Result {
        let begin = "BEGIN ISOLATION LEVEL \(isolation.rawValue)" + (isReadOnly ? " READ ONLY" : "")
        let pause = Backoff(first: .milliseconds(10), ceiling: .milliseconds(200))
        var failures = 0
        while true {
            do {
                return try await attempt(begin, body)
            } catch let error as PostgresError where isRepeatable && error.isTransient {
                failures += 1
                if failures == Self.maximumAttempts { throw error }
                try await clock.sleep(for: pause.delay(afterFailures: failures, jitter: .random(in: 0..<1)))
            }
        }
    }

    private func attempt<Result>(
        _ begin: String, _ body: (borrowing PostgresTransaction) async throws -> Result,
    ) async throws -> Result {
        let transaction = PostgresTransaction(try await lease(begin))
        let result: Result
        do {
            result = try await body(transaction)
        } catch {
            do {
                try await transaction.end(.rollback)
            } catch let failure as PostgresError {
                // The connection is gone or given up, and the server rolls
                // back by itself; the block's error tells why.
                core.logger.debug(
                    "rollback not answered",
                    metadata: ["postgres_connection": "\(transaction.connectionID)", "postgres_error": "\(failure)"])
            }
            throw error
        }
        try await transaction.end(.commit)
        return result
    }

    private func lease(_ begin: String) async throws -> PipelineConnection.Lease {
        let token = RequestToken()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                core.submit(
                    .lease(
                        PendingLease(token: token, begin: begin, deadline: core.deadline, continuation: continuation)))
            }
        } onCancel: {
            core.cancel(token)
        }
    }
}
