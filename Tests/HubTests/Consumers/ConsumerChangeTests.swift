import CloudEvents
import TestSupport
import Testing

/// Consumers that are changed, paused and removed while deliveries are under way.
struct ConsumerChangeTests {
    private static let unit = TestHub.Speaker.unit("hrss")

    // MARK: - The order of a case

    /// What was given up does not go beside a later delivery of its case that
    /// somebody holds.
    @Test func whatIsDeliveredAgainWaitsForItsCase() async throws {
        try await TestHub.with { hub in
            try await hub.oneCase(3)
            _ = try await hub.setConsumer("ordered", ["ordering": "case", "maxAttempts": 1])
            let first = try await hub.lease("ordered")
            #expect(try await hub.settle("nack", "ordered", [first.lease]) == ["nacked"])
            let second = try await hub.lease("ordered")
            _ = try await hub.post("/v1/consumers/ordered/redrive", [:], as: Self.unit)
            #expect(try await hub.ids("ordered").isEmpty)
            #expect(try await hub.settle("ack", "ordered", [second.lease]) == ["acked"])
            let third = try await hub.lease("ordered")
            #expect([first.id, second.id, third.id] == ["c-1", "c-2", "c-1"])
            #expect(try await hub.settle("ack", "ordered", [third.lease]) == ["acked"])
            #expect(try await hub.ids("ordered") == ["c-3"])
        }
    }

    /// Several of a case that were given up go one after another.
    @Test func severalOfACaseAreDeliveredAgainInOrder() async throws {
        try await TestHub.with { hub in
            try await hub.oneCase(4)
            _ = try await hub.setConsumer("ordered", ["ordering": "case", "maxAttempts": 1])
            for _ in 0..<3 {
                let lease = try await hub.lease("ordered").lease
                _ = try await hub.settle("nack", "ordered", [lease])
            }
            let fourth = try await hub.lease("ordered")
            let redriven = try await hub.post("/v1/consumers/ordered/redrive", [:], as: Self.unit)
            #expect(redriven.json["redriven"] == 3)
            #expect(try await hub.ids("ordered").isEmpty)
            #expect(try await hub.settle("ack", "ordered", [fourth.lease]) == ["acked"])
            for expected in ["c-1", "c-2", "c-3"] {
                let next = try await hub.lease("ordered")
                #expect(next.id == expected)
                #expect(try await hub.ids("ordered").isEmpty)
                #expect(try await hub.settle("ack", "ordered", [next.lease]) == ["acked"])
            }
            #expect(try await hub.number("SELECT count(*) FROM hub.lease") == 0)
        }
    }

    /// A blocker that dies without a word lets the next go, and counts late.
    @Test func aBlockerThatDiesLetsTheNextGo() async throws {
        try await TestHub.with { hub in
            try await hub.oneCase(2)
            _ = try await hub.setConsumer("ordered", ["ordering": "case", "maxAttempts": 1, "lease": "PT1S"])
            let first = try await hub.lease("ordered")
            let second = try await hub.lease("ordered", ["wait": "PT10S"])
            #expect(second.id == "c-2")
            #expect(try await hub.settle("nack", "ordered", [first.lease]) == ["stale"])
            #expect(try await hub.settle("extend", "ordered", [first.lease]) == ["stale"])
            #expect(try await hub.settle("ack", "ordered", [first.lease]) == ["acked"])
            let shown = try await hub.get("/v1/consumers/ordered", as: Self.unit).json
            #expect(shown["dead"] == 0 && shown["inFlight"] == 1)
        }
    }

    @Test func anOrderGivenUpLetsWhatIsBlockedGo() async throws {
        try await TestHub.with { hub in
            try await hub.oneCase(3)
            _ = try await hub.setConsumer("changing", ["ordering": "case"])
            #expect(try await hub.ids("changing") == ["c-1"])
            _ = try await hub.setConsumer("changing", ["ordering": "none"])
            #expect(try await hub.ids("changing") == ["c-2", "c-3"])
        }
    }

    /// What is under way when an order is asked for is taken into it as it
    /// comes back.
    @Test func anOrderAskedForLaterHolds() async throws {
        try await TestHub.with { hub in
            try await hub.oneCase(3)
            _ = try await hub.setConsumer("changing")
            let leases = try await hub.fetch("changing", ["limit": 2]).json.list("deliveries").map(Lease.init)
            _ = try await hub.setConsumer("changing", ["ordering": "case"])
            #expect(try await hub.settle("nack", "changing", leases.reversed()) == ["nacked", "nacked"])
            for expected in ["c-1", "c-2", "c-3"] {
                let next = try await hub.lease("changing")
                #expect(next.id == expected)
                #expect(try await hub.ids("changing").isEmpty)
                #expect(try await hub.settle("ack", "changing", [next.lease]) == ["acked"])
            }
        }
    }

