import CloudEvents
import TestSupport
import Testing

/// What a publisher asks of its own events, and what others see of them.
struct OwnEventsTests {
    private static let office = TestHub.Speaker.unit("jm-office")

    private func publish(_ numbers: ClosedRange<Int>, in hub: TestHub) async throws -> [JSONValue] {
        var receipts: [JSONValue] = []
        for number in numbers {
            let event = try Sample.report(id: "LB-\(number)", employer: number)
            let answer = try await hub.publish(event, as: Self.office)
            try #require(answer.status == 201, "\(answer.text)")
            receipts.append(answer.json)
        }
        return receipts
    }

    private static let items = ["position", "recordedAt", "status", "role", "event"] as Set

    // MARK: Lists

    @Test func anEventIsFoundBySourceAndId() async throws {
        try await TestHub.with { hub in
            let receipt = try await publish(1...2, in: hub)[0]
            let source = "/410322/units/jm-office/intake"
            let found = try await hub.get("/v1/events?source=\(source)&id=LB-1", as: Self.office)
            #expect(found.status == 200 && found.json.names == ["items", "next"] && found.json.at("next") == .null)
            #expect(found.json.list("items").count == 1)
            #expect(found.json.at("items/0")?.names == Self.items)
            #expect(found.json.text("items/0/position") == receipt.text("position"))
            #expect(found.json.text("items/0/recordedAt") == receipt.text("recordedAt"))
            #expect(found.json.text("items/0/role") == "publisher")
            #expect(found.json.text("items/0/event/id") == "LB-1")
            for query in ["source=\(source)&id=LB-3", "source=/410322/units/hrss&id=LB-1"] {
                let none = try await hub.get("/v1/events?\(query)", as: Self.office)
                #expect(none.status == 200 && none.json == ["items": [], "next": .null])
            }
            // Another unit's event is not told to exist.
            let other = try await hub.get("/v1/events?source=\(source)&id=LB-1", as: .unit("hrss"))
            #expect(other.json == ["items": [], "next": .null])
        }
    }

    @Test func theOwnEventsComeNewestFirstPageByPage() async throws {
        try await TestHub.with { hub in
            let positions = try await publish(1...5, in: hub).compactMap { $0.text("position") }
            _ = try await hub.publish(
                try Sample.report(id: "HR-1", employer: 9).with("source", "/410322/units/hrss"), as: .unit("hrss"))
            var seen: [String] = []
            var cursor = ""
            repeat {
                let page = try await hub.get("/v1/events?publisher=me&limit=2\(cursor)", as: Self.office)
                #expect(page.status == 200 && page.json.list("items").allSatisfy { $0.names == Self.items })
                seen += page.json.list("items").compactMap { $0.text("position") }
                cursor = page.json.text("next").map { "&cursor=\($0)" } ?? ""
            } while !cursor.isEmpty
            #expect(seen == positions.reversed())
        }
    }

    @Test func recordedFromIsInAndRecordedToIsOut() async throws {
        try await TestHub.with { hub in
            let receipts = try await publish(1...3, in: hub)
            let times = receipts.compactMap { $0.text("recordedAt")?.replacing("+", with: "%2B") }
            let query = "/v1/events?publisher=me&recordedFrom=\(times[0])&recordedTo=\(times[2])"
            let found = try await hub.get(query, as: Self.office)
            #expect(found.json.list("items").compactMap { $0.text("event/id") } == ["LB-2", "LB-1"])
            let since = try await hub.get("/v1/events?publisher=me&recordedFrom=\(times[1])", as: Self.office)
            #expect(since.json.list("items").compactMap { $0.text("event/id") } == ["LB-3", "LB-2"])
            let none = try await hub.get(
                "/v1/events?publisher=me&recordedFrom=\(times[2])&recordedTo=\(times[2])", as: Self.office)
            #expect(none.json.list("items").isEmpty)
        }
    }

