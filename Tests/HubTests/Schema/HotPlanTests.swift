import CloudEvents
import Coordination
import PostgresClient
import Store
import TestSupport
import Testing

/// What the planner makes of the statements that run all the time, by the
/// statistics of large tables: each goes by the index it is meant for, and no
/// table is walked. Lists of duties have tests of their own.
struct HotPlanTests {
    /// A statement, values for its binds, and the indices it is meant for; of
    /// a partitioned table, as the first partition has them.
    struct Hot: Sendable, CustomTestStringConvertible {
        var statement: PostgresStatement
        var values: [String]
        var indices: [String]
        /// Whether every partition may be looked at.
        var testDescription: String { statement.name }
    }

    private static let county = CountyID(rawValue: 1)
    private static let unit = LogReader(county: county, unit: "unit5", isSecretariat: false)
    private static let secretariat = LogReader(county: county, unit: "unit5", isSecretariat: true)
    private static let somewhere = Position(rawValue: 35_000_000)

    static let hot: [Hot] = [
        Hot(
            statement: Store.logPageStatement(unit, after: somewhere, limit: 100),
            values: ["1", "'unit5'", "35000000"],
            indices: [
                "recipient_p3_pkey", "duty_change_p3_county_unit_position_idx",
                "duty_change_p3_county_publisher_position_idx", "duty_change_p3_county_lead_position_idx",
            ]),
        Hot(
            statement: Store.logPageStatement(secretariat, after: somewhere, limit: 500),
            values: ["1", "'unit5'", "35000000"], indices: ["recipient_p3_pkey", "duty_change_p3_pkey"]),
        Hot(
            statement: Store.logDeliveriesStatement(unit, positions: [1]),
            values: ["1", "'unit5'", "'{35000000, 36000000}'"], indices: ["recipient_p3_pkey", "event_p3_pkey"]),
        Hot(
            statement: Store.logChangesStatement(county: county, positions: [1]),
            values: ["1", "'{35000500, 36000500}'"], indices: ["duty_change_p3_pkey", "duty_pkey"]),
        Hot(
            statement: Store.positionOfKeyStatement(.random(), county: county),
            values: ["1", "md5('7')::uuid"], indices: ["event_key_pkey"]),
        Hot(
            statement: Store.dueTimersStatement(
                county: county, asOf: Timestamp(microseconds: 0), after: nil, limit: 1_000),
            values: ["1", "now() + interval '1 hour'", "'-infinity'", "0", "''", "0"],
            indices: ["timer_pkey", "step_fired_pkey"]),
        Hot(
            statement: Store.accessLogStatement(county: county, unit: nil, before: nil, limit: 50),
            values: ["1", "NULL", "9223372036854775807"], indices: ["access_log_pkey"]),
        Hot(
            statement: Store.accessLogStatement(county: county, unit: "unit5", before: nil, limit: 50),
            values: ["1", "'unit5'", "9223372036854775807"], indices: ["access_log_county_unit_id_idx"]),
    ]

    @Test(arguments: ["force_generic_plan", "force_custom_plan"])
    func eachGoesByItsIndex(_ mode: String) async throws {
        try await TestDatabase.with { database in
            try await database.withSession { session in
                try await session.run(LargeTables.rows, name: "rows")
                try await session.run(LargeTables.statistics, name: "statistics")
                for hot in Self.hot {
                    let plan = try await LargeTables.plan(
                        of: hot.statement, values: hot.values, mode: mode, in: session)
                    for index in hot.indices {
                        #expect(plan.contains("using \(index) on"), "\(hot.statement.name)\n\(plan)")
                    }
                    #expect(!plan.contains("Seq Scan"), "\(hot.statement.name)\n\(plan)")
                    #expect(!plan.contains("Bitmap"), "\(hot.statement.name)\n\(plan)")
                }
            }
        }
    }

    /// A page of a log is read in the order of its index: nothing is gathered
    /// first and sorted then.
    @Test func aPageOfALogIsReadInOrder() async throws {
        try await TestDatabase.with { database in
            try await database.withSession { session in
                try await session.run(LargeTables.rows, name: "rows")
                try await session.run(LargeTables.statistics, name: "statistics")
                for hot in Self.hot.prefix(2) {
                    let plan = try await LargeTables.plan(
                        of: hot.statement, values: hot.values, mode: "force_generic_plan", in: session)
                    // Below the limit of each source stands its index, over partitions in order.
                    let lines = plan.split(separator: "\n").map { $0.drop { $0 == " " } }
                    for (line, next) in zip(lines, lines.dropFirst()) where line.hasPrefix("->  Limit") {
                        #expect(next.hasPrefix("->  Append") || next.contains("Index"), "\(plan)")
                    }
                }
            }
        }
    }

    /// An event is looked for in the one partition of its position.
    @Test func aLookUpByPositionPrunes() async throws {
        try await TestDatabase.with { database in
            try await database.withSession { session in
                try await session.run(LargeTables.rows, name: "rows")
                let plan = try await session.query(
                    "EXPLAIN (COSTS OFF, ANALYZE, TIMING OFF) SELECT 1 FROM hub.event WHERE county = 1 AND position = 25000000",
                    name: "explain"
                ).map { try $0.decode(0, as: String.self) }.joined(separator: "\n")
                #expect(plan.contains("using event_p2_pkey"), "\(plan)")
                #expect(!plan.contains("event_p0") && !plan.contains("event_p1") && !plan.contains("event_p3"))
            }
        }
    }
}
