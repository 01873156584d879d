package import CloudEvents
import PostgresClient

/// What a look at the database's server finds.
package struct DatabaseInspection: Sendable, Hashable {
    /// As `server_version` has it, such as `15.18`.
    package var serverVersion: String
    /// As `server_version_num` has it, such as 150018.
    package var serverVersionNumber: Int32
    /// The database's clock.
    package var now: Timestamp
    package var encoding: String
    /// Where the server keeps its data; nil where this role may not know.
    package var dataDirectory: String?
    /// It follows another server and takes no writes.
    package var isStandby: Bool
    /// It was reached over a network, not over a socket or loopback.
    package var isRemote: Bool
    /// What goes over the connection is encrypted.
    package var isEncrypted: Bool
    /// Settings by name, in the unit of `pg_settings`.
    package var settings: [String: String]
    /// How many transaction numbers the oldest row is behind.
    package var frozenAge: Int64

    package init(
        serverVersion: String, serverVersionNumber: Int32, now: Timestamp, encoding: String, dataDirectory: String?,
        isStandby: Bool = false, isRemote: Bool = false, isEncrypted: Bool = false, settings: [String: String],
        frozenAge: Int64 = 0,
    ) {
        self.serverVersion = serverVersion
        self.serverVersionNumber = serverVersionNumber
        self.now = now
        self.encoding = encoding
        self.dataDirectory = dataDirectory
        self.isStandby = isStandby
        self.isRemote = isRemote
        self.isEncrypted = isEncrypted
        self.settings = settings
        self.frozenAge = frozenAge
    }
}

/// What a look at the sessions of the database finds.
package struct SessionInspection: Sendable, Hashable {
    /// A transaction that has been open for long.
    package struct Transaction: Sendable, Hashable {
        package var processID: Int32
        /// What its program calls itself; never what it runs.
        package var application: String
        /// Since it began, in seconds.
        package var age: Double
        /// It waits for its client, not for the server.
        package var isIdle: Bool

        package init(processID: Int32, application: String, age: Double, isIdle: Bool) {
            self.processID = processID
            self.application = application
            self.age = age
            self.isIdle = isIdle
        }
    }

    /// A slot for which the server keeps its log.
    package struct Slot: Sendable, Hashable {
        package var name: String
        package var isActive: Bool
        /// How much of the log it holds, in bytes.
        package var held: Int64

        package init(name: String, isActive: Bool, held: Int64) {
            self.name = name
            self.isActive = isActive
            self.held = held
        }
    }

    /// Sessions of clients on the server, and how many it takes.
    package var sessions: Int64 = 0
    package var sessionLimit: Int64 = 100
    /// The oldest first, twenty at the most.
    package var transactions: [Transaction] = []
    /// Prepared transactions of this database, and the age of the oldest in seconds.
    package var prepared: Int64 = 0
    package var oldestPrepared: Double = 0
    package var slots: [Slot] = []
    /// Hub processes that are connected.
    package var hubs: Int64 = 0
    /// Their releases, without repeats.
    package var releases: [String] = []

    package init() {}
}

extension Store {
    /// The settings that ``inspectDatabase()`` reads.
    private static let inspectedSettings = [
        "synchronous_commit", "fsync", "full_page_writes", "data_checksums", "autovacuum", "track_counts",
        "shared_buffers", "max_wal_size", "wal_compression", "max_connections", "log_timezone", "log_statement",
        "log_min_duration_statement", "log_min_duration_sample", "log_parameter_max_length",
        "log_parameter_max_length_on_error", "log_error_verbosity", "ssl",
    ]

    /// Looks at the server; needs no schema.
    package func inspectDatabase() async throws -> DatabaseInspection {
        let rows = try await pool.query(
            PostgresStatement(
                name: "inspect_database",
                sql: """
                    SELECT current_setting('server_version') AS server_version,
                        current_setting('server_version_num')::integer AS server_version_number,
                        clock_timestamp() AS now, current_setting('server_encoding') AS encoding,
                        (SELECT setting FROM pg_catalog.pg_settings WHERE name = 'data_directory') AS data_directory,
                        pg_is_in_recovery() AS is_standby,
                        coalesce(NOT inet_server_addr() <<= ANY (ARRAY['127.0.0.0/8', '::1/128']::inet[]), false)
                            AS is_remote,
                        coalesce((SELECT ssl FROM pg_catalog.pg_stat_ssl WHERE pid = pg_backend_pid()), false)
                            AS is_encrypted,
                        (SELECT age(datfrozenxid)::bigint FROM pg_catalog.pg_database
                            WHERE datname = current_database()) AS frozen_age
                    """,
                binds: [],
            ))
        guard let row = rows.first else { throw StoreError.unexpectedShape("inspect_database") }
        return DatabaseInspection(
            serverVersion: try row.decode("server_version", as: String.self),
            serverVersionNumber: try row.decode("server_version_number", as: Int32.self),
            now: try row.decode("now", as: PostgresTimestamp.self).timestamp,
            encoding: try row.decode("encoding", as: String.self),
            dataDirectory: try row.decode("data_directory", as: String?.self),
            isStandby: try row.decode("is_standby", as: Bool.self),
            isRemote: try row.decode("is_remote", as: Bool.self),
            isEncrypted: try row.decode("is_encrypted", as: Bool.self),
            settings: try await inspectSettings(),
            frozenAge: try row.decode("frozen_age", as: Int64.self),
        )
    }

