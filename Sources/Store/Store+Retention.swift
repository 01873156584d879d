package import Coordination
import PostgresClient

/// What is dropped when its time is over: transport and clocks, never the
/// record. Each call takes a bounded number in a commit of its own; callers
/// repeat while it was all of them.
extension Store {
    /// How many rows one call drops at the most: some tens of milliseconds.
    package static let retentionBatch = 5_000

    /// Forgets idempotency keys of commands that are older than so many days.
    ///
    /// They are deleted by where they lie: joined to what was found, the planner
    /// would look each of them up by the county alone as long as the table has
    /// no statistics.
    ///
    /// - Returns: how many.
    package func forgetCommandKeys(olderThanDays days: Int32) async throws -> Int {
        try await pool.query(
            PostgresStatement(
                name: "forget_command_keys",
                sql: """
                    DELETE FROM hub.command_key AS k WHERE k.ctid = ANY (ARRAY(
                        SELECT o.ctid FROM hub.command_key AS o
                        WHERE o.at < now() - make_interval(days => $1) ORDER BY o.at LIMIT \(Self.retentionBatch)
                    )) RETURNING 1
                    """,
                binds: [days],
            )
        ).count
    }

    /// Forgets deliveries that consumers have given up, of events up to a
    /// position. What was delivered stays in the unit's log.
    ///
    /// - Returns: how many.
    package func forgetDeadDeliveries(county: CountyID, upTo position: Position) async throws -> Int {
        let rows = try await pool.query(
            PostgresStatement(
                name: "forget_dead_deliveries",
                sql: "SELECT hub.forget_dead_deliveries($1, $2, $3) AS forgotten",
                binds: [county.rawValue, position.rawValue, Int32(Self.retentionBatch)],
            ))
        return Int(try rows.first?.decode("forgotten", as: Int32.self) ?? 0)
    }

    /// Drops timers that rest at infinity though their duty has ended, after a
    /// duty, in order.
    ///
    /// - Returns: how many went, and the last duty that was looked at; nil when
    ///   none was left.
    package func dropRestedTimers(
        county: CountyID, after duty: DutyID?,
    ) async throws -> (dropped: Int32, last: DutyID?) {
        let rows = try await changeLane.query(
            PostgresStatement(
                name: "drop_rested_timers",
                sql: "SELECT dropped, last_duty FROM hub.drop_rested_timers($1, $2, $3)",
                binds: [county.rawValue, duty?.rawValue ?? 0, Int32(Self.retentionBatch)],
            ))
        guard let row = rows.first else { throw StoreError.unexpectedShape("drop_rested_timers") }
        return (
            try row.decode("dropped", as: Int32.self),
            try row.decode("last_duty", as: Int64?.self).map(DutyID.init(rawValue:))
        )
    }
}