    @Test(arguments: [
        ("", 422, "unsupported-filter"), ("publisher=hrss", 422, "unsupported-filter"),
        ("source=/410322/units/jm-office", 422, "unsupported-filter"), ("publisher=me&limit=0", 400, "bad-query"),
        ("publisher=me&limit=501", 400, "bad-query"), ("publisher=me&limit=ten", 400, "bad-query"),
        ("publisher=me&cursor=x", 400, "bad-query"), ("publisher=me&recordedFrom=2020-10-22", 400, "bad-query"),
        ("publisher=me&recordedTo=2020-10-22T09:00:00", 400, "bad-query"),
    ])
    func whatCannotBeAskedIsSaid(query: String, status: Int, code: String) async throws {
        try await TestHub.with { hub in
            let answer = try await hub.get("/v1/events?\(query)", as: Self.office)
            #expect(answer.status == status && answer.code == code, "\(answer.text)")
            #expect(answer.faultPaths.allSatisfy { $0.hasPrefix("query:") } && answer.faultPaths.count == 1)
        }
    }

    /// A filter that were passed over would answer another question.
    @Test(arguments: [
        ("publisher=me&source=/zzz", ["source"]), ("publisher=me&id=zzz", ["id"]),
        ("source=/zzz&id=zzz&recordedTo=2020-10-22T09:00:00Z", ["recordedTo"]),
        ("source=/zzz&id=zzz&publisher=hrss", ["publisher"]), ("source=/zzz&id=zzz&publisher=me", ["publisher"]),
        ("id=zzz", ["id"]), ("recordedFrom=2020-10-22T09:00:00Z", ["recordedFrom"]),
        ("publisher=hrss&source=/zzz", ["source", "publisher"]),
    ])
    func filtersThatDoNotGoTogetherAreNamed(query: String, names: [String]) async throws {
        try await TestHub.with { hub in
            let answer = try await hub.get("/v1/events?\(query)", as: Self.office)
            #expect(answer.status == 422 && answer.code == "unsupported-filter", "\(answer.text)")
            #expect(answer.faultPaths == names.map { "query:\($0)" })
        }
    }

    // MARK: One event

    @Test func publisherAndRecipientsSeeEnvelopeAndOpenData() async throws {
        try await TestHub.with { hub in
            let receipt = try await publish(1...1, in: hub)[0]
            let path = "/v1/events/\(try #require(receipt.text("position")))"
            let parts: [(TestHub.Speaker, String)] = [
                (Self.office, "publisher"), (.unit("hrss"), "handling"), (.officer("hrss-01"), "handling"),
                (.unit("edu-sports"), "lead"), (.unit("market-reg"), "assisting"),
                (.unit("school:3141990004"), "informed"), (.officer("jm-office-01"), "publisher"),
            ]
            for (speaker, role) in parts {
                let answer = try await hub.get(path, as: speaker)
                #expect(answer.status == 200 && answer.json.names == Self.items && answer.json.text("role") == role)
                try check(answer.json.at("event"), of: receipt)
                // Sealed fields are opened one by one, and logged.
                #expect(!answer.text.contains("牛样") && !answer.text.contains("闻示明") && !answer.text.contains("冲压"))
            }
            for stranger in [TestHub.Speaker.unit("finance"), .unit("hrss", of: .sandbox), .officer("finance-01")] {
                let answer = try await hub.get(path, as: stranger)
                #expect(answer.status == 404 && answer.code == "not-found")
            }
        }
    }

    private func check(_ event: JSONValue?, of receipt: JSONValue) throws {
        let event = try #require(event)
        #expect(event.text("specversion") == "1.0" && event.text("id") == "LB-1")
        #expect(event.text("time") == "2020-10-26T09:20:00+08:00" && event.text("subject") == "2020-0041")
        // What the hub has set.
        #expect(event.text("recordedat") == receipt.text("recordedAt"))
        #expect(event.text("policyver") == "2020-10-22.1" && event.text("clause") == "III.1.3")
        #expect(event.text("employerkind") == "company" && event.text("workregioncode") == "410322107")
        #expect(event.text("caseid") == receipt.text("caseId"))
        #expect(event.text("data/employerName") == "演示加工厂1号")
        #expect(event.at("data/children") == nil && event.at("data/note") == nil && event.at("data/reporter") == nil)
        #expect(event.at("data/residenceRegion") == nil)
    }

