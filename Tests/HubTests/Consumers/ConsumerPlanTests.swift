import Coordination
import Foundation
import PostgresClient
import Store
import TestSupport
import Testing

/// What a fetch costs: by the plans of its statements over large tables, and
/// by the pages it touches when much waits, has come back, or lies dead.
struct ConsumerPlanTests {
    private static let county = CountyID(rawValue: 1)

    // MARK: - Plans

    /// Rows of every state for a few consumers, and a large log.
    private static let rows =
        LargeTables.rows
        + (1...5).map { ConsumerBacklog.consumer($0) }.joined()
        + leases

    private static let leases = """
        INSERT INTO hub.lease (county, consumer, position, case_id, lease, attempt, until, state)
        SELECT 1, 1 + n % 5, n * 1000, n / 10, gen_random_uuid(), 1,
            CASE WHEN n % 7 < 4 THEN now() + interval '1 second' * (n % 90 - 60) ELSE 'infinity' END,
            CASE WHEN n % 7 < 2 THEN 'leased' WHEN n % 7 < 4 THEN 'waiting' WHEN n % 7 < 6 THEN 'blocked' ELSE 'dead' END
        FROM generate_series(1, 20000) AS n;
        INSERT INTO hub.consumer_floor (county, consumer, step, floor, filter_errors, in_flight, due_from)
        SELECT 1, 1 + n % 5, n, n, 0, 0, now() FROM generate_series(1, 5000) AS n;
        """

    /// A statement of a function with its variables as binds, as plpgsql has it.
    private static func hot(
        _ function: String, from begin: String, to end: String, indices: [String],
    ) throws -> HotPlanTests.Hot {
        let text = try Repository.text("schema/functions/\(function).sql")
        let start = try #require(text.firstRange(of: begin), "\(begin)")
        let rest = text[start.upperBound...]
        let stop = try #require(rest.firstRange(of: end), "\(end)")
        var sql = String(rest[..<stop.lowerBound])
        var values: [String] = []
        for (name, type, value) in variables where sql.contains(name) {
            values.append(value)
            sql = sql.replacing(name, with: "$\(values.count)::\(type)")
        }
        return HotPlanTests.Hot(
            statement: PostgresStatement(name: "\(function): \(begin)", sql: sql), values: values,
            indices: indices.map { "lease_county_consumer_\($0)_idx" })
    }

    private static let variables = [
        ("p_county", "smallint", "1"), ("p_consumer", "bigint", "3"),
        ("v_next.due_from", "timestamptz", "now() - interval '1 hour'"), ("v_now", "timestamptz", "now()"),
        ("v_most", "integer", "100"), ("p_limit", "integer", "100"), ("v_last.in_flight", "integer", "10"),
        ("v_consumer.max_in_flight", "integer", "10"), ("v_row.case_id", "bigint", "100"),
        ("v_row.position", "bigint", "100000"), ("p_case", "bigint", "100"),
    ]

    private static func ofFunctions() throws -> [HotPlanTests.Hot] {
        [
            try hot("lease_deliveries", from: "v_last.in_flight + (", to: "    ));", indices: ["leased"]),
            try hot("lease_deliveries", from: "FOR v_row IN", to: "    LOOP", indices: ["leased", "waiting"]),
            try hot("lease_deliveries", from: "EXISTS (", to: "            ) OR", indices: ["case_id"]),
            try hot("lease_deliveries", from: ") OR EXISTS (", to: "            )\n", indices: ["blocked"]),
            try hot("_unblock_case", from: "OR EXISTS (", to: "    ) THEN", indices: ["case_id"]),
            try hot("_unblock_case", from: "l.position = (", to: "    );", indices: ["blocked"]),
        ]
    }

    private static let ofStore = [
        HotPlanTests.Hot(
            statement: Store.deliveriesStatement(of: "unit5", county: county, after: Position(rawValue: 1), limit: 100),
            values: ["1", "'unit5'", "35000000"], indices: ["recipient_p3_pkey", "event_p3_pkey"]),
        HotPlanTests.Hot(
            statement: Store.nextDueStatement(1, county: county, isFull: false), values: ["1", "3"],
            indices: ["consumer_floor_pkey", "lease_county_consumer_leased_idx", "lease_county_consumer_waiting_idx"]),
        HotPlanTests.Hot(
            statement: Store.nextDueStatement(1, county: county, isFull: true), values: ["1", "3"],
            indices: ["consumer_floor_pkey", "lease_county_consumer_leased_idx"]),
    ]

