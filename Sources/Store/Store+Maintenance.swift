package import CloudEvents
package import Coordination
import PostgresClient

/// What an operator has said of the running of a county, or of all of them.
package struct MaintenanceRecord: Sendable, Hashable {
    /// Nil for all counties.
    package var county: CountyID?
    /// Whether only reads are answered.
    package var isReadOnly: Bool
    /// Sweeps wait until then, by the database's clock; nil where they do not.
    package var sweepsHeldUntil: Timestamp?
    package var reason: String
    /// Since when, by the database's clock.
    package var since: Timestamp

    package init(county: CountyID?, isReadOnly: Bool, sweepsHeldUntil: Timestamp?, reason: String, since: Timestamp) {
        self.county = county
        self.isReadOnly = isReadOnly
        self.sweepsHeldUntil = sweepsHeldUntil
        self.reason = reason
        self.since = since
    }
}

extension Store {
    /// What holds of all counties at this moment, and whether this session may
    /// write.
    package func maintenance() async throws -> (records: [MaintenanceRecord], isWritable: Bool) {
        let rows = try await pool.query(
            PostgresStatement(
                name: "maintenance",
                sql: """
                    SELECT current_setting('transaction_read_only') = 'off' AS is_writable,
                        m.county, m.read_only, m.sweeps_held_until, m.reason, m.set_at
                    FROM (SELECT 1) AS one LEFT JOIN hub.maintenance AS m ON m.read_only OR m.sweeps_held_until > now()
                    ORDER BY m.county LIMIT 1000
                    """,
                binds: [],
            ))
        guard let first = rows.first else { throw StoreError.unexpectedShape("maintenance") }
        let isWritable = try first.decode("is_writable", as: Bool.self)
        let records = try rows.compactMap { row -> MaintenanceRecord? in
            guard let county = try row.decode("county", as: Int16?.self) else { return nil }
            let held = try row.decode("sweeps_held_until", as: PostgresTimestamp.self)
            return MaintenanceRecord(
                county: county == Self.allCounties ? nil : CountyID(rawValue: county),
                isReadOnly: try row.decode("read_only", as: Bool.self),
                sweepsHeldUntil: held == .negativeInfinity ? nil : held.timestamp,
                reason: try row.decode("reason", as: String.self),
                since: try row.decode("set_at", as: PostgresTimestamp.self).timestamp)
        }
        return (records, isWritable)
    }

    /// Whether a session that begins now may write. Sessions keep the default
    /// they began with, so those of the pools do not tell.
    package func isWritableAnew() async throws -> Bool {
        let rows = try await withSession { session in
            try await session.query(
                "SELECT current_setting('transaction_read_only') = 'off' AS is_writable", name: "is_writable")
        }
        guard let row = rows.first else { throw StoreError.unexpectedShape("is_writable") }
        return try row.decode("is_writable", as: Bool.self)
    }

    /// Lets a county, or all of them, answer reads only. Sweeps wait as well.
    package func beginMaintenance(county: CountyID?, reason: String) async throws {
        _ = try await pool.query(
            PostgresStatement(
                name: "begin_maintenance",
                sql: """
                    INSERT INTO hub.maintenance AS m (county, read_only, reason) VALUES ($1, true, $2)
                    ON CONFLICT (county) DO UPDATE SET read_only = true, reason = excluded.reason,
                        set_at = CASE WHEN m.read_only THEN m.set_at ELSE now() END
                    """,
                binds: [county?.rawValue ?? Self.allCounties, reason],
            ))
    }

    /// Lets a county, or all of them, write again, and lifts what held sweeps.
    ///
    /// - Parameters:
    ///   - county: nil for all, those that were named one by one too.
    ///   - seconds: so long sweeps wait from now on; nil for not at all.
    package func endMaintenance(county: CountyID?, holdingSweepsFor seconds: Int64?) async throws {
        try await pool.withTransaction { transaction in
            _ = try await transaction.query(
                PostgresStatement(
                    name: "end_maintenance",
                    sql: "DELETE FROM hub.maintenance WHERE $1::smallint IS NULL OR county = $1",
                    binds: [county?.rawValue],
                ))
            guard let seconds else { return }
            _ = try await transaction.query(
                PostgresStatement(
                    name: "hold_sweeps",
                    sql: """
                        INSERT INTO hub.maintenance (county, read_only, sweeps_held_until)
                        VALUES ($1, false, now() + make_interval(secs => $2::double precision))
                        """,
                    binds: [county?.rawValue ?? Self.allCounties, Double(seconds)],
                ))
        }
    }

    /// What stands for all counties in the table.
    private static let allCounties: Int16 = 0
}