    // MARK: - Filters

    @Test func anotherFilterHoldsForWhatWasNeverLeased() async throws {
        try await TestHub.with { hub in
            try await hub.oneCase(3)
            _ = try await hub.setConsumer("changing", ["ordering": "case"])
            let first = try await hub.lease("changing")
            // The others wait behind it, and were let through already.
            #expect(try await hub.ids("changing").isEmpty)
            _ = try await hub.setConsumer("changing", ["ordering": "case", "filter": "id <> 'c-2'"])
            #expect(try await hub.settle("ack", "changing", [first.lease]) == ["acked"])
            #expect(try await hub.lease("changing", ["wait": "PT10S"]).id == "c-3")
        }
    }

    /// Nothing passes; each fetch goes on where the one before stopped, and
    /// keeps that with one floor.
    @Test func aFilterThatLetsNothingThroughMakesWay() async throws {
        try await TestHub.with { hub in
            try await hub.reports(1)
            let first = try await hub.number("SELECT max(position) FROM hub.recipient")
            try await hub.database.run(ConsumerBacklog.copies(25_000, after: first))
            _ = try await hub.setConsumer("nothing", ["types": ["attendance.dropout.suspected"]])
            for floors in 2...4 {
                #expect(try await hub.ids("nothing").isEmpty)
                #expect(try await hub.number("SELECT count(*) FROM hub.consumer_floor") == Int64(floors))
            }
            let shown = try await hub.get("/v1/consumers/nothing", as: Self.unit).json
            #expect(shown["waiting"] == 0)
        }
    }

    // MARK: - Room

    /// Who finds no room waits, instead of looking again and again, and is
    /// woken by an acknowledgement.
    @Test func whoFindsNoRoomWaits() async throws {
        try await TestHub.with { hub in
            try await hub.reports(4)
            _ = try await hub.setConsumer("narrow", ["maxInFlight": 2])
            let held = try await hub.fetch("narrow").json.list("deliveries").map(Lease.init)
            #expect(held.count == 2)
            #expect(try await hub.settle("nack", "narrow", [held[1]]) == ["nacked"])
            // A delivery that came back goes first, into the only place there is.
            #expect(try await hub.ids("narrow").count == 1)
            let before = try await Self.calls(hub)
            let began = ContinuousClock.now
            async let waiting = hub.ids("narrow", ["wait": "PT20S"])
            try await Task.sleep(for: .seconds(1))
            #expect(try await Self.calls(hub) - before < 200)
            #expect(try await hub.settle("ack", "narrow", [held[0]]) == ["acked"])
            #expect(try await waiting.count == 1)
            #expect(ContinuousClock.now - began < .seconds(4))
        }
    }

    /// Index scans of the floors: each look takes a few.
    private static func calls(_ hub: TestHub) async throws -> Int64 {
        try await hub.number(
            "SELECT idx_scan FROM pg_stat_user_tables WHERE schemaname = 'hub' AND relname = 'consumer'")
    }

    /// What dies in a worker's hands makes room at once.
    @Test func whatDiesMakesRoom() async throws {
        try await TestHub.with { hub in
            try await hub.reports(2)
            _ = try await hub.setConsumer("narrow", ["maxInFlight": 1, "maxAttempts": 1, "lease": "PT1S"])
            let began = ContinuousClock.now
            let first = try await hub.lease("narrow")
            let second = try await hub.lease("narrow", ["wait": "PT20S"])
            #expect([first.id, second.id] == ["r-1", "r-2"])
            #expect(ContinuousClock.now - began < .seconds(4))
        }
    }

    @Test func lessRoomHoldsAtOnce() async throws {
        try await TestHub.with { hub in
            try await hub.reports(6)
            _ = try await hub.setConsumer("narrow")
            let held = try await hub.fetch("narrow", ["limit": 4]).json.list("deliveries").map(Lease.init)
            _ = try await hub.setConsumer("narrow", ["maxInFlight": 2])
            #expect(try await hub.ids("narrow").isEmpty)
            _ = try await hub.settle("ack", "narrow", Array(held.prefix(2)))
            #expect(try await hub.ids("narrow").isEmpty)
            _ = try await hub.settle("ack", "narrow", Array(held.suffix(1)))
            #expect(try await hub.ids("narrow").count == 1)
        }
    }

