import CloudEvents
import Hub
import HubAPI
import TestSupport
import Testing

/// What a consumer may cost when there is very much of something.
struct ConsumerBoundTests {
    private static let unit = TestHub.Speaker.unit("hrss")

    // MARK: - A case that is stuck

    /// Thousands wait behind a delivery that somebody holds; what belongs to
    /// another case is handed out at once, to a worker that takes one and does
    /// not wait.
    @Test func aStuckCaseDoesNotHoldUpTheOthers() async throws {
        try await TestHub.with { hub in
            try await hub.reports(1)
            let first = try await hub.number("SELECT position FROM hub.recipient WHERE unit = 'hrss'")
            try await hub.database.run(ConsumerBacklog.copies(3000, after: first))
            try await hub.reports(1, from: 2)
            _ = try await hub.setConsumer("ordered", ["ordering": "case"])
            let stuck = try await hub.fetch("ordered", ["limit": 1]).json.list("deliveries")
            #expect(stuck.map { $0["event"]?.text("id") } == ["r-1"])
            let next = try await hub.fetch("ordered", ["limit": 1]).json.list("deliveries")
            #expect(next.map { $0["event"]?.text("id") } == ["r-2"])
            #expect(try await Self.blocked(hub) == 3000)
            // The case goes on where it stood, one at a time.
            for step in 1...3 {
                let held = step == 1 ? stuck : try await hub.fetch("ordered").json.list("deliveries")
                #expect(held.count == 1)
                #expect(held.first?.text("deliveryId") == String(first + Int64(step) - 1))
                #expect(try await hub.settle("ack", "ordered", held.map(Lease.init)) == ["acked"])
            }
            #expect(try await Self.blocked(hub) == 2997)
        }
    }

    /// Where order is asked for no more, what waited goes in shares, and a
    /// worker sees no difference.
    @Test func whatWaitedForItsCaseGoesInShares() async throws {
        try await TestHub.with { hub in
            try await hub.reports(1)
            let first = try await hub.number("SELECT position FROM hub.recipient WHERE unit = 'hrss'")
            try await hub.database.run(ConsumerBacklog.copies(2500, after: first))
            _ = try await hub.setConsumer("ordered", ["ordering": "case", "maxInFlight": 10_000])
            _ = try await hub.fetch("ordered", ["limit": 1])
            // Everything is passed by those who look for something else.
            #expect(try await hub.fetch("ordered", ["limit": 500]).json.list("deliveries").isEmpty)
            #expect(try await Self.blocked(hub) == 2500)
            _ = try await hub.setConsumer("ordered", ["maxInFlight": 10_000])
            #expect(try await Self.blocked(hub) == 1500)
            var seen: [Int64] = []
            while seen.count < 2500 {
                let deliveries = try await hub.fetch("ordered", ["limit": 500]).json.list("deliveries")
                try #require(!deliveries.isEmpty)
                seen += deliveries.compactMap { $0.text("deliveryId").flatMap { Int64($0) } }
                _ = try await hub.settle("ack", "ordered", deliveries.map(Lease.init))
            }
            #expect(seen.sorted() == Array(first + 1...first + 2500))
            #expect(try await hub.number("SELECT count(*) FROM hub.lease WHERE state <> 'leased'") == 0)
        }
    }

    private static func blocked(_ hub: TestHub) async throws -> Int64 {
        try await hub.number("SELECT count(*) FROM hub.lease WHERE state = 'blocked'")
    }

    // MARK: - Redriving

    @Test func whatWasGivenUpIsDeliveredAgainInShares() async throws {
        try await TestHub.with { hub in
            try await hub.reports(1)
            _ = try await hub.setConsumer("intake", ["start": "latest"])
            try await hub.database.run(
                """
                INSERT INTO hub.lease (county, consumer, position, lease, attempt, until, state)
                SELECT c.county, c.id, n, gen_random_uuid(), 10, 'infinity', 'dead'
                FROM hub.consumer AS c CROSS JOIN generate_series(1, 1700) AS n;
                """)
            // Whoever was broken off goes on from where it was.
            let rest = try await hub.post("/v1/consumers/intake/redrive", ["after": "1600"], as: Self.unit)
            #expect(rest.json == ["redriven": 100, "next": .null])
            let all = try await hub.post("/v1/consumers/intake/redrive", [:], as: Self.unit)
            #expect(all.json == ["redriven": 1600, "next": .null])
            #expect(try await hub.number("SELECT count(*) FROM hub.lease WHERE state = 'waiting'") == 1700)
            // Between the commits workers had their turn.
            #expect(try await hub.number("SELECT count(DISTINCT xmin::text) FROM hub.lease") >= 5)
            let again = try await hub.post("/v1/consumers/intake/redrive", [:], as: Self.unit)
            #expect(again.json["redriven"] == 0)
            let wrong = try await hub.post("/v1/consumers/intake/redrive", ["after": "first"], as: Self.unit)
            #expect(wrong.status == 422 && wrong.faultPaths == ["/after"])
        }
    }

    // MARK: - How many

    /// Through two hubs at once a unit gets as many as it may have, and no more.
    @Test func aUnitHasNoMoreConsumersThanItMay() async throws {
        let configure = { @Sendable (configuration: inout HubServerConfiguration) in
            configuration.hub.consumersPerUnit = 3
        }
        try await TestHub.with(configure: configure) { hub in
            try await TestHub.with(database: hub.database, keyFile: hub.keyFile, configure: configure) { other in
                let answers = try await withThrowingTaskGroup(of: TestAnswer.self) { group in
                    for number in 0..<12 {
                        group.addTask { try await [hub, other][number % 2].setConsumer("c-\(number)") }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                let refused = answers.filter { $0.status != 201 }
                #expect(refused.count == 9)
                #expect(refused.allSatisfy { $0.status == 409 && $0.code == "too-many-consumers" })
                let names = try await hub.database.texts("SELECT name FROM hub.consumer ORDER BY name")
                try #require(names.count == 3)
                // Those it has may be changed, and another unit has its own.
                #expect(try await other.setConsumer(names[0], ["maxAttempts": 3]).status == 200)
                #expect(try await hub.setConsumer("intake", as: .unit("edu-sports")).status == 201)
                _ = try await hub.send("DELETE", "/v1/consumers/\(names[0])", as: Self.unit)
                #expect(try await other.setConsumer("intake").status == 201)
            }
        }
    }
}
