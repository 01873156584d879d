import CloudEvents
import TestSupport
import Testing

/// The same event again, and another one under the same id.
struct IdempotencyTests {
    private static let office = TestHub.Speaker.unit("jm-office")

    private func report(_ id: String = "LB-1") throws -> JSONValue { try Sample.report(id: id, employer: 1) }

    @Test func theSameEventAgainGetsItsFirstReceipt() async throws {
        try await TestHub.with { hub in
            let first = try await hub.publish(try report(), as: Self.office)
            let again = try await hub.publish(try report(), as: Self.office)
            #expect(first.status == 201 && again.status == 200)
            #expect(again.json == first.json.with("duplicate", true))
            let events = try await hub.number("SELECT count(*) FROM hub.event")
            #expect(events == 1)
        }
    }

    /// Order, white space and how a number is written are not content, nor is
    /// what only traces.
    @Test func theFormOfTheTextIsNoContent() async throws {
        try await TestHub.with { hub in
            let event = try report()
            let first = try await hub.publish(event, as: Self.office)
            let text = String(decoding: event.encodedBytes(), as: UTF8.self)
                .replacing("\"childrenCount\":1", with: "\"childrenCount\" : 1.0e0")
                .replacing("{\"specversion\"", with: "{\n \"specversion\"")
            #expect(text.contains("1.0e0") && text.contains("\n"))
            let spaced = try await hub.send(
                "POST", "/v1/events", as: Self.office, headers: [("Content-Type", "application/cloudevents+json")],
                body: Array(text.utf8))
            let sorted = try await hub.send(
                "POST", "/v1/events", as: Self.office, headers: [("Content-Type", "application/cloudevents+json")],
                body: event.canonicalBytes())
            let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
            let traced = try await hub.publish(event, as: Self.office, headers: [("traceparent", trace)])
            for answer in [spaced, sorted, traced] {
                #expect(answer.status == 200 && answer.json.text("position") == first.json.text("position"))
            }
        }
    }

    @Test(
        arguments: [
            ("data/childrenCount", 2), ("data/note", nil), ("time", "2020-10-26T09:20:01+08:00"), ("subject", "x"),
            ("county", "410322"), ("data/unheardOf", 1), ("type", "culture.minor-admission.reported"),
        ] as [(String, JSONValue?)])
    func anotherContentUnderTheSameIdIsRefused(pointer: String, value: JSONValue?) async throws {
        try await TestHub.with { hub in
            let first = try await hub.publish(try report(), as: Self.office)
            let other = try await hub.publish(try report().with(pointer, value), as: Self.office)
            #expect(other.status == 409 && other.code == "event-id-reused", "\(other.text)")
            #expect(other.json.text("position") == first.json.text("position"))
            let events = try await hub.number("SELECT count(*) FROM hub.event")
            #expect(events == 1)
        }
    }

    @Test func theSameIdOfAnotherSourceIsAnotherEvent() async throws {
        try await TestHub.with { hub in
            let first = try await hub.publish(try report(), as: Self.office)
            let other = try await hub.publish(
                try report().with("source", "/410322/units/jm-office/hotline"), as: Self.office)
            #expect(first.status == 201 && other.status == 201)
        }
    }

    /// What has happened since is told by the duty, not by the receipt.
    @Test func whatHappenedSinceLeavesTheReceiptAsItWas() async throws {
        try await TestHub.with { hub in
            let first = try await hub.publish(try report(), as: Self.office)
            let duty = try #require(first.json.text("recipients/1/dutyId"))
            let officer = TestHub.Speaker.officer("hrss-01")
            let signed = try await hub.post("/v1/duties/\(duty)/sign", [:], as: officer)
            let noted = try await hub.post(
                "/v1/duties/\(duty)/note", ["note": "已立案", "milestone": "file"], as: officer)
            #expect(signed.status == 200 && noted.status == 200, "\(noted.text)")
            let again = try await hub.publish(try report(), as: Self.office)
            #expect(again.status == 200 && again.json == first.json.with("duplicate", true))
        }
    }

    // MARK: At once

    @Test func fiftyAtOnceAreStoredOnce() async throws {
        try await TestHub.with { hub in
            let event = try report()
            let answers = try await atOnce(50) { _ in try await hub.publish(event, as: Self.office) }
            #expect(answers.map(\.status).sorted() == [Int](repeating: 200, count: 49) + [201])
            #expect(Set(answers.map { $0.json.with("duplicate", nil) }).count == 1)
            let events = try await hub.numbers(
                "SELECT count(*) FROM hub.event UNION ALL SELECT count(*) FROM hub.duty")
            #expect(events == [1, 4])
        }
    }