    // MARK: - Removed, paused, made again

    @Test func aConsumerRemovedUnderItsWorkersLeavesNothing() async throws {
        try await TestHub.with { hub in
            try await hub.reports(20)
            for round in 0..<10 {
                _ = try await hub.setConsumer("brief")
                async let first = hub.fetch("brief", ["limit": 3, "wait": "PT5S"])
                async let second = hub.fetch("brief", ["limit": 3, "wait": "PT5S"])
                if round.isMultiple(of: 2) { try await Task.sleep(for: .milliseconds(.random(in: 0...10))) }
                let removed = try await hub.send("DELETE", "/v1/consumers/brief", as: Self.unit)
                #expect(removed.status == 204)
                let statuses = [try await first.status, try await second.status]
                #expect(Set(statuses).isSubset(of: [200, 404]))
            }
            for table in ["consumer", "consumer_floor", "lease"] {
                #expect(try await hub.number("SELECT count(*) FROM hub.\(table)") == 0, "\(table)")
            }
        }
    }

    @Test func aConsumerMadeAgainKnowsNothingOfOldLeases() async throws {
        try await TestHub.with { hub in
            try await hub.reports(2)
            _ = try await hub.setConsumer("again")
            let old = try await hub.fetch("again").json.list("deliveries").map(Lease.init)
            _ = try await hub.send("DELETE", "/v1/consumers/again", as: Self.unit)
            _ = try await hub.setConsumer("again")
            #expect(try await hub.settle("ack", "again", old) == ["unknown", "unknown"])
            let new = try await hub.fetch("again").json.list("deliveries").map(Lease.init)
            #expect(new.map(\.delivery) == old.map(\.delivery))
            #expect(try await hub.settle("ack", "again", old) == ["stale", "stale"])
            #expect(try await hub.settle("ack", "again", new) == ["acked", "acked"])
        }
    }

    @Test func pausingEndsALongPoll() async throws {
        try await TestHub.with { hub in
            _ = try await hub.setConsumer("intake")
            async let waiting = hub.fetch("intake", ["wait": "PT30S"])
            try await Task.sleep(for: .milliseconds(200))
            _ = try await hub.post("/v1/consumers/intake/pause", [:], as: Self.unit)
            try await hub.reports(1)
            let answer = try await waiting
            #expect(answer.status == 409 && answer.code == "paused")
        }
    }

    /// A lease of before is no longer one, and was one.
    @Test func whatIsDeliveredAgainIsStaleToWhoHeldIt() async throws {
        try await TestHub.with { hub in
            try await hub.reports(1)
            _ = try await hub.setConsumer("intake", ["maxAttempts": 1])
            let lease = try await hub.lease("intake").lease
            #expect(try await hub.settle("nack", "intake", [lease, lease]) == ["nacked", "stale"])
            #expect(try await hub.settle("ack", "intake", [lease]) == ["stale"])
            _ = try await hub.post("/v1/consumers/intake/redrive", [:], as: Self.unit)
            #expect(try await hub.settle("ack", "intake", [lease]) == ["stale"])
            #expect(try await hub.ids("intake").count == 1)
        }
    }
}

extension TestHub {
    /// Publishes reports of one employer: `c-1`, `c-2`, ….
    func oneCase(_ count: Int) async throws {
        for number in 1...count {
            let answer = try await publish(try Sample.report(id: "c-\(number)", employer: 1), as: .unit("jm-office"))
            guard answer.status == 201 else { throw NeverTrue(description: "published: \(answer.text)") }
        }
    }

    /// Leases one delivery, which there must be.
    func lease(_ name: String, _ body: JSONObject = [:]) async throws -> (id: String, lease: Lease) {
        var body = body
        body["limit"] = 1
        let answer = try await fetch(name, .object(body))
        let delivery = try #require(answer.json.list("deliveries").first, "\(answer.text)")
        return (delivery["event"]?.text("id") ?? "", Lease(delivery))
    }

    /// The ids of the events that a fetch leases.
    func ids(_ name: String, _ body: JSONValue = [:]) async throws -> [String] {
        try await fetch(name, body).json.list("deliveries").compactMap { $0["event"]?.text("id") }
    }
}
