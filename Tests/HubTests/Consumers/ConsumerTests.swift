import CloudEvents
import TestSupport
import Testing

/// Leased consumers over HTTP, as the workers of an integrator use them.
struct ConsumerTests {
    private static let unit = TestHub.Speaker.unit("hrss")
    private static let office = TestHub.Speaker.unit("jm-office")

    // MARK: - Setting up

    @Test func aConsumerIsMadeShownChangedAndRemoved() async throws {
        try await TestHub.with { hub in
            let made = try await hub.setConsumer("intake", ["lease": "PT1M", "filter": "type LIKE 'labour.%'"])
            #expect(made.status == 201, "\(made.text)")
            #expect(
                made.json.names == [
                    "name", "filter", "types", "start", "lease", "maxAttempts", "maxInFlight", "ordering", "paused",
                    "waiting", "inFlight", "dead", "filterErrors",
                ])
            #expect(made.json.text("lease") == "PT60S" && made.json.text("start") == "earliest")
            let again = try await hub.setConsumer("intake", ["maxInFlight": 7, "start": "earliest"])
            #expect(again.status == 200 && again.json["maxInFlight"] == 7 && again.json["filter"] == .null)
            let moved = try await hub.setConsumer("intake", ["start": "latest"])
            #expect(moved.status == 409 && moved.code == "start-is-fixed")
            let list = try await hub.get("/v1/consumers", as: Self.unit)
            #expect(list.json.list("items").map { $0.text("name") } == ["intake"])
            // Another unit's consumers do not exist.
            let others = try await hub.get("/v1/consumers/intake", as: Self.office)
            #expect(others.status == 404)
            let removed = try await hub.send("DELETE", "/v1/consumers/intake", as: Self.unit)
            #expect(removed.status == 204)
            let gone = try await hub.fetch("intake")
            #expect(gone.status == 404)
        }
    }

    @Test func allFaultsOfASetUpComeAtOnce() async throws {
        try await TestHub.with { hub in
            let answer = try await hub.setConsumer(
                "Bad_Name",
                [
                    "filter": "type LIKE", "types": ["labour.child-labour.reported", "no.such"], "start": "soon",
                    "lease": "PT0S", "maxAttempts": 0, "maxInFlight": "many", "ordering": "unit", "colour": "red",
                ])
            #expect(answer.status == 422)
            #expect(
                Set(answer.faultPaths) == [
                    "/colour", "/filter", "/types/1", "/start", "/lease", "/maxAttempts", "/maxInFlight", "/ordering",
                    "path:name",
                ])
        }
    }

    /// Name and filter are kept in the open.
    @Test func noPersonalNumberGetsIntoAConsumer() async throws {
        try await TestHub.with { hub in
            for (name, filter, path) in [
                ("intake", "subject = '410322200709029060'", "/filter"), ("13800138000", "TRUE", "path:name"),
            ] {
                let answer = try await hub.setConsumer(name, ["filter": .string(filter)])
                #expect(answer.status == 422 && answer.faultPaths == [path], "\(answer.status)")
                #expect(answer.faultCodes == ["personal-data-in-consumer"])
            }
            let none = try await hub.database.number("SELECT count(*) FROM hub.consumer")
            #expect(none == 0)
        }
    }

    /// Who waits with a token that is revoked is sent away.
    @Test func aRevokedTokenEndsItsFetch() async throws {
        try await TestHub.with { hub in
            _ = try await hub.setConsumer("intake")
            async let waiting = hub.fetch("intake", ["wait": "PT40S"])
            try await Task.sleep(for: .milliseconds(500))
            _ = try await hub.database.texts(
                "UPDATE hub.token SET revoked_at = now() WHERE unit = 'hrss' RETURNING id::text")
            let answer = try await waiting
            #expect(answer.status == 401, "\(answer.text)")
        }
    }

    // MARK: - Leases

    @Test func aDeliveryIsFetchedAndAcknowledgedOnce() async throws {
        try await TestHub.with { hub in
            try await hub.reports(3)
            _ = try await hub.setConsumer("intake")
            let fetched = try await hub.fetch("intake", ["limit": 2])
            let deliveries = fetched.json.list("deliveries")
            #expect(deliveries.count == 2, "\(fetched.text)")
            #expect(
                deliveries.first?.names == [
                    "deliveryId", "leaseId", "attempt", "leaseUntil", "role", "dutyId", "event",
                ])
            #expect(deliveries.map { $0["attempt"] } == [1, 1])
            #expect(deliveries[0]["event"]?.text("deliveryid") == deliveries[0].text("deliveryId"))
            let leases = deliveries.map(Lease.init)
            #expect(try await hub.settle("ack", "intake", leases) == ["acked", "acked"])
            #expect(try await hub.settle("ack", "intake", leases) == ["already-acked", "already-acked"])
            let rest = try await hub.fetch("intake").json.list("deliveries")
            #expect(rest.count == 1)
            let none = try await hub.fetch("intake").json.list("deliveries")
            #expect(none.isEmpty)
            let shown = try await hub.get("/v1/consumers/intake", as: Self.unit).json
            #expect(shown["inFlight"] == 1 && shown["waiting"] == 0)
        }
    }

    @Test func anExpiredLeaseGoesToAnotherWorker() async throws {
        try await TestHub.with { hub in
            try await hub.reports(1)
            _ = try await hub.setConsumer("intake", ["lease": "PT1S"])
            let first = try #require(try await hub.fetch("intake").json.list("deliveries").first.map(Lease.init))
            // Waits for the lease to run out, no longer.
            let second = try #require(
                try await hub.fetch("intake", ["wait": "PT10S"]).json.list("deliveries").first)
            #expect(second["attempt"] == 2 && second.text("deliveryId") == first.delivery)
            #expect(try await hub.settle("ack", "intake", [first]) == ["stale"])
            #expect(try await hub.settle("extend", "intake", [Lease(second)]) == ["extended"])
            #expect(try await hub.settle("ack", "intake", [Lease(second)]) == ["acked"])
        }
    }

    @Test func aLateAcknowledgementCountsWhileNobodyElseHoldsTheDelivery() async throws {
        try await TestHub.with { hub in
            try await hub.reports(1)
            _ = try await hub.setConsumer("intake", ["lease": "PT1S"])
            let lease = try #require(try await hub.fetch("intake").json.list("deliveries").first.map(Lease.init))
            try await Task.sleep(for: .milliseconds(1200))
            #expect(try await hub.settle("ack", "intake", [lease]) == ["acked"])
        }
    }

    @Test func whatFailsTooOftenIsGivenUpAndCanBeDeliveredAgain() async throws {
        try await TestHub.with { hub in
            try await hub.reports(1)
            _ = try await hub.setConsumer("intake", ["maxAttempts": 2])
            for _ in 0..<2 {
                let lease = try #require(try await hub.fetch("intake").json.list("deliveries").first.map(Lease.init))
                #expect(try await hub.settle("nack", "intake", [lease], ["reason": "孟小样的表格打不开"]) == ["nacked"])
            }
            let none = try await hub.fetch("intake").json.list("deliveries")
            #expect(none.isEmpty)
            let dead = try await hub.get("/v1/consumers/intake/dead", as: Self.unit)
            #expect(dead.json.list("items").map { $0.text("reason") } == ["孟小样的表格打不开"])
            #expect(dead.json.list("items").first?["event"]?.text("type") == "labour.child-labour.reported")
            let plain = try await hub.database.number(
                "SELECT count(*) FROM hub.lease WHERE encode(sealed_reason, 'hex') LIKE "
                    + "'%' || encode(convert_to('孟小样', 'UTF8'), 'hex') || '%'")
            #expect(plain == 0)
            let redriven = try await hub.post("/v1/consumers/intake/redrive", [:], as: Self.unit)
            #expect(redriven.json["redriven"] == 1)
            let again = try await hub.fetch("intake").json.list("deliveries")
            #expect(again.map { $0["attempt"] } == [1])
        }
    }

    @Test func aDelayIsWaitedFor() async throws {
        try await TestHub.with { hub in
            try await hub.reports(1)
            _ = try await hub.setConsumer("intake")
            let lease = try #require(try await hub.fetch("intake").json.list("deliveries").first.map(Lease.init))
            #expect(try await hub.settle("nack", "intake", [lease], ["delay": "PT1H"]) == ["nacked"])
            let none = try await hub.fetch("intake").json.list("deliveries")
            #expect(none.isEmpty)
            #expect(try await hub.settle("ack", "intake", [lease]) == ["stale"])
            let unknown = Lease(delivery: "999999999", lease: lease.lease)
            #expect(try await hub.settle("ack", "intake", [unknown]) == ["unknown"])
        }
    }

    @Test func noMoreAreInFlightThanAllowed() async throws {
        try await TestHub.with { hub in
            try await hub.reports(5)
            _ = try await hub.setConsumer("intake", ["maxInFlight": 3])
            let first = try await hub.fetch("intake").json.list("deliveries")
            #expect(first.count == 3)
            let none = try await hub.fetch("intake").json.list("deliveries")
            #expect(none.isEmpty)
            _ = try await hub.settle("ack", "intake", [Lease(first[0])])
            let next = try await hub.fetch("intake").json.list("deliveries")
            #expect(next.count == 1)
        }
    }

    // MARK: - What is delivered

    @Test func theFilterSeesWhatTheUnitSees() async throws {
        try await TestHub.with { hub in
            try await hub.reports(3)
            _ = try await hub.setConsumer("some", ["filter": "id = 'r-2'"])
            let some = try await hub.fetch("some").json.list("deliveries")
            #expect(some.compactMap { $0["event"]?.text("id") } == ["r-2"])
            _ = try await hub.setConsumer("role", ["filter": "role = 'handling' AND EXISTS dutyid"])
            let handling = try await hub.fetch("role").json.list("deliveries")
            #expect(handling.count == 3)
            _ = try await hub.setConsumer("errs", ["filter": "1 / 0 = 1"])
            let none = try await hub.fetch("errs").json.list("deliveries")
            let shown = try await hub.get("/v1/consumers/errs", as: Self.unit).json
            #expect(none.isEmpty && shown["filterErrors"] == 3)
            _ = try await hub.setConsumer("types", ["types": ["attendance.dropout.suspected"]])
            let others = try await hub.fetch("types").json.list("deliveries")
            #expect(others.isEmpty)
        }
    }

    @Test func whereItBeginsIsKept() async throws {
        try await TestHub.with { hub in
            try await hub.reports(2)
            _ = try await hub.setConsumer("late", ["start": "latest"])
            _ = try await hub.setConsumer("early")
            try await hub.reports(3, from: 10)
            let late = try await hub.fetch("late").json.list("deliveries")
            let early = try await hub.fetch("early").json.list("deliveries")
            #expect(late.count == 3 && early.count == 5)
            _ = try await hub.setConsumer("after", ["start": ["after": .string(late[0].text("deliveryId") ?? "")]])
            let after = try await hub.fetch("after").json.list("deliveries")
            #expect(after.count == 2)
        }
    }

    /// Of one case one delivery at a time; other cases go on.
    @Test func aCaseIsDeliveredInOrder() async throws {
        try await TestHub.with { hub in
            for (id, employer) in [("a-1", 1), ("b-1", 2), ("a-2", 1), ("a-3", 1)] {
                _ = try await hub.publish(try Sample.report(id: id, employer: employer), as: Self.office)
            }
            _ = try await hub.setConsumer("ordered", ["ordering": "case"])
            var seen: [String] = []
            for expected in [["a-1", "b-1"], ["a-2"], ["a-3"]] {
                let deliveries = try await hub.fetch("ordered").json.list("deliveries")
                let ids = deliveries.compactMap { $0["event"]?.text("id") }
                #expect(ids == expected)
                seen += ids
                _ = try await hub.settle("ack", "ordered", deliveries.map(Lease.init))
            }
            #expect(seen.count == 4)
        }
    }

    @Test func aPausedConsumerGivesNothing() async throws {
        try await TestHub.with { hub in
            try await hub.reports(1)
            _ = try await hub.setConsumer("intake")
            let paused = try await hub.post("/v1/consumers/intake/pause", [:], as: Self.unit)
            #expect(paused.json["paused"] == true)
            let refused = try await hub.fetch("intake")
            #expect(refused.status == 409 && refused.code == "paused")
            _ = try await hub.post("/v1/consumers/intake/resume", [:], as: Self.unit)
            let fetched = try await hub.fetch("intake").json.list("deliveries")
            #expect(fetched.count == 1)
        }
    }

    @Test func aWaitingWorkerGetsWhatComes() async throws {
        try await TestHub.with { hub in
            _ = try await hub.setConsumer("intake")
            async let waiting = hub.fetch("intake", ["wait": "PT30S"])
            try await hub.reports(1)
            let answer = try await waiting
            #expect(answer.json.list("deliveries").count == 1)
        }
    }
}