    @Test(arguments: ["force_generic_plan", "force_custom_plan"])
    func eachGoesByItsIndex(_ mode: String) async throws {
        try await TestDatabase.with { database in
            try await database.withSession { session in
                try await session.run(Self.rows, name: "rows")
                try await session.run(LargeTables.statistics, name: "statistics")
                for hot in Self.ofStore { try await Self.expect(hot, mode, in: session) }
                // As the functions set it.
                try await session.run(
                    "SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off;", name: "settings")
                for hot in try Self.ofFunctions() { try await Self.expect(hot, mode, in: session) }
            }
        }
    }

    private static func expect(_ hot: HotPlanTests.Hot, _ mode: String, in session: PostgresScriptSession) async throws
    {
        let plan = try await LargeTables.plan(of: hot.statement, values: hot.values, mode: mode, in: session)
        for index in hot.indices {
            #expect(plan.contains("using \(index) on"), "\(hot.statement.name)\n\(plan)")
        }
        for walk in ["Seq Scan", "Bitmap"] { #expect(!plan.contains(walk), "\(hot.statement.name)\n\(plan)") }
        #expect(!plan.split(separator: "\n").contains { $0.hasSuffix("Sort") }, "\(hot.statement.name)\n\(plan)")
    }

    // MARK: - Pages

    /// How often a statement touches a page.
    private static func touches(_ sql: String, in session: PostgresScriptSession) async throws -> Int {
        let plan = try await session.query(
            "EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF) \(sql)", name: "explain"
        ).map { try $0.decode(0, as: String.self) }
        let line = try #require(plan.first { $0.contains("Buffers: shared") }, "\(plan)")
        return line.matches(of: /(?:hit|read)=(\d+)/).compactMap { Int($0.1) }.reduce(0, +)
    }

    private static func round(_ consumer: Int, in session: PostgresScriptSession) async throws -> Int {
        try await touches(ConsumerBacklog.work(consumer, limit: 50), in: session)
    }

    /// How much waits; a million by `LIANKONG_TEST_BACKLOG=1000000`, which takes
    /// some minutes.
    private static let backlog =
        ProcessInfo.processInfo.environment["LIANKONG_TEST_BACKLOG"].flatMap { Int($0) } ?? 20_000

    @Test(arguments: ["none", "case"])
    func aBacklogCostsNothing(_ ordering: String) async throws {
        try await TestDatabase.with { database in
            try await database.withSession { session in
                try await session.run(
                    "SELECT hub.make_partitions(999999);" + ConsumerBacklog.deliveries(1...500)
                        + ConsumerBacklog.consumer(1, ordering: ordering), name: "rows")
                // The first calls read the catalogue and fill the caches.
                for _ in 0..<6 { _ = try await Self.round(1, in: session) }
                let before = try await Self.round(1, in: session)
                // So many above the floor; below it as many that wait for their
                // time, and were given up.
                try await session.run(
                    "SELECT hub.make_partitions(\(Self.backlog + 10_000_000));"
                        + ConsumerBacklog.deliveries(501...Self.backlog + 500)
                            + """
                            INSERT INTO hub.lease (county, consumer, position, case_id, lease, attempt, until, state)
                            SELECT 1, 1, -n, 1000000 + n, gen_random_uuid(), 1,
                                CASE WHEN n % 2 = 0 THEN 'infinity' ELSE now() + interval '1 hour' END,
                                CASE WHEN n % 2 = 0 THEN 'dead' ELSE 'waiting' END
                            FROM generate_series(1, \(2 * Self.backlog)) AS n;
                            """, name: "backlog")
                _ = try await Self.round(1, in: session)
                let after = try await Self.round(1, in: session)
                #expect(after < before * 2, "\(before) became \(after)")
                if Self.backlog > 20_000 { print("\(ordering): \(before) pages, with a backlog \(after)") }
            }
        }
    }

    /// A hundred thousand wait behind one that somebody holds: nobody walks over
    /// them, neither who fetches something else nor who lets the next one go.
    @Test func whatWaitsBehindAStuckCaseIsNotWalked() async throws {
        try await TestDatabase.with { database in
            try await database.withSession { session in
                try await session.run(
                    "SELECT hub.make_partitions(999999);" + ConsumerBacklog.deliveries(1...1000)
                        + ConsumerBacklog.consumer(1, ordering: "case") + Self.stuck(1...100), name: "rows")
                for _ in 0..<6 { _ = try await Self.round(1, in: session) }
                let fetch = try await Self.round(1, in: session)
                let next = try await Self.touches(Self.letNextGo, in: session)
                try await session.run(
                    "DELETE FROM hub.lease WHERE case_id = -7;" + Self.stuck(1...100_000) + "ANALYZE hub.lease;",
                    name: "backlog")
                _ = try await Self.round(1, in: session)
                let fetchBeside = try await Self.round(1, in: session)
                let nextOfMany = try await Self.touches(Self.letNextGo, in: session)
                #expect(fetchBeside < fetch * 2, "\(fetch) became \(fetchBeside)")
                #expect(nextOfMany < next * 2, "\(next) became \(nextOfMany)")
            }
        }
    }

    /// Deliveries of one case, the first of them in somebody's hands.
    private static func stuck(_ range: ClosedRange<Int>) -> String {
        """
        INSERT INTO hub.lease (county, consumer, position, case_id, lease, attempt, until, state)
        SELECT 1, 1, n - 100001, -7, CASE WHEN n = 1 THEN gen_random_uuid() END, (n = 1)::integer,
            CASE WHEN n = 1 THEN now() + interval '1 hour' ELSE 'infinity' END,
            CASE WHEN n = 1 THEN 'leased' ELSE 'blocked' END
        FROM generate_series(\(range.lowerBound), \(range.upperBound)) AS n;
        """
    }

    /// Acknowledges the one that is held.
    private static let letNextGo = """
        SELECT hub.settle_deliveries(1::smallint, 1, 'ack', ARRAY[-100000::bigint], ARRAY(
            SELECT lease FROM hub.lease WHERE county = 1 AND consumer = 1 AND position = -100000), 0, NULL)
        """

    /// Much has come back and is due: a fetch takes its share.
    @Test func whatIsDueIsNotWalked() async throws {
        try await TestDatabase.with { database in
            try await database.withSession { session in
                try await session.run(
                    "SELECT hub.make_partitions(999999);" + ConsumerBacklog.consumer(1) + Self.due(1...600),
                    name: "rows")
                for _ in 0..<6 { _ = try await Self.round(1, in: session) }
                let before = try await Self.round(1, in: session)
                try await session.run(Self.due(1001...21_000), name: "backlog")
                _ = try await Self.round(1, in: session)
                let after = try await Self.round(1, in: session)
                #expect(after < before * 2, "\(before) became \(after)")
            }
        }
    }

    private static func due(_ range: ClosedRange<Int>) -> String {
        """
        INSERT INTO hub.lease (county, consumer, position, lease, attempt, until, state)
        SELECT 1, 1, n, gen_random_uuid(), 1, clock_timestamp(), 'waiting'
        FROM generate_series(\(range.lowerBound), \(range.upperBound)) AS n;
        """
    }

    /// A snapshot that somebody holds keeps every row that was acknowledged;
    /// nobody reads them.
    @Test func whatLiesDeadUnderASnapshotIsNotRead() async throws {
        try await TestDatabase.with { database in
            try await database.withSession { session in
                try await session.run(
                    "SELECT hub.make_partitions(999999);" + ConsumerBacklog.deliveries(1...16_000)
                        + ConsumerBacklog.consumer(1) + "UPDATE hub.consumer SET lease_seconds = 1;", name: "rows")
                try await database.withSession { pin in
                    try await pin.run(
                        "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM hub.consumer;", name: "pin")
                    let few = ConsumerBacklog.work(1, limit: 5)
                    for _ in 0..<6 { _ = try await Self.touches(few, in: session) }
                    let before = try await Self.touches(few, in: session)
                    for _ in 0..<100 {
                        _ = try await session.query(ConsumerBacklog.work(1, limit: 150), name: "work")
                    }
                    // Their leases would have run out by now.
                    try await Task.sleep(for: .milliseconds(1200))
                    _ = try await Self.touches(few, in: session)
                    let after = try await Self.touches(few, in: session)
                    #expect(after < before * 2, "\(before) became \(after)")
                }
            }
        }
    }
}
