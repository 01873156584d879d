package import Coordination
package import PostgresClient

/// What the metrics tell of the database.
package struct DatabaseFigures: Sendable, Hashable {
    /// The last position given out.
    package var lastPosition: Int64
    /// How many positions have partitions yet, of the log that has fewest.
    package var partitionHeadroom: Int64
    /// Appended counts of the board that wait to be folded, up to ``bound``.
    package var boardDeltas: Int64
    /// Sessions of clients, of all databases of the server.
    package var sessions: Int64
    /// How many the server takes from a role like this one.
    package var sessionLimit: Int64
    /// The age of the oldest transaction in this database, in seconds; those of other
    /// roles only where this role may see them.
    package var oldestTransaction: Double

    /// Counts end here: that is enough to know that something is wrong.
    package static let bound: Int64 = 100_000
}

/// What the metrics tell of a county.
package struct CountyFigures: Sendable, Hashable {
    package var county: CountyID
    /// Steps that are due by the county's clock and have not fired, up to 10,000.
    package var dueSteps: Int64
    /// For how many seconds the oldest of them is due; 0 for none.
    package var oldestDue: Double
    package var consumers: Int64
    package var pausedConsumers: Int64
    /// How old the oldest delivery is that a consumer which is not paused has not looked at, in seconds; 0 for none.
    package var consumerLag: Double
    /// Deliveries given up, up to 1,000 a consumer.
    package var deadDeliveries: Int64
    /// Deliveries behind another one of their case, up to 1,000 a consumer.
    package var blockedDeliveries: Int64
}

extension Store {
    /// What the metrics tell of the database; a few short walks, each bounded.
    package func databaseFigures() async throws -> DatabaseFigures {
        let rows = try await pool.query(
            PostgresStatement(
                name: "database_figures",
                sql: """
                    SELECT s.last_value AS last_position, p.upto - s.last_value AS partition_headroom,
                        (SELECT count(*) FROM (
                            SELECT FROM hub.county AS c JOIN hub.board_delta AS d ON d.county = c.id LIMIT \(DatabaseFigures.bound)
                        ) AS b) AS board_deltas,
                        \(Self.sessionsSQL),
                        (SELECT coalesce(max(extract(epoch FROM now() - xact_start)), 0)::double precision
                            FROM pg_catalog.pg_stat_activity
                            WHERE datname = current_database() AND pid <> pg_backend_pid()) AS oldest_transaction
                    FROM hub.position_seq AS s
                    CROSS JOIN (\(Self.partitionsSQL)) AS p
                    """,
                binds: [],
            ))
        guard let row = rows.first else { throw StoreError.unexpectedShape("database_figures") }
        return DatabaseFigures(
            lastPosition: try row.decode("last_position", as: Int64.self),
            partitionHeadroom: try row.decode("partition_headroom", as: Int64.self),
            boardDeltas: try row.decode("board_deltas", as: Int64.self),
            sessions: try row.decode("sessions", as: Int64.self),
            sessionLimit: try row.decode("session_limit", as: Int64.self),
            oldestTransaction: try row.decode("oldest_transaction", as: Double.self),
        )
    }

    /// Sessions of clients, and how many the server takes from a role like this one.
    static let sessionsSQL = """
        (SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE backend_type = 'client backend') AS sessions,
        current_setting('max_connections')::bigint
            - current_setting('superuser_reserved_connections')::bigint AS session_limit
        """

    /// Up to where every log has partitions, read from their bounds.
    static let partitionsSQL = """
        SELECT min(coalesce(t.upto, 0)) AS upto FROM (
            SELECT max((regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO \\(''?([0-9]+)''?\\)'))[1]::bigint) AS upto
            FROM unnest(ARRAY['event', 'sealed', 'recipient', 'duty_change']) AS n (parent)
            LEFT JOIN pg_catalog.pg_inherits AS i ON i.inhparent = to_regclass('hub.' || n.parent)
            LEFT JOIN pg_catalog.pg_class AS c ON c.oid = i.inhrelid
            GROUP BY n.parent
        ) AS t
        """