/// A delivery in a worker's hands.
struct Lease: Hashable {
    var delivery: String
    var lease: String

    init(delivery: String, lease: String) {
        self.delivery = delivery
        self.lease = lease
    }

    init(_ value: JSONValue) {
        delivery = value.text("deliveryId") ?? ""
        lease = value.text("leaseId") ?? ""
    }
}

extension TestHub {
    func setConsumer(
        _ name: String, _ settings: JSONValue = [:], as speaker: Speaker = .unit("hrss")
    ) async throws -> TestAnswer {
        try await send(
            "PUT", "/v1/consumers/\(name)", as: speaker, headers: [("Content-Type", "application/json")],
            body: settings.encodedBytes())
    }

    func fetch(
        _ name: String, _ body: JSONValue = [:], as speaker: Speaker = .unit("hrss")
    ) async throws -> TestAnswer {
        try await post("/v1/consumers/\(name)/fetch", body, as: speaker)
    }

    /// What became of each, in the order given.
    func settle(
        _ act: String, _ name: String, _ leases: [Lease], _ more: JSONObject = [:], as speaker: Speaker = .unit("hrss")
    ) async throws -> [String] {
        var body = more
        body["deliveries"] = .array(
            leases.map { ["deliveryId": .string($0.delivery), "leaseId": .string($0.lease)] })
        let answer = try await post("/v1/consumers/\(name)/\(act)", .object(body), as: speaker)
        return answer.json.list("results").compactMap { $0.text("result") }
    }

    /// Publishes reports of different employers, which the labour bureau handles.
    func reports(_ count: Int, from first: Int = 1) async throws {
        for number in first..<(first + count) {
            let answer = try await publish(
                try Sample.report(id: "r-\(number)", employer: number), as: .unit("jm-office"))
            guard answer.status == 201 else { throw NeverTrue(description: "published: \(answer.text)") }
        }
    }
}