    private func inspectSettings() async throws -> [String: String] {
        let rows = try await pool.query(
            PostgresStatement(
                name: "inspect_settings",
                sql: "SELECT name, setting FROM pg_catalog.pg_settings WHERE name = ANY ($1) LIMIT 100",
                binds: [Self.inspectedSettings],
            ))
        var settings: [String: String] = [:]
        for row in rows {
            settings[try row.decode("name", as: String.self)] = try row.decode("setting", as: String.self)
        }
        return settings
    }

    /// Looks at the sessions; needs no schema. Of other roles' sessions it sees
    /// what this role may see.
    ///
    /// - Parameter seconds: a transaction that is older is told of.
    package func inspectSessions(openFor seconds: Double) async throws -> SessionInspection {
        var found = try await inspectSessionCounts()
        found.transactions = try await inspectTransactions(openFor: seconds)
        found.slots = try await inspectSlots()
        let hubs = try await pool.query(
            PostgresStatement(
                name: "inspect_hubs",
                sql: """
                    SELECT split_part(application_name, '/', 2) AS release, count(DISTINCT application_name) AS hubs
                    FROM pg_catalog.pg_stat_activity
                    WHERE datname = current_database() AND starts_with(application_name, $1)
                    GROUP BY 1 ORDER BY 1 LIMIT 20
                    """,
                binds: [SchemaRelease.hubPrefix],
            ))
        for row in hubs {
            found.releases.append(try row.decode("release", as: String.self))
            found.hubs += try row.decode("hubs", as: Int64.self)
        }
        return found
    }

    private func inspectSessionCounts() async throws -> SessionInspection {
        let rows = try await pool.query(
            PostgresStatement(
                name: "inspect_sessions",
                sql: """
                    SELECT \(Self.sessionsSQL),
                        count(*) AS prepared,
                        coalesce(max(extract(epoch FROM now() - p.prepared)), 0)::double precision AS oldest_prepared
                    FROM pg_catalog.pg_prepared_xacts AS p WHERE p.database = current_database()
                    """,
                binds: [],
            ))
        guard let row = rows.first else { throw StoreError.unexpectedShape("inspect_sessions") }
        var found = SessionInspection()
        found.sessions = try row.decode("sessions", as: Int64.self)
        found.sessionLimit = try row.decode("session_limit", as: Int64.self)
        found.prepared = try row.decode("prepared", as: Int64.self)
        found.oldestPrepared = try row.decode("oldest_prepared", as: Double.self)
        return found
    }

    private func inspectTransactions(openFor seconds: Double) async throws -> [SessionInspection.Transaction] {
        let rows = try await pool.query(
            PostgresStatement(
                name: "inspect_transactions",
                sql: """
                    SELECT pid, coalesce(application_name, '') AS application,
                        extract(epoch FROM clock_timestamp() - xact_start)::double precision AS age,
                        coalesce(state, '') LIKE 'idle in transaction%' AS is_idle
                    FROM pg_catalog.pg_stat_activity
                    WHERE datname = current_database() AND pid <> pg_backend_pid()
                        AND backend_type = 'client backend'
                        AND xact_start <= clock_timestamp() - make_interval(secs => $1)
                    ORDER BY xact_start LIMIT 20
                    """,
                binds: [seconds],
            ))
        return try rows.map { row in
            SessionInspection.Transaction(
                processID: try row.decode("pid", as: Int32.self),
                application: try row.decode("application", as: String.self),
                age: try row.decode("age", as: Double.self),
                isIdle: try row.decode("is_idle", as: Bool.self))
        }
    }

    private func inspectSlots() async throws -> [SessionInspection.Slot] {
        let rows = try await pool.query(
            PostgresStatement(
                name: "inspect_slots",
                sql: """
                    SELECT s.slot_name::text AS name, s.active,
                        coalesce(pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()
                            ELSE pg_current_wal_lsn() END, s.restart_lsn), 0)::bigint AS held
                    FROM pg_catalog.pg_replication_slots AS s ORDER BY 3 DESC LIMIT 20
                    """,
                binds: [],
            ))
        return try rows.map { row in
            SessionInspection.Slot(
                name: try row.decode("name", as: String.self), isActive: try row.decode("active", as: Bool.self),
                held: try row.decode("held", as: Int64.self))
        }
    }
}
