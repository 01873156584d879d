package import Logging

/// A connection of its own for scripts: migrations and what surrounds them.
///
/// Scripts may hold several statements and take as long as they take: no
/// statement timeout is set. Calls from several tasks take turns. The last
/// reference to a session closes it.
///
/// Cancelling a call interrupts the server and closes the session.
///
/// It logs the name of each script it has run under `postgres_script`.
package struct PostgresScriptSession: Sendable {
    private let connection: ScriptConnection
    private let logger: Logger

    /// Connects.
    ///
    /// - Throws: ``PostgresError`` with `.connectFailed`; `CancellationError`.
    package init(configuration: PostgresConfiguration, logger: Logger) async throws {
        var configuration = configuration
        configuration.statementTimeout = nil
        configuration.idleInTransactionTimeout = nil
        let targets = try ConnectionTargets(configuration)
        connection = try ScriptConnection(drainTimeout: configuration.drainTimeout)
        self.logger = logger
        try await interruptibly { try await $0.connect(targets, $1) }
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
        let script = Script(text: script, name: name, opening: opening, closing: closing)
        _ = try await interruptibly { try await $0.execute(script, $1) }
        logger.debug("script run", metadata: ["postgres_script": "\(name)"])
    }

    /// Runs one statement and returns its rows.
    ///
    /// - Throws: as ``run(_:name:opening:closing:)``.
    package func query(_ sql: String, name: String) async throws -> PostgresRows {
        let script = Script(text: sql, name: name, isSingle: true)
        return try await interruptibly { try await $0.execute(script, $1) }
    }

    /// Closes the connection, after what is under way.
    package func close() async {
        await connection.close()
    }

    /// Makes a call so that its cancellation reaches the thread.
    private func interruptibly<Result: Sendable>(
        _ call: (ScriptConnection, RequestToken) async throws -> Result
    ) async throws -> Result {
        let token = RequestToken()
        let connection = connection
        return try await withTaskCancellationHandler {
            try await call(connection, token)
        } onCancel: {
            token.cancel()
            connection.wake()
        }
    }
}
