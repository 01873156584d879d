import CloudEvents
import Hub
import TestSupport
import Testing

/// Whose log tells of a change: the duty's unit, who sent the event, who
/// leads, and the secretariat; nobody else's.
struct FeedVisibilityTests {
    /// `unit command` of the changes in a log.
    private static func changes(in hub: TestHub, of speaker: TestHub.Speaker) async throws -> [String] {
        try await hub.log(of: speaker).filter { $0.kind == "duty" }.map { "\($0.dutyUnit ?? "") \($0.command ?? "")" }
    }

    @Test func aChangeIsToldToThoseWhoMayFollowIt() async throws {
        try await TestHub.with { hub in
            // Sent by a town that is no secretariat; civil affairs handle.
            let answer = try await hub.publish(try Sample.assistance.event(), as: .unit("town:410322102"))
            try #require(answer.status == 201, "\(answer.text)")
            let handling = try answer.json.duty(of: "civil-affairs")
            let assisting = try answer.json.duty(of: "disabled-fed")
            for command in ["sign", "accept"] {
                try await hub.act(command, on: handling, by: .officer("civil-affairs-01"))
            }
            try await hub.act("sign", on: assisting, by: .officer("disabled-fed-01"))
            let whole = ["civil-affairs sign", "civil-affairs accept", "disabled-fed sign"]
            let expected: [(TestHub.Speaker, [String])] = [
                (.unit("civil-affairs"), Array(whole[..<2])),
                (.unit("disabled-fed"), [whole[2]]),
                (.unit("town:410322102"), whole),
                (.unit("edu-sports"), whole),
                (.unit("jm-office"), whole),
                // Both have a part in the matter, but not in these duties.
                (.unit("town:410322105"), []),
                (.unit("finance"), []),
                (.unit("hrss"), []),
                // The same units of another county.
                (.unit("civil-affairs", of: .sandbox), []),
                (.unit("edu-sports", of: .sandbox), []),
                (.unit("jm-office", of: .sandbox), []),
            ]
            for (speaker, changes) in expected {
                let found = try await Self.changes(in: hub, of: speaker)
                #expect(found == changes, "\(speaker)")
            }
        }
    }

    @Test func anEventReachesItsRecipientsAlone() async throws {
        try await TestHub.with { hub in
            let answer = try await hub.publish(try Sample.assistance.event(), as: .unit("town:410322102"))
            let units = (answer.json["recipients"]?.arrayValue ?? []).compactMap { $0["unit"]?.stringValue }
            #expect(units.count > 4)
            for unit in units {
                let deliveries = try await hub.log(of: .unit(unit))
                #expect(deliveries.map(\.kind) == ["delivery"], "\(unit)")
                let elsewhere = try await hub.log(of: .unit(unit, of: .sandbox))
                #expect(elsewhere.isEmpty, "\(unit)")
            }
            for unit in ["hrss", "psb", "justice", "women-fed", "town:410322109"] {
                let deliveries = try await hub.log(of: .unit(unit))
                #expect(!units.contains(unit) && deliveries.isEmpty, "\(unit)")
            }
        }
    }

    /// What a change shows, to whoever sees it.
    @Test func aChangeTellsWhatAndNotWho() async throws {
        try await TestHub.with { hub in
            let duty = try await hub.report(1).duty(of: "hrss")
            try await hub.act("note", on: duty, by: .officer("hrss-01"), ["note": "去了示例小明家"])
            for unit in ["hrss", "edu-sports", "jm-office"] {
                let feed = try await hub.feed("types=duty", as: .unit(unit))
                let change = try #require(feed.json["items"]?.arrayValue?.first?["duty"])
                #expect(change["id"]?.stringValue == duty)
                #expect(change["unit"] == "hrss")
                #expect(change["version"] == 2)
                #expect(change["from"] == "dispatched" && change["to"] == "dispatched")
                #expect(!feed.text.contains("示例小明") && !feed.text.contains("hrss-01"))
            }
        }
    }

    @Test func draftsAreToldToTheSecretariatAlone() async throws {
        try await TestHub.with { hub in
            let admin = TestHub.Speaker.scopes([.admin], unit: "county-gov-office", of: .sandbox)
            _ = try await hub.post("/v1/sandbox/clock", ["now": "2020-10-26T09:00:00+08:00"], as: admin)
            try await hub.report(1, in: .sandbox)
            let sweep = try await hub.post("/v1/sweeps", ["asOf": "2020-11-03T00:00:00+08:00"], as: admin)
            #expect((sweep.json["drafts"]?.integerValue ?? 0) > 0, "\(sweep.text)")
            let seen = try await Self.changes(in: hub, of: .unit("jm-office", of: .sandbox))
            #expect(seen.contains("hrss draft"))
            for unit in ["hrss", "edu-sports", "market-reg"] {
                let changes = try await Self.changes(in: hub, of: .unit(unit, of: .sandbox))
                #expect(!changes.contains { $0.hasSuffix("draft") }, "\(unit)")
            }
        }
    }
}
