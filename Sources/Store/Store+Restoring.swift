package import Coordination
import PostgresClient

extension Store {
    /// Goes on with positions far beyond every one that was ever given out, so
    /// that none is given out again for something else.
    ///
    /// Precondition: nobody stores anything meanwhile.
    ///
    /// - Parameters:
    ///   - position: the last one that is known to have been given out; where
    ///     the database knows a later one, that counts.
    ///   - distance: how many are passed over from there.
    /// - Returns: the last position now.
    package func skipPositions(beyond position: Position, by distance: Int64) async throws -> Position {
        let rows = try await pool.query(
            PostgresStatement(
                name: "skip_positions",
                sql: """
                    SELECT setval('hub.position_seq', greatest(last_value, $1::bigint) + $2::bigint) AS position
                    FROM hub.position_seq
                    """,
                binds: [position.rawValue, distance],
            ))
        guard let row = rows.first else { throw StoreError.unexpectedShape("skip_positions") }
        return Position(rawValue: try row.decode("position", as: Int64.self))
    }

    /// The master keys under which a county has sealed parts that were not
    /// erased, each with the newest event of it. Walks all of them, however
    /// long that takes.
    package func sealingKeys(county: CountyID) async throws -> [String: Position] {
        try await withSession { session in
            let rows = try await session.query(
                """
                SELECT s.kek, max(s.position) AS position FROM hub.sealed AS s
                WHERE s.county = \(county.rawValue) AND octet_length(s.wrapped_key) > 0 GROUP BY s.kek LIMIT 10000
                """,
                name: "sealing_keys")
            var keys: [String: Position] = [:]
            for row in rows {
                keys[try row.decode("kek", as: String.self)] = Position(
                    rawValue: try row.decode("position", as: Int64.self))
            }
            return keys
        }
    }

    /// Gathers the planner's statistics, which no dump holds: without them the
    /// first statements would walk whole tables.
    package func analyse() async throws {
        try await withSession { try await $0.run("ANALYZE;", name: "analyse") }
    }
}
