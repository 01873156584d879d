import PostgresClient
import Store
import TestSupport
import Testing

/// What is measured every half minute, and what the doctor looks up, goes down
/// indices: it takes no longer as the record grows.
struct FiguresPlanTests {
    private static let leases = """
        INSERT INTO hub.lease (county, consumer, position, lease, attempt, until, state)
        SELECT 1 + n % 3, 1 + n % 5, n * 1000, gen_random_uuid(), 10, 'infinity',
            CASE WHEN n % 3 = 0 THEN 'dead' WHEN n % 3 = 1 THEN 'blocked' ELSE 'waiting' END
        FROM generate_series(1, 20000) AS n;
        """

    @Test func noneOfThemWalksATable() async throws {
        let statements =
            [("county_figures", Store.countyFiguresSQL)]
            + Store.referenceRules.map { ($0.0, "SELECT count(*) AS broken FROM (\($0.1) LIMIT 10000) AS s") }
        try await TestDatabase.with { database in
            try await database.withSession { session in
                try await session.run(LargeTables.rows, name: "rows")
                try await session.run(Self.leases, name: "leases")
                try await session.run((1...5).map { ConsumerBacklog.consumer($0) }.joined(), name: "consumers")
                try await session.run(LargeTables.statistics, name: "statistics")
                for (name, sql) in statements {
                    let rows = try await session.query("EXPLAIN (COSTS OFF) \(sql)", name: "explain")
                    let plan = try rows.map { try $0.decode(0, as: String.self) }.joined(separator: "\n")
                    for table in LargeTables.growing + ["lease"] {
                        #expect(!plan.contains("Seq Scan on \(table)"), "\(name)\n\(plan)")
                    }
                    // A hash of everything would be a walk by another name;
                    // consumers are few.
                    let isHashed = plan.contains("Hash Join") || plan.contains("Hash Anti Join")
                    #expect(!isHashed || name == "leases without consumer", "\(name)\n\(plan)")
                }
            }
        }
    }
}