    @Test(arguments: ["0", "-1", "01", "x", "99999", "99999999999999999999", "1%2F2"])
    func aPositionThatIsNoneIsNotFound(position: String) async throws {
        try await TestHub.with { hub in
            _ = try await publish(1...1, in: hub)
            for path in [
                "/v1/events/\(position)", "/v1/events/\(position)/duties", "/v1/events/\(position)/explanation",
            ] {
                let answer = try await hub.get(path, as: Self.office)
                #expect(answer.status == 404 && answer.code == "not-found", "\(answer.text)")
            }
        }
    }

    // MARK: Who else received it

    @Test func thePublisherSeesWhoHasSignedAndSettled() async throws {
        try await TestHub.with { hub in
            let receipt = try await publish(1...1, in: hub)[0]
            let position = try #require(receipt.text("position"))
            let duty = try #require(receipt.text("recipients/1/dutyId"))
            let signed = try await hub.post("/v1/duties/\(duty)/sign", [:], as: .officer("hrss-01"))
            let noted = try await hub.post("/v1/duties/\(duty)/note", ["note": "已派员前往"], as: .officer("hrss-01"))
            #expect(signed.status == 200 && noted.status == 200)
            let answer = try await hub.get("/v1/events/\(position)/duties", as: Self.office)
            #expect(answer.status == 200)
            let items = answer.json.list("items")
            let expected = receipt.list("recipients").filter { $0.at("dutyId") != .null }
            #expect(items.map { $0.text("unit") } == expected.map { $0.text("unit") })
            #expect(items.map { $0.text("dutyId") } == expected.map { $0.text("dutyId") })
            for item in items {
                #expect(
                    item.names == [
                        "dutyId", "unit", "unitName", "role", "planRole", "state", "signBy", "signedAt", "settleBy",
                        "settledAt", "overdue",
                    ])
                #expect((item.at("signedAt") == .null) == (item.text("unit") != "hrss"))
            }
            #expect(items[1].text("state") == "signed" && items[1].at("overdue") == [])
            #expect(!answer.text.contains("已派员"))
        }
    }

    /// Who else received it can itself be a disclosure.
    @Test func recipientsAreShownToPublisherLeadAndSecretariatOnly() async throws {
        try await TestHub.with { hub in
            let receipt = try await publish(1...1, in: hub)[0]
            let position = try #require(receipt.text("position"))
            let allowed: [TestHub.Speaker] = [
                Self.office, .unit("edu-sports"), .officer("edu-sports-01"), .officer("jm-office-01"),
            ]
            let visible: [TestHub.Speaker] = [
                .unit("hrss"), .officer("hrss-01"), .unit("market-reg"), .unit("town:410322107"),
                .unit("school:3141990004"),
            ]
            let strangers: [TestHub.Speaker] = [
                .unit("finance"), .officer("convener-01"), .officer("county-gov-office-02"),
                .unit("jm-office", of: .sandbox), .officer("jm-office-01", of: .sandbox),
            ]
            for path in ["duties", "explanation"] {
                for (speakers, status) in [(allowed, 200), (visible, 403), (strangers, 404)] {
                    for speaker in speakers {
                        let answer = try await hub.get("/v1/events/\(position)/\(path)", as: speaker)
                        #expect(answer.status == status, "\(path) \(speaker): \(answer.text)")
                        if status != 200 { #expect(!answer.text.contains("market-reg")) }
                    }
                }
            }
        }
    }

    @Test func theExplanationIsOfThePolicyThatWasInForce() async throws {
        try await TestHub.with { hub in
            let receipt = try await publish(1...1, in: hub)[0]
            let answer = try await hub.get(
                "/v1/events/\(try #require(receipt.text("position")))/explanation", as: Self.office)
            #expect(answer.json.names == ["position", "policyVersion", "explanation"])
            #expect(answer.json.text("policyVersion") == "2020-10-22.1")
            let matched = answer.json.list("explanation").filter { $0.at("matched") == true }
            #expect(
                Set(matched.compactMap { $0.text("unit") })
                    == Set(
                        receipt.list("recipients").compactMap { $0.text("unit") }))
        }
    }
}
