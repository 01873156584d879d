import CloudEvents
import Foundation
import Hub
import HubAPI
import PostgresClient
import Store
import TestSupport
import Testing

/// Partitions are made while everybody reads and stores, and nothing is refused
/// for want of one.
struct PartitionTests {
    private static let parents = ["event", "sealed", "recipient", "duty_change"]

    /// A dump that runs for hours, and publishers in the middle of a commit.
    @Test func makingOneWaitsForNobody() async throws {
        try await TestDatabase.with { database in
            try await database.withSession { reader in
                try await reader.run(
                    "BEGIN ISOLATION LEVEL REPEATABLE READ;"
                        + Self.parents.map { "SELECT count(*) FROM hub.\($0);" }.joined(), name: "reader")
                try await database.withSession { writer in
                    try await writer.run("BEGIN;" + Self.insert(1), name: "writer")
                    // It would give up after its time limit.
                    #expect(try await database.number("SELECT hub.make_partitions(59999999)") > 0)
                    try await writer.run("COMMIT;", name: "writer")
                }
                try await reader.run("COMMIT;", name: "reader")
            }
        }
    }

    /// While it is being made and not yet there for the others.
    @Test func nobodyWaitsForOneToBeMade() async throws {
        try await TestDatabase.with { database in
            try await database.withSession { maker in
                try await maker.run("BEGIN; SELECT hub.make_partitions(59999999);", name: "maker")
                try await database.run(
                    "SET lock_timeout = '5s';" + Self.insert(1)
                        + Self.parents.map { "SELECT count(*) FROM hub.\($0);" }.joined())
                try await maker.run("COMMIT;", name: "maker")
                try await database.run(Self.insert(55_000_000))
            }
        }
    }

    private static func insert(_ position: Int64) -> String {
        """
        INSERT INTO hub.event (county, position, recorded_at, type, source_unit, status, policy, contract, hash, attrs,
            open, explanation, units)
        VALUES (1, \(position), now(), 'type', 'unit', 'routed', 'p', 'c', '', '', '', '', '{}');
        INSERT INTO hub.recipient (county, unit, position, event, role, plan_role, rule, sentence, projection)
        VALUES (1, 'unit', \(position), \(position), 'handling', 'none', 'r', 's', 'p');
        """
    }

    @Test func severalProcessesMakeEachOnce() async throws {
        try await TestDatabase.with { database in
            try await database.run("SELECT setval('hub.position_seq', 45000000)")
            let made = try await withThrowingTaskGroup(of: Int32.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        let store = Store(
                            configuration: database.configuration, readers: 1, logger: TestDatabase.logger)
                        let made = try await store.makePartitions()
                        await store.close()
                        return made
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(made.filter { $0 > 0 }.count == 1, "\(made)")
            // Twenty million ahead, without a gap.
            for parent in Self.parents {
                #expect(try await database.number(Self.count(of: parent)) == 7)
            }
        }
    }

    private static func count(of parent: String) -> String {
        "SELECT count(*) FROM pg_inherits WHERE inhparent = 'hub.\(parent)'::regclass"
    }

    /// One that was attached is as one that was made within its parent.
    @Test func aPartitionHasWhatItsParentHas() async throws {
        try await TestDatabase.with { database in
            let list = Self.parents.map { "'hub.\($0)'::regclass" }.joined(separator: ", ")
            // Every index of a parent has one of each partition attached to it, and there are no others.
            let indices = """
                SELECT p.inhrelid::regclass || ' ' || coalesce(i.indexrelid::regclass::text, 'none')
                FROM pg_inherits AS p
                LEFT JOIN pg_index AS i ON i.indrelid = p.inhparent AND NOT EXISTS (
                    SELECT FROM pg_inherits AS c JOIN pg_index AS o ON o.indexrelid = c.inhrelid
                    WHERE c.inhparent = i.indexrelid AND o.indrelid = p.inhrelid)
                WHERE p.inhparent IN (\(list)) AND (i.indexrelid IS NOT NULL OR
                    (SELECT count(*) FROM pg_index AS o WHERE o.indrelid = p.inhparent)
                    <> (SELECT count(*) FROM pg_index AS o WHERE o.indrelid = p.inhrelid))
                """
            let oddIndices = try await database.texts(indices)
            #expect(oddIndices == [])
            let columns = """
                SELECT p.inhrelid::regclass || ' ' || a.attname
                FROM pg_inherits AS p
                JOIN pg_attribute AS a ON a.attrelid = p.inhparent AND a.attnum > 0
                JOIN pg_attribute AS o ON o.attrelid = p.inhrelid AND o.attname = a.attname
                WHERE p.inhparent IN (\(list)) AND (a.attcompression, a.attstorage, a.attnotnull)
                    IS DISTINCT FROM (o.attcompression, o.attstorage, o.attnotnull)
                """
            let oddColumns = try await database.texts(columns)
            #expect(oddColumns == [])
            let checks = """
                SELECT p.inhrelid::regclass::text FROM pg_inherits AS p WHERE p.inhparent IN (\(list))
                    AND (SELECT count(*) FROM pg_constraint AS c WHERE c.conrelid = p.inhparent)
                        <> (SELECT count(*) FROM pg_constraint AS c WHERE c.conrelid = p.inhrelid AND NOT c.conislocal)
                """
            let oddChecks = try await database.texts(checks)
            #expect(oddChecks == [])
        }
    }

    /// Maintenance has stood still, and the sequence has run past the end.
    @Test func whatLiesBeyondTheLastIsStoredAllTheSame() async throws {
        try await TestHub.with(configure: { $0.hub.maintainEvery = .seconds(3600) }) { hub in
            try await Self.passTheLast(hub)
            let event = try Sample.report(id: "beyond-1", employer: 1)
            let published = try await hub.publish(event, as: .unit("jm-office", of: .sandbox))
            #expect(published.status == 201, "\(published.text)")
            let duty =
                published.json["recipients"]?.arrayValue?
                .first { $0["unit"] == "hrss" }?["dutyId"]?.stringValue ?? ""
            try await Self.passTheLast(hub)
            let signed = try await hub.post("/v1/duties/\(duty)/sign", [:], as: .officer("hrss-01", of: .sandbox))
            #expect(signed.status == 200, "\(signed.text)")
            try await Self.passTheLast(hub)
            let sweep = try await hub.post(
                "/v1/sweeps", ["asOf": "2040-01-01T00:00:00+08:00"],
                as: .scopes([.admin], unit: "jm-office", of: .sandbox))
            #expect(sweep.status == 200, "\(sweep.text)")
            #expect(sweep.json["stepsFired"]?.integerValue ?? 0 > 0)
            // And a neighbour in the same batch is none the worse.
            try await Self.passTheLast(hub)
            let batch = try (2...40).map { try Sample.report(id: "beyond-\($0)", employer: $0) }
            let answer = try await hub.publish(batch: batch, as: .unit("jm-office", of: .sandbox))
            #expect(answer.json["accepted"] == 39, "\(answer.text)")
        }
    }

    /// Moves the sequence beyond every partition; the hub's own first turn of
    /// maintenance may come in between.
    private static func passTheLast(_ hub: TestHub) async throws {
        while true {
            let made = try await hub.number(count(of: "event"))
            _ = try await hub.numbers("SELECT setval('hub.position_seq', \(made * 10_000_000 + 5_000_000))")
            if try await hub.number(count(of: "event")) == made { return }
        }
    }
}
