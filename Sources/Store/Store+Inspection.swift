package import CloudEvents
import PostgresClient

/// What a look at the database's server and schema finds.
package struct DatabaseInspection: Sendable, Hashable {
    /// As `server_version` has it, such as `15.18`.
    package var serverVersion: String
    /// As `server_version_num` has it, such as 150018.
    package var serverVersionNumber: Int32
    /// The database's clock.
    package var now: Timestamp
    package var synchronousCommit: String
    package var fsync: String
    package var fullPageWrites: String
    package var encoding: String
    /// Where the server keeps its data; nil where this role may not know.
    package var dataDirectory: String?

    package init(
        serverVersion: String, serverVersionNumber: Int32, now: Timestamp, synchronousCommit: String, fsync: String,
        fullPageWrites: String, encoding: String, dataDirectory: String?,
    ) {
        self.serverVersion = serverVersion
        self.serverVersionNumber = serverVersionNumber
        self.now = now
        self.synchronousCommit = synchronousCommit
        self.fsync = fsync
        self.fullPageWrites = fullPageWrites
        self.encoding = encoding
        self.dataDirectory = dataDirectory
    }
}

/// What a look at the hub's own tables finds.
package struct SchemaInspection: Sendable, Hashable {
    /// The last position given out.
    package var lastPosition: Int64
    /// Positions for which partitions exist: up to, not including, this one.
    package var partitionsUpTo: Int64
    /// Timers that should have fired ten minutes ago by their county's clock.
    package var stuckTimers: Int64
    /// Appended counts that wait to be folded.
    package var boardDeltas: Int64
    /// Deliveries of the latest events whose event is missing.
    package var orphanedRecipients: Int64
    /// Open timers whose duty is missing.
    package var orphanedTimers: Int64

    package init(
        lastPosition: Int64, partitionsUpTo: Int64, stuckTimers: Int64, boardDeltas: Int64, orphanedRecipients: Int64,
        orphanedTimers: Int64,
    ) {
        self.lastPosition = lastPosition
        self.partitionsUpTo = partitionsUpTo
        self.stuckTimers = stuckTimers
        self.boardDeltas = boardDeltas
        self.orphanedRecipients = orphanedRecipients
        self.orphanedTimers = orphanedTimers
    }
}

extension Store {
    /// Looks at the server; needs no schema.
    package func inspectDatabase() async throws -> DatabaseInspection {
        let rows = try await pool.query(
            PostgresStatement(
                name: "inspect_database",
                sql: """
                    SELECT current_setting('server_version') AS server_version,
                        current_setting('server_version_num')::integer AS server_version_number,
                        clock_timestamp() AS now, current_setting('synchronous_commit') AS synchronous_commit,
                        current_setting('fsync') AS fsync, current_setting('full_page_writes') AS full_page_writes,
                        current_setting('server_encoding') AS encoding,
                        (SELECT setting FROM pg_catalog.pg_settings WHERE name = 'data_directory') AS data_directory
                    """,
                binds: [],
            ))
        guard let row = rows.first else { throw StoreError.unexpectedShape("inspect_database") }
        return DatabaseInspection(
            serverVersion: try row.decode("server_version", as: String.self),
            serverVersionNumber: try row.decode("server_version_number", as: Int32.self),
            now: try row.decode("now", as: PostgresTimestamp.self).timestamp,
            synchronousCommit: try row.decode("synchronous_commit", as: String.self),
            fsync: try row.decode("fsync", as: String.self),
            fullPageWrites: try row.decode("full_page_writes", as: String.self),
            encoding: try row.decode("encoding", as: String.self),
            dataDirectory: try row.decode("data_directory", as: String?.self),
        )
    }

    /// Looks at the hub's tables. Precondition: the schema is current.
    ///
    /// The counts are bounded: they tell that something is wrong and roughly
    /// how much, without a walk over everything.
    package func inspectSchema() async throws -> SchemaInspection {
        let rows = try await pool.query(
            PostgresStatement(
                name: "inspect_schema",
                sql: """
                    SELECT (SELECT last_value FROM hub.position_seq) AS last_position,
                        (SELECT (count(*) * 10000000)::bigint FROM pg_catalog.pg_inherits
                            WHERE inhparent = 'hub.event'::pg_catalog.regclass) AS partitions_up_to,
                        (SELECT count(*) FROM (
                            SELECT FROM hub.timer AS t JOIN hub.county AS c ON c.id = t.county
                            WHERE t.due < now() + c.clock_offset - interval '10 minutes' LIMIT 100000
                        ) AS s) AS stuck_timers,
                        (SELECT count(*) FROM (
                            SELECT FROM hub.board_delta AS d JOIN hub.county AS c ON c.id = d.county LIMIT 1000000
                        ) AS s) AS board_deltas,
                        (SELECT count(*) FROM hub.recipient AS r
                            WHERE r.position > (SELECT last_value FROM hub.position_seq) - 20000
                                AND NOT EXISTS (SELECT FROM hub.event AS e
                                    WHERE e.county = r.county AND e.position = r.event)) AS orphaned_recipients,
                        (SELECT count(*) FROM (
                            SELECT t.county, t.duty FROM hub.timer AS t ORDER BY t.county, t.due LIMIT 20000
                        ) AS t WHERE NOT EXISTS (SELECT FROM hub.duty AS d
                            WHERE d.county = t.county AND d.id = t.duty)) AS orphaned_timers
                    """,
                binds: [],
            ))
        guard let row = rows.first else { throw StoreError.unexpectedShape("inspect_schema") }
        return SchemaInspection(
            lastPosition: try row.decode("last_position", as: Int64.self),
            partitionsUpTo: try row.decode("partitions_up_to", as: Int64.self),
            stuckTimers: try row.decode("stuck_timers", as: Int64.self),
            boardDeltas: try row.decode("board_deltas", as: Int64.self),
            orphanedRecipients: try row.decode("orphaned_recipients", as: Int64.self),
            orphanedTimers: try row.decode("orphaned_timers", as: Int64.self),
        )
    }
}
