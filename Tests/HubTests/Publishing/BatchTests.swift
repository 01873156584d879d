import CloudEvents
import TestSupport
import Testing

/// Several events in one request: each is judged alone.
struct BatchTests {
    private static let office = TestHub.Speaker.unit("jm-office")

    private func reports(_ numbers: ClosedRange<Int>) throws -> [JSONValue] {
        try numbers.map { try Sample.report(id: "LB-\($0)", employer: $0) }
    }

    private func statuses(_ answer: TestAnswer) -> [Int64?] {
        answer.json.list("results").map { $0.at("status")?.integerValue }
    }

    private func positions(_ answer: TestAnswer) -> [Int64] {
        answer.json.list("results").compactMap { $0.text("receipt/position").flatMap { Int64($0) } }
    }

    @Test func resultsComeInTheOrderSentAndABadEventFailsNoNeighbour() async throws {
        try await TestHub.with { hub in
            let good = try reports(1...3)
            let batch = [
                good[0],
                try Sample.report(id: "LB-9", employer: 9).with("data/childrenCount", "两").with("priority", "high"),
                7,
                good[1],
                good[2].with("source", "/410322/units/hrss"),
                good[2].with("type", "labour.child-labour.rumoured"),
                good[2].with("type", "labour.child-labour.case-filed"),
                good[2].with("specversion", nil),
                good[2],
            ]
            let answer = try await hub.publish(batch: batch, as: Self.office)
            #expect(answer.status == 200)
            #expect(answer.json.names == ["accepted", "duplicates", "rejected", "results"])
            #expect(statuses(answer) == [201, 422, 400, 201, 403, 422, 403, 400, 201])
            #expect(
                [answer.json.at("accepted"), answer.json.at("duplicates"), answer.json.at("rejected")] == [3, 0, 6])
            #expect(positions(answer) == positions(answer).sorted() && Set(positions(answer)).count == 3)
            let results = answer.json.list("results")
            #expect(
                results[1].at("problem")?.faults == [
                    ShownFault("/1/data/childrenCount", "wrong-type"),
                    ShownFault("attribute:priority", "unknown-attribute"),
                ])
            #expect(results[2].at("problem")?.faults == [ShownFault("/2", "wrong-type")])
            #expect(
                results.compactMap { $0.text("problem/code") } == [
                    "invalid", "bad-envelope", "source-not-yours", "unknown-type", "type-not-yours", "bad-envelope",
                ])
            let single = try await hub.publish(good[0], as: Self.office)
            #expect(single.json == results[0].at("receipt")?.with("duplicate", true))
        }
    }

    @Test func anIdThatComesTwiceIsADuplicateOrReused() async throws {
        try await TestHub.with { hub in
            let events = try reports(1...2)
            let again = try await hub.publish(events[1], as: Self.office)
            #expect(again.status == 201)
            let batch = [
                events[0], events[0], events[0].with("data/childrenCount", 2), events[1],
                events[1].with("data/childrenCount", 2), events[0].with("type", "labour.child-labour.rumoured"),
            ]
            let answer = try await hub.publish(batch: batch, as: Self.office)
            #expect(statuses(answer) == [201, 200, 409, 200, 409, 409], "\(answer.text)")
            #expect(
                [answer.json.at("accepted"), answer.json.at("duplicates"), answer.json.at("rejected")] == [1, 2, 3])
            let results = answer.json.list("results")
            #expect(results[1].at("receipt") == results[0].at("receipt")?.with("duplicate", true))
            #expect(results[3].at("receipt") == again.json.with("duplicate", true))
            let events2 = try await hub.number("SELECT count(*) FROM hub.event")
            #expect(events2 == 2)
        }
    }

    @Test func positionsOfAThousandAscendInTheOrderSent() async throws {
        try await TestHub.with { hub in
            let batch = try reports(1...1000)
            let answer = try await hub.publish(batch: batch, as: Self.office)
            #expect(answer.json.at("accepted") == 1000, "\(answer.text.prefix(500))")
            let found = positions(answer)
            #expect(found == found.sorted() && Set(found).count == 1000)
            let ids = answer.json.list("results").compactMap { $0.text("receipt/id") }
            #expect(ids == (1...1000).map { "LB-\($0)" })
            let again = try await hub.publish(batch: batch, as: Self.office)
            #expect(again.json.at("duplicates") == 1000 && positions(again) == found)
        }
    }

    @Test func neighboursAboutOneSubjectJoin() async throws {
        try await TestHub.with { hub in
            let batch = try (1...3).map { try Sample.report(id: "LB-\($0)", employer: 1) }
            let answer = try await hub.publish(batch: batch, as: Self.office)
            let receipts = answer.json.list("results").compactMap { $0.at("receipt") }
            #expect(
                receipts.map { $0.list("warnings").compactMap { $0.text("code") } } == [
                    [], ["possible-duplicate"], ["possible-duplicate"],
                ])
            #expect(Set(receipts.map { $0.text("caseId") }).count == 1)
            #expect(Set(receipts.map { $0.text("recipients/1/dutyId") }).count == 1)
            #expect(receipts.map { $0.at("recipients/1/joined") } == [false, true, true])
            let again = try await hub.publish(batch: batch, as: Self.office)
            #expect(again.json.list("results").map { $0.at("receipt") } == receipts.map { $0.with("duplicate", true) })
        }
    }

    @Test func aFaultOfOneElementsTextIsThatElements() async throws {
        try await TestHub.with { hub in
            let good = try reports(1...2).map { String(decoding: $0.encodedBytes(), as: UTF8.self) }
            let twice = good[0].replacing("\"childrenCount\":1", with: "\"childrenCount\":1,\"childrenCount\":1")
            let whole = "[\(twice),\(good[1])]"
            let answer = try await send(whole, to: hub)
            #expect(statuses(answer) == [400, 201], "\(answer.text)")
            let fault = answer.json.at("results/0/problem")?.faults
            #expect(fault == [ShownFault("/0/data/childrenCount", "duplicate-key")])
            // Where nobody can tell where the element ends, it is the batch's.
            let broken = try await send("[\(good[0]),{\"id\": ]", to: hub)
            #expect(broken.status == 400 && broken.code == "bad-json")
        }
    }

    private func send(_ text: String, to hub: TestHub) async throws -> TestAnswer {
        try await hub.send(
            "POST", "/v1/events", as: Self.office, headers: [("Content-Type", "application/cloudevents-batch+json")],
            body: Array(text.utf8))
    }

    @Test func strictTellsThatSomeWereRefusedAndStoresTheOthers() async throws {
        try await TestHub.with { hub in
            let good = try reports(1...2)
            let mixed = try await hub.publish(
                batch: [good[0], good[1].with("data", [:])], as: Self.office, query: "?strict=true")
            #expect(mixed.status == 422 && mixed.code == "partly-refused")
            #expect(statuses(mixed) == [201, 422])
            #expect([mixed.json.at("accepted"), mixed.json.at("rejected")] == [1, 1])
            let stored = try await hub.number("SELECT count(*) FROM hub.event")
            #expect(stored == 1)
            let all = try await hub.publish(batch: good, as: Self.office, query: "?strict=true")
            #expect(all.status == 200 && statuses(all) == [200, 201])
            let unreadable = try await hub.publish(batch: good, as: Self.office, query: "?strict=yes")
            #expect(unreadable.status == 400 && unreadable.json.faults == [ShownFault("query:strict", "bad-query")])
        }
    }

    @Test func anEmptyBatchIsFine() async throws {
        try await TestHub.with { hub in
            let answer = try await hub.publish(batch: [], as: Self.office)
            #expect(answer.status == 200)
            #expect(answer.json == ["accepted": 0, "duplicates": 0, "rejected": 0, "results": []])
        }
    }

    @Test func aBatchIsAList() async throws {
        try await TestHub.with { hub in
            let answer = try await send("{}", to: hub)
            #expect(answer.status == 400 && answer.code == "bad-envelope")
        }
    }
}
