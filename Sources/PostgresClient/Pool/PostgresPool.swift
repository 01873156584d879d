package import Logging

/// A few connections to one database, shared by everybody.
///
/// Connections are made when they are needed, up to `size`, each on a thread
/// of its own, and pipeline what is asked of them at the same time. One that
/// breaks, is cancelled or is left in a transaction is closed and never used
/// again; what was not sent on it goes over another one.
///
/// What it logs, with these metadata keys:
///
/// | key | |
/// | --- | --- |
/// | `postgres_connection` | the number of the connection within its pool |
/// | `postgres_error` | why it failed or was lost; no value of a statement |
/// | `postgres_reason` | why it was retired |
///
/// The last reference to a pool closes it.
package final class PostgresPool: Sendable {
    /// Bounds of a pool; the defaults suit a service.
    package struct Limits: Sendable, Hashable {
        /// How long a caller waits for a connection. 10 s unless set.
        package var waitTimeout: Duration = .seconds(10)
        /// How many callers may wait at the same time. 10,000 unless set.
        package var maximumWaiters = 10_000
        /// How many queries one connection may have under way. 16 unless set.
        package var depth = 16

        /// The stated defaults.
        package init() {}
    }

    let core: PoolCore
    let clock: any Clock<Duration>

    /// A pool over a database; it connects when first used.
    ///
    /// - Parameters:
    ///   - configuration: where the database is; a malformed connection
    ///     string shows in the first query.
    ///   - size: how many connections it may have, at least one.
    ///   - clock: times the pauses between attempts of a repeatable
    ///     transaction.
    package init(
        configuration: PostgresConfiguration, size: Int, limits: Limits = Limits(), logger: Logger,
        clock: any Clock<Duration> = ContinuousClock(),
    ) {
        precondition(size > 0 && limits.depth > 0, "a pool has at least one connection")
        core = PoolCore(
            configuration: configuration,
            limits: PoolCore.Machine.Limits(
                size: size, depth: limits.depth, maximumWaiters: limits.maximumWaiters),
            waitTimeout: limits.waitTimeout, logger: logger)
        self.clock = clock
    }

    deinit {
        core.close()
    }

    /// How the pool stands.
    package var statistics: PostgresPoolStatistics { core.statistics }

    /// Runs a statement on whichever connection comes first, as a transaction
    /// of its own, and returns when that has been committed.
    ///
    /// Cancellation: while it waits, or before it is sent, the statement is
    /// dropped; afterwards the server is asked to interrupt it and the
    /// connection is given up. It then throws `CancellationError` if the
    /// statement certainly had no effect; a statement that ended all the same
    /// returns its rows.
    ///
    /// - Throws: ``PostgresError`` with `.server` when the server refuses,
    ///   `.connectFailed` when there is no connection, `.poolExhausted` when
    ///   none came free in time, `.outcomeUnknown` when the connection was
    ///   lost, or a cancelled statement did not end in time, after it was
    ///   sent, `.encodingFailed`, `.closed`.
    package func query(_ statement: PostgresStatement) async throws -> PostgresRows {
        let encoded = try EncodedStatement(statement)
        do {
            return try await run(encoded)
        } catch let error as PostgresError where error.isPlanStale {
            return try await run(encoded)
        }
    }

    /// Closes the pool: who waits fails with `.closed`, what is on the wire is
    /// answered within the configuration's `drainTimeout`, the rest is cut
    /// off. Returns when all connections have ended.
    package func close() async {
        await core.closeAndWait()
    }

    private func run(_ statement: EncodedStatement) async throws -> PostgresRows {
        let token = RequestToken()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                core.submit(
                    .command(
                        PendingCommand(
                            token: token, content: .statement(statement), answer: .rows(continuation),
                            deadline: core.deadline)))
            }
        } onCancel: {
            core.cancel(token)
        }
    }
}
