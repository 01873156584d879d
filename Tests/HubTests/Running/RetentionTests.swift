import Coordination
import Foundation
import PostgresClient
import Store
import TestSupport
import Testing

/// What is folded and dropped, in parts; and what never is.
struct RetentionTests {
    private static let county = CountyID(rawValue: 1)

    private static func with(
        _ rows: String, _ body: @escaping @Sendable (TestDatabase, Store) async throws -> Void
    ) async throws {
        try await TestDatabase.with { database in
            try await database.run(rows)
            let store = Store(configuration: database.configuration, readers: 1, logger: TestDatabase.logger)
            do {
                try await body(database, store)
            } catch {
                await store.close()
                throw error
            }
            await store.close()
        }
    }

    // MARK: - The board

    private static let deltas = """
        INSERT INTO hub.board_delta
        SELECT 1 + n % 2, 'unit' || n % 31, 'type.' || n % 10, 1, n % 2, 1, n, 0, 0, n % 3, 0, 0, 0, 1
        FROM generate_series(1, 45000) AS n;
        """

    /// Folded in parts, it reads the same before, between and after.
    @Test func foldingLeavesTheBoardAsItIs() async throws {
        try await Self.with(Self.deltas) { database, store in
            let before = try await store.board(county: Self.county).rows
            #expect(before.map(\.open).reduce(0, +) == 22_500)
            var folded: [Int32] = []
            while folded.last != 0 {
                folded.append(try await store.foldBoard())
                #expect(try await store.board(county: Self.county).rows == before)
            }
            #expect(folded == [20_000, 20_000, 5_000, 0])
            // And what comes after is added to it.
            try await database.run(Self.deltas)
            #expect(try await store.board(county: Self.county).rows.map(\.open) == before.map { $0.open * 2 })
            while try await store.foldBoard() > 0 {}
            #expect(try await store.board(county: Self.county).rows.map(\.open) == before.map { $0.open * 2 })
            #expect(try await database.number("SELECT count(*) FROM hub.board_delta") == 0)
        }
    }

    // MARK: - Keys of commands

    @Test func keysGoInPartsWhenTheirTimeIsOver() async throws {
        let keys = """
            INSERT INTO hub.command_key (county, duty, key, request, version, at)
            SELECT 1, n, gen_random_uuid(), '', 1, now() - CASE WHEN n % 100 = 0 THEN interval '29 days 23 hours'
                ELSE interval '30 days 1 hour' END
            FROM generate_series(1, 12000) AS n
            """
        try await Self.with(keys) { database, store in
            var forgotten: [Int] = []
            while forgotten.last != 0 { forgotten.append(try await store.forgetCommandKeys(olderThanDays: 30)) }
            #expect(forgotten == [5_000, 5_000, 1_880, 0])
            #expect(try await database.number("SELECT count(*) FROM hub.command_key") == 120)
        }
    }

    // MARK: - Deliveries that were given up

    @Test func deadDeliveriesGoWhenTheirTimeIsOver() async throws {
        let leases =
            ConsumerBacklog.consumer(1) + ConsumerBacklog.consumer(2)
                + """
                INSERT INTO hub.lease (county, consumer, position, lease, attempt, until, state)
                SELECT 1, 1 + n % 2, n, gen_random_uuid(), 10, 'infinity',
                    CASE WHEN n % 3 = 0 THEN 'waiting' ELSE 'dead' END
                FROM generate_series(1, 12000) AS n
                """
        try await Self.with(leases) { database, store in
            let position = Position(rawValue: 9_000)
            var forgotten: [Int] = []
            while forgotten.last != 0 {
                forgotten.append(try await store.forgetDeadDeliveries(county: Self.county, upTo: position))
            }
            #expect(forgotten == [5_000, 1_000, 0])
            let left = "SELECT count(*) FROM hub.lease WHERE state = "
            #expect(try await database.number(left + "'waiting'") == 4_000)
            #expect(try await database.number(left + "'dead'") == 2_000)
            #expect(try await store.forgetDeadDeliveries(county: CountyID(rawValue: 2), upTo: .init(rawValue: 1)) == 0)
        }
    }