    /// What the metrics tell of each county. Each look goes down an index and
    /// ends at a bound, so a backlog makes it no slower.
    package func countyFigures() async throws -> [CountyFigures] {
        let rows = try await pool.query(
            PostgresStatement(name: "county_figures", sql: Self.countyFiguresSQL, binds: []))
        return try rows.map { row in
            CountyFigures(
                county: CountyID(rawValue: try row.decode("county", as: Int16.self)),
                dueSteps: try row.decode("due_steps", as: Int64.self),
                oldestDue: max(0, try row.decode("oldest_due", as: Double.self)),
                consumers: try row.decode("consumers", as: Int64.self),
                pausedConsumers: try row.decode("paused", as: Int64.self),
                consumerLag: max(0, try row.decode("consumer_lag", as: Double.self)),
                deadDeliveries: try row.decode("dead", as: Int64.self),
                blockedDeliveries: try row.decode("blocked", as: Int64.self),
            )
        }
    }

    /// The statement of ``countyFigures()``, for the test of its plan.
    package static let countyFiguresSQL = """
        SELECT c.id AS county,
            (SELECT count(*) FROM (
                SELECT FROM hub.timer AS t WHERE t.county = c.id AND t.due <= now() + c.clock_offset LIMIT 10000
            ) AS s) AS due_steps,
            coalesce((
                SELECT extract(epoch FROM now() + c.clock_offset - t.due) FROM hub.timer AS t
                WHERE t.county = c.id AND t.due <= now() + c.clock_offset ORDER BY t.due LIMIT 1
            ), 0)::double precision AS oldest_due,
            k.consumers, k.paused, k.consumer_lag, k.dead, k.blocked
        FROM hub.county AS c
        CROSS JOIN LATERAL (
            SELECT count(*) AS consumers, count(*) FILTER (WHERE s.paused) AS paused,
                coalesce(max(extract(epoch FROM now() + c.clock_offset - e.recorded_at))
                    FILTER (WHERE NOT s.paused), 0)::double precision AS consumer_lag,
                coalesce(sum(d.number), 0)::bigint AS dead, coalesce(sum(b.number), 0)::bigint AS blocked
            FROM (
                SELECT o.id, o.unit, o.paused FROM hub.consumer AS o WHERE o.county = c.id LIMIT 1000
            ) AS s
            LEFT JOIN LATERAL (
                SELECT f.floor FROM hub.consumer_floor AS f WHERE f.county = c.id AND f.consumer = s.id
                ORDER BY f.step DESC LIMIT 1
            ) AS f ON true
            LEFT JOIN LATERAL (
                SELECT r.event FROM hub.recipient AS r
                WHERE r.county = c.id AND r.unit = s.unit AND r.position > f.floor ORDER BY r.position LIMIT 1
            ) AS r ON true
            LEFT JOIN LATERAL (
                SELECT o.recorded_at FROM hub.event AS o WHERE o.county = c.id AND o.position = r.event OFFSET 0
            ) AS e ON true
            CROSS JOIN LATERAL (
                SELECT count(*) AS number FROM (
                    SELECT FROM hub.lease AS l
                    WHERE l.county = c.id AND l.consumer = s.id AND l.state = 'dead' LIMIT 1000
                ) AS x
            ) AS d
            CROSS JOIN LATERAL (
                SELECT count(*) AS number FROM (
                    SELECT FROM hub.lease AS l
                    WHERE l.county = c.id AND l.consumer = s.id AND l.state = 'blocked' LIMIT 1000
                ) AS x
            ) AS b
        ) AS k
        ORDER BY c.id LIMIT 1000
        """

    /// How each pool stands, by name.
    package var poolStatistics: [(name: String, statistics: PostgresPoolStatistics)] {
        [
            ("readers", pool.statistics), ("admissions", admissionLane.statistics),
            ("changes", changeLane.statistics),
        ]
    }
}
