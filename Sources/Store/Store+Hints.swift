package import PostgresClient

/// Hints between hub processes that logs have grown.
///
/// They go over a connection of their own that does not wait for the disk: a
/// hint that is lost costs a reader the few seconds until it looks by itself.
/// NOTIFY takes a lock of the whole instance at commit, so hints are gathered
/// and sent at most a hundred times a second, and not at all while no other
/// process listens.
package struct HintChannel: Sendable {
    /// The channel of NOTIFY.
    package static let name = "hub_log"
    /// Listening sessions bear it, so that processes can count each other.
    package static let listenerName = "liankong-hints"

    private let pool: PostgresPool

    init(pool: PostgresPool) {
        self.pool = pool
    }

    /// Sends a hint; `payload` has at most 7,999 bytes.
    package func send(_ payload: String) async throws {
        _ = try await pool.query(
            PostgresStatement(
                name: "send_hint",
                sql: "SELECT set_config('synchronous_commit', 'off', true), pg_notify($1, $2)",
                binds: [Self.name, payload],
            ))
    }

    /// How many processes listen, this one included.
    package func listeners() async throws -> Int64 {
        let rows = try await pool.query(
            PostgresStatement(
                name: "hint_listeners",
                sql: """
                    SELECT count(*) AS listeners FROM pg_stat_activity
                    WHERE datname = current_database() AND application_name = $1
                    """,
                binds: [Self.listenerName],
            ))
        guard let row = rows.first else { throw StoreError.unexpectedShape("hint_listeners") }
        return try row.decode("listeners", as: Int64.self)
    }

    /// Closes its connection.
    package func close() async {
        await pool.close()
    }
}

extension Store {
    /// A channel for hints over a connection of its own.
    package func hintChannel() -> HintChannel {
        HintChannel(
            pool: PostgresPool(configuration: configuration, size: 1, logger: logger))
    }

    /// The configuration of the session that listens.
    package var listenerConfiguration: PostgresConfiguration {
        var listener = configuration
        listener.applicationName = HintChannel.listenerName
        return listener
    }
}