    // MARK: - Timers at rest

    private static let resting = """
        INSERT INTO hub.duty (county, id, position, unit, role, plan_role, type, publisher, policy, rule, sentence,
            needs_completion, milestones, created_at, provisional, priority, state, ended_at)
        SELECT 1, n, n, 'hrss', 'handling', 'none', 't', 'p', 'p', 'r', 's', true, '[]', now(), false, 0,
            CASE WHEN n % 3 = 0 THEN 'dispatched' ELSE 'cancelled' END, CASE WHEN n % 3 <> 0 THEN now() END
        FROM generate_series(1, 7500) AS n;
        INSERT INTO hub.timer (county, due, duty, kind, step)
        SELECT 1, 'infinity', n, kind, 6
        FROM generate_series(1, 7500) AS n CROSS JOIN (VALUES ('sign'), ('settle')) AS k (kind);
        INSERT INTO hub.timer (county, due, duty, kind, step)
        SELECT 1, now() + interval '1 day', n, 'visit', 1 FROM generate_series(1, 7500) AS n;
        """

    /// What is late and unfinished rests on, and what is due yet is the sweep's.
    @Test func timersAtRestGoWithTheirDuty() async throws {
        try await Self.with(Self.resting) { database, store in
            var last: DutyID?
            var dropped: Int32 = 0
            var calls = 0
            repeat {
                let part = try await store.dropRestedTimers(county: Self.county, after: last)
                dropped += part.dropped
                last = part.last
                calls += 1
            } while last != nil && calls < 10
            #expect(dropped == 10_000)
            #expect(calls == 4)
            #expect(try await database.number("SELECT count(*) FROM hub.timer WHERE due = 'infinity'") == 5_000)
            #expect(try await database.number("SELECT count(*) FROM hub.timer WHERE due < 'infinity'") == 7_500)
        }
    }

    // MARK: - A running hub

    @Test func aHubAtWorkFoldsAndDrops() async throws {
        let waste = """
            INSERT INTO hub.command_key (county, duty, key, request, version, at)
            SELECT 1, n, gen_random_uuid(), '', 1, now() - interval '1 year' FROM generate_series(1, 6000) AS n;
            \(Self.resting)
            \(ConsumerBacklog.consumer(1))
            INSERT INTO hub.event (county, position, recorded_at, type, source_unit, status, policy, contract, hash,
                attrs, open, explanation, units)
            SELECT 1, n, now() - interval '1 year', 'type', 'unit', 'routed', 'p', 'c', '', '', '', '', '{}'
            FROM generate_series(1, 10) AS n;
            INSERT INTO hub.lease (county, consumer, position, lease, attempt, until, state)
            SELECT 1, 1, n, gen_random_uuid(), 10, 'infinity', 'dead' FROM generate_series(1, 10) AS n;
            SELECT setval('hub.position_seq', 10000);
            """
        try await TestDatabase.with { database in
            try await database.run(waste + Self.deltas)
            let keyFile = FileManager.default.temporaryDirectory.appendingPathComponent("\(database.name).keys").path
            defer { try? FileManager.default.removeItem(atPath: keyFile) }
            try await TestHub.with(database: database, keyFile: keyFile) { hub in
                for (what, sql) in [
                    ("keys", "SELECT count(*) FROM hub.command_key"),
                    ("timers", "SELECT count(*) - 5000 FROM hub.timer WHERE due = 'infinity'"),
                    ("dead deliveries", "SELECT count(*) FROM hub.lease"),
                    ("deltas", "SELECT count(*) FROM hub.board_delta"),
                ] {
                    try await eventually("\(what) are gone") { try await hub.number(sql) == 0 }
                }
                // The record stays.
                #expect(try await hub.number("SELECT count(*) FROM hub.event") == 10)
                #expect(try await hub.number("SELECT count(*) FROM hub.duty") == 7_500)
            }
        }
    }
}
