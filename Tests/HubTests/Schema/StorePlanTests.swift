import Foundation
import PostgresClient
import Store
import TestSupport
import Testing

/// Other statements of the store that a request waits for, read from its source
/// where they stand there whole: by the statistics of ten million rows and more
/// each goes by an index, whether the planner looks at the values or not.
struct StorePlanTests {
    /// A statement by its name, values for its binds, and the indices it is
    /// meant for; of a partitioned table, as the partition of 30 million has them.
    struct Hot: Sendable {
        var name: String
        var values: [String]
        var indices: [String]

        /// The types of the binds, as far as a cast tells them.
        var types: [String] {
            values.map { value in value.firstRange(of: "::").map { String(value[$0.upperBound...]) } ?? "unknown" }
        }

        init(_ name: String, _ values: String..., by indices: String...) {
            self.name = name
            self.values = values
            self.indices = indices
        }
    }

    static let hot = [
        Hot("board", "1", by: "board_delta_county_idx"),
        Hot("open_case", "1", "'child'", "sha256('7')", by: "case_county_kind_natural_key_key"),
        Hot("case_record", "1", "77", by: "case_pkey"),
        Hot("open_cases_by_key", "'{1, 1}'", "'{3, 4}'", by: "case_pkey"),
        Hot(
            "takes_part", "1", "7000", "'unit5'", by: "event_p3_county_case_id_position_idx",
            "duty_county_case_id_idx"),
        Hot(
            "case_changes", "1", "7000", "'unit5'", "39000000", "false",
            by: "duty_county_case_id_idx", "duty_change_p3_county_duty_position_idx"),
        Hot("has_event_in_case", "1", "7000", "39000000", "'type.7'", by: "event_p3_county_case_id_position_idx"),
        Hot("duties_by_key", "'{1, 1}'", "'{3, 4}'", by: "duty_pkey"),
        Hot("duties_of_case", "1", "7000", by: "duty_county_case_id_idx"),
        Hot("history_of_duty", "1", "35000", by: "duty_change_p3_county_duty_position_idx"),
        Hot("last_change_of_duty", "1", "35000", by: "duty_change_p3_county_duty_position_idx"),
        Hot("command_key", "1", "35000", "md5('7')::uuid", by: "command_key_pkey"),
        Hot("event_at", "1", "35000000", by: "event_p3_pkey"),
        Hot("sealed_parts", "1", "35000000", by: "sealed_p3_pkey"),
        Hot("recipients_of", "1", "35000000", "'{unit5, unit6}'", by: "recipient_p3_pkey"),
        Hot(
            "published_by", "1", "'unit5'", "'-infinity'::timestamptz", "NULL::timestamptz", "NULL",
            by: "event_p3_county_source_unit_recorded_at_position_idx"),
        Hot("forget_command_keys", "30", by: "command_key_at_idx"),
    ]

    private static let rows =
        LargeTables.rows + (1...5).map { ConsumerBacklog.consumer($0) }.joined()
            + """
            INSERT INTO hub.command_key (county, duty, key, request, version, at)
            SELECT 1, n, md5(n::text)::uuid, '', 1, now() - interval '1 minute' * n FROM generate_series(1, 39999) AS n;
            INSERT INTO hub.lease (county, consumer, position, lease, attempt, until, state)
            SELECT 1, 1 + n % 5, n * 1000, gen_random_uuid(), 10, 'infinity', CASE WHEN n % 2 = 0 THEN 'dead' ELSE 'waiting' END
            FROM generate_series(1, 20000) AS n;
            INSERT INTO hub.board_delta
            SELECT 1 + n % 9, 'unit' || n % 31, 'type.' || n % 10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
            FROM generate_series(1, 20000) AS n;
            """

    @Test(arguments: ["force_generic_plan", "force_custom_plan"])
    func eachGoesByItsIndex(_ mode: String) async throws {
        let texts = try Self.texts()
        try await TestDatabase.with { database in
            try await database.withSession { session in
                try await session.run(Self.rows, name: "rows")
                try await session.run(LargeTables.statistics, name: "statistics")
                for hot in Self.hot {
                    let text = try #require(texts[hot.name], "\(hot.name) is no statement of the store")
                    let plan = try await LargeTables.plan(
                        of: PostgresStatement(name: hot.name, sql: text), values: hot.values, mode: mode,
                        types: hot.types, in: session)
                    for index in hot.indices {
                        let isUsed =
                            plan.contains("using \(index) on") || plan.contains("Bitmap Index Scan on \(index)")
                        #expect(isUsed, "\(hot.name) does not use \(index)\n\(plan)")
                    }
                    for table in LargeTables.growing + ["lease", "command_key", "board_delta"] {
                        #expect(!plan.contains("Seq Scan on \(table)"), "\(hot.name)\n\(plan)")
                    }
                }
            }
        }
    }

    /// The statements of the store by name. What is interpolated is a list of
    /// columns, which the way to the rows does not depend on, or a limit.
    private static func texts() throws -> [String: String] {
        let folder = Repository.file("Sources/Store")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".swift") }
        var texts: [String: String] = [:]
        for file in files {
            for statement in StatementScan.statements(in: try Repository.text("Sources/Store/\(file)"), file: file) {
                texts[statement.name] = statement.text
                    .replacing("LIMIT \(SwiftLiterals.interpolation)", with: "LIMIT 50")
                    .replacing(SwiftLiterals.interpolation, with: "1")
            }
        }
        return texts
    }
}
