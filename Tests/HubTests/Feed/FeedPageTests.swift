import CloudEvents
import Hub
import TestSupport
import Testing

/// A page of a unit's log: where it begins, what it holds, what it refuses.
struct FeedPageTests {
    @Test func aPageEndsWhereTheNextOneBegins() async throws {
        try await TestHub.with { hub in
            try await hub.reports(0..<5)
            var items: [FeedItem] = []
            var cursor = "0"
            for count in [2, 2, 1, 0] {
                let page = try await hub.feed("limit=2&after=\(cursor)", as: .unit("hrss")).json
                let fresh = FeedItem.items(of: page)
                #expect(fresh.count == count)
                items += fresh
                cursor = try #require(page["next"]?.stringValue)
                #expect(cursor == items.last.map { String($0.cursor) })
            }
            #expect(items.compactMap(\.eventID) == (0..<5).map { "report-\($0)" })
            #expect(items.allSatisfy { $0.kind == "delivery" && $0.value["role"] == "handling" })
            #expect(items.allSatisfy { $0.value["dutyId"]?.stringValue != nil })
        }
    }

    @Test func aReaderOfAnEmptyLogGetsACursorToo() async throws {
        try await TestHub.with { hub in
            for query in ["", "start=latest", "start=earliest", "after=0"] {
                let page = try await hub.feed(query, as: .unit("finance"))
                #expect(page.json == ["items": [], "next": "0"], "\(query)")
            }
        }
    }

    @Test func aDeliveryShowsNothingPersonal() async throws {
        try await TestHub.with { hub in
            let answer = try await hub.publish(try Sample.childLabour.event(), as: .unit("jm-office"))
            #expect(answer.status == 201)
            let page = try await hub.feed(as: .unit("hrss"))
            #expect(page.json["items"]?.arrayValue?.count == 1)
            #expect(page.text.contains("澜桁五金加工厂"))
            for planted in ["吕小样", "牛样", "410322200706129015", "闻示明", "12000410001", "东岭村四组", "冲压车间"] {
                #expect(!page.text.contains(planted), "\(planted)")
            }
        }
    }

    @Test func latestLeavesOutWhatIsThere() async throws {
        try await TestHub.with { hub in
            try await hub.report(1)
            let page = try await hub.feed("start=latest", as: .unit("hrss")).json
            #expect(page["items"] == [])
            let cursor = try #require(page["next"]?.stringValue)
            try await hub.report(2)
            let fresh = FeedItem.items(of: try await hub.feed("after=\(cursor)", as: .unit("hrss")).json)
            #expect(fresh.map(\.eventID) == ["report-2"])
        }
    }

    @Test func anInstantFindsItsPlaceByTheCountysOwnClock() async throws {
        try await TestHub.with { hub in
            let admin = TestHub.Speaker.scopes([.admin], unit: "county-gov-office", of: .sandbox)
            _ = try await hub.post("/v1/sandbox/clock", ["now": "2020-10-26T09:00:00+08:00"], as: admin)
            var receipts: [JSONValue] = []
            for number in 0..<3 { receipts.append(try await hub.report(number, in: .sandbox)) }
            let hrss = TestHub.Speaker.unit("hrss", of: .sandbox)
            for (index, receipt) in receipts.enumerated() {
                let at = try #require(receipt["recordedAt"]?.stringValue).replacing("+", with: "%2B")
                let items = FeedItem.items(of: try await hub.feed("at=\(at)", as: hrss).json)
                #expect(items.compactMap(\.eventID) == (index..<3).map { "report-\($0)" })
            }
            let later = try await hub.feed("at=2020-10-27T00:00:00%2B08:00", as: hrss).json
            #expect(later["items"] == [])
            #expect(later["next"] != "0")
        }
    }

    @Test func typesSelectEventsAndChanges() async throws {
        try await TestHub.with { hub in
            let receipt = try await hub.report(1)
            _ = try await hub.publish(try Sample.internetCafe.event(), as: .unit("psb"))
            try await hub.act("sign", on: try receipt.duty(of: "market-reg"), by: .officer("market-reg-01"))
            let cases: [(String, [String])] = [
                ("labour.child-labour.reported", ["labour.child-labour.reported"]),
                ("duty", ["duty"]),
                ("culture.minor-admission.reported,duty", ["culture.minor-admission.reported", "duty"]),
                ("no.such.type", []),
            ]
            for (types, expected) in cases {
                let page = try await hub.feed("types=\(types)", as: .unit("market-reg")).json
                let found = FeedItem.items(of: page).map { $0.value["event"]?["type"]?.stringValue ?? $0.kind }
                #expect(found == expected, "\(types)")
            }
        }
    }

    /// What a filter leaves out is passed over, not read again and again.
    @Test func aFilteredReaderMovesOn() async throws {
        try await TestHub.with { hub in
            try await hub.reports(0..<5)
            let page = try await hub.feed("types=duty", as: .unit("hrss")).json
            let end = try await hub.number("SELECT max(position) FROM hub.recipient WHERE unit = 'hrss'")
            #expect(page == ["items": [], "next": .string(String(end))])
        }
    }

    @Test func anUnknownCursorStartsOver() async throws {
        try await TestHub.with { hub in
            try await hub.report(1)
            let page = try await hub.feed("after=999999999", as: .unit("hrss"))
            #expect(page.status == 200)
            #expect(FeedItem.items(of: page.json).map(\.kind) == ["reset"])
            #expect(page.json["next"] == "0")
        }
    }

    @Test(arguments: [
        ("after=x", "after"), ("after=-1", "after"), ("limit=0", "limit"), ("limit=501", "limit"),
        ("limit=ten", "limit"), ("wait=30", "wait"), ("start=first", "start"), ("at=yesterday", "at"),
        ("at=2020-10-26T09:00:00", "at"),
    ])
    func whatCannotBeReadIsRefused(_ query: String, _ parameter: String) async throws {
        try await TestHub.with { hub in
            let answer = try await hub.feed(query, as: .unit("hrss"))
            #expect(answer.status == 400)
            #expect(answer.code == "bad-query")
            #expect(answer.faultPaths == ["query:\(parameter)"])
        }
    }
}
