package import CloudEvents
package import Coordination
import PostgresClient

/// The counts of one unit and event type.
package struct BoardRow: Sendable, Hashable {
    package var unit: UnitID
    package var type: EventType
    package var open: Int64
    package var unsigned: Int64
    package var signed: Int64
    /// The sum of the times from dispatch to signature, in seconds.
    package var signSeconds: Int64
    package var settled: Int64
    /// The sum of the times from dispatch to completion, in seconds.
    package var settleSeconds: Int64
    /// Open duties by the last step of their ladder that fired, steps 1 to 5.
    package var steps: [Int64]
}

extension Store {
    /// The exact counts of a county at one moment: what was folded and what
    /// was appended since, of one snapshot.
    package func board(county: CountyID) async throws -> (rows: [BoardRow], asOf: Timestamp) {
        let rows = try await pool.query(
            PostgresStatement(
                name: "board",
                sql: """
                    SELECT unit, type, sum(open)::bigint AS open, sum(unsigned)::bigint AS unsigned,
                        sum(signed)::bigint AS signed, sum(sign_seconds)::bigint AS sign_seconds,
                        sum(settled)::bigint AS settled, sum(settle_seconds)::bigint AS settle_seconds,
                        ARRAY[sum(step_1), sum(step_2), sum(step_3), sum(step_4), sum(step_5)]::bigint[] AS steps,
                        now() AS as_of
                    FROM (
                        SELECT unit, type, open, unsigned, signed, sign_seconds, settled, settle_seconds, step_1,
                            step_2, step_3, step_4, step_5
                        FROM hub.board_rollup WHERE county = $1
                        UNION ALL
                        SELECT unit, type, open, unsigned, signed, sign_seconds, settled, settle_seconds, step_1,
                            step_2, step_3, step_4, step_5
                        FROM hub.board_delta WHERE county = $1
                    ) AS b
                    GROUP BY unit, type ORDER BY unit, type LIMIT 100000
                    """,
                binds: [county.rawValue],
            ))
        let asOf = try rows.first?.decode("as_of", as: PostgresTimestamp.self).timestamp
        let board = try rows.map { row in
            BoardRow(
                unit: UnitID(try row.decode("unit", as: String.self)),
                type: EventType(try row.decode("type", as: String.self)),
                open: try row.decode("open", as: Int64.self),
                unsigned: try row.decode("unsigned", as: Int64.self),
                signed: try row.decode("signed", as: Int64.self),
                signSeconds: try row.decode("sign_seconds", as: Int64.self),
                settled: try row.decode("settled", as: Int64.self),
                settleSeconds: try row.decode("settle_seconds", as: Int64.self),
                steps: try row.decode("steps", as: [Int64].self),
            )
        }
        if let asOf { return (board, asOf) }
        return (board, try await databaseNow())
    }

    /// How many counts one call folds at the most: some hundred milliseconds.
    package static let foldBatch: Int32 = 20_000

    /// Folds appended counts, a bounded number in a commit of its own; the
    /// board is the same at every moment.
    ///
    /// - Returns: how many; zero when none were left, or another process folds.
    package func foldBoard() async throws -> Int32 {
        let rows = try await pool.query(
            PostgresStatement(
                name: "fold_board", sql: "SELECT hub.fold_board($1) AS folded", binds: [Self.foldBatch]))
        return try rows.first?.decode("folded", as: Int32.self) ?? 0
    }
}