    @Test func ofFiftyContentsAtOnceOneIsStored() async throws {
        try await TestHub.with { hub in
            let answers = try await atOnce(50) { index in
                let event = try Sample.report(id: "LB-1", employer: index)
                return try await hub.publish(event, as: Self.office)
            }
            #expect(answers.map(\.status).sorted() == [201] + [Int](repeating: 409, count: 49))
            let winner = try #require(answers.first { $0.status == 201 }?.json.text("position"))
            for answer in answers where answer.status == 409 {
                #expect(answer.code == "event-id-reused" && answer.json.text("position") == winner)
            }
            let events = try await hub.number("SELECT count(*) FROM hub.event")
            #expect(events == 1)
        }
    }

    @Test func twoHubsStoreOneEventOnce() async throws {
        try await TestHub.with { hub in
            try await TestHub.with(database: hub.database, keyFile: hub.keyFile) { other in
                let event = try report()
                let answers = try await atOnce(50) { index in
                    try await (index.isMultiple(of: 2) ? hub : other).publish(event, as: Self.office)
                }
                #expect(answers.map(\.status).sorted() == [Int](repeating: 200, count: 49) + [201])
                #expect(Set(answers.map { $0.json.with("duplicate", nil) }).count == 1)
            }
        }
    }

    private func atOnce(
        _ count: Int, _ body: @escaping @Sendable (Int) async throws -> TestAnswer
    ) async throws -> [TestAnswer] {
        try await withThrowingTaskGroup(of: TestAnswer.self) { group in
            for index in 0..<count { group.addTask { try await body(index) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    // MARK: After a change

    @Test func aRetryAfterAChangeOfPolicyGetsItsFirstReceipt() async throws {
        try await TestHub.with { hub in
            let first = try await hub.publish(try report(), as: Self.office)
            try await EditedCounty.with { county in
                try county.replace("version: 2020-10-22.1", with: "version: 2020-10-22.2", in: "policy/policy.yaml")
                try county.replace("lead: [sign 2wd]", with: "lead: [sign 9wd]", in: "policy/policy.yaml")
                try await county.load(into: hub)
            }
            try await eventually("the new policy is in force") {
                try await hub.get("/v1/policy", as: Self.office).json.text("version") == "2020-10-22.2"
            }
            let again = try await hub.publish(try report(), as: Self.office)
            #expect(again.status == 200 && again.json == first.json.with("duplicate", true))
            let other = try await hub.publish(try Sample.report(id: "LB-2", employer: 2), as: Self.office)
            #expect(other.json.text("policyVersion") == "2020-10-22.2")
            #expect(other.json.text("recipients/0/signBy") != first.json.text("recipients/0/signBy"))
        }
    }

    /// A unit that may no longer send a type, because it left the joint meeting.
    @Test func aRetryAfterLosingTheRightGetsItsFirstReceipt() async throws {
        try await TestHub.with { hub in
            let unit = TestHub.Speaker.unit("political-legal")
            let sample = try await hub.get("/v1/contracts/culture.venue-inspection.requested/sample", as: unit)
            let first = try await hub.publish(sample.json, as: unit)
            #expect(first.status == 201, "\(first.text)")
            try await EditedCounty.with { county in
                try county.replace("edu-sports, political-legal,", with: "edu-sports,", in: "units.yaml")
                try await county.load(into: hub)
            }
            let fresh = sample.json.with("id", "QQJC-2020-0005")
            try await eventually("the unit may no longer send it") {
                let answer = try await hub.publish(fresh.with("data/uscc", "x"), as: unit)
                return answer.status == 403 && answer.code == "type-not-yours"
            }
            let again = try await hub.publish(sample.json, as: unit)
            #expect(again.status == 200 && again.json == first.json.with("duplicate", true), "\(again.text)")
            let other = try await hub.publish(sample.json.with("data/text", "请安排"), as: unit)
            #expect(other.status == 409)
            let batch = try await hub.publish(batch: [fresh, sample.json], as: unit)
            #expect(batch.json.list("results").map { $0.at("status") } == [403, 200])
        }
    }
}
