import CloudEvents
import TestSupport
import Testing

/// A family in need: the town of the household register asks, civil affairs
/// decide, and nobody learns more than the task needs.
struct AssistanceStoryTests {
    @Test func aReferralReachesWhoDecidesAndBothTowns() async throws {
        try await Story.play(from: "2020-10-27T10:45:00+08:00") { story in
            let receipt = try await story.report(.assistance)
            #expect(
                receipt.parts == [
                    "edu-sports lead", "civil-affairs handling", "town:410322102 assisting",
                    "town:410322105 assisting", "disabled-fed assisting", "finance informed",
                ])
            #expect(try receipt.recipient("finance")["dutyId"] == .null)
            let handler = try receipt.recipient("civil-affairs")
            #expect(handler["signBy"] == "2020-10-30T00:00:00+08:00")
            #expect(handler["settleBy"] == "2020-12-09T00:00:00+08:00")

            // Why the federation of the disabled is asked, no delivery says.
            for unit in ["finance", "civil-affairs", "disabled-fed", "town:410322105"] {
                let feed = try await story.hub.feed(as: Story.unit(unit))
                #expect(feed.json["items"]?.arrayValue?.count == 1)
                for fact in ["isDisabled", "poor-family", "keyGroups", "dibao", "岳小样", "南沟村", "410322102202"] {
                    #expect(!feed.text.contains(fact), "\(unit) \(fact)")
                }
            }
            let duty = try receipt.duty(of: "civil-affairs")
            for command in ["sign", "accept"] { try await story.act("civil-affairs-01", command, duty) }
            try await story.act("civil-affairs-01", "start", duty, ["note": "入户调查"])
            let done = try await story.act("civil-affairs-01", "complete", duty, ["outcome": "approved"])
            #expect(done["state"] == "completed" && done["verifier"] == "edu-sports")
            let closed = try await story.act("edu-sports-01", "verify", duty)
            #expect(closed["state"] == "closed")
            let town = try await story.act("town-pingle-01", "sign", try receipt.duty(of: "town:410322102"))
            #expect(town["state"] == "closed")
            try await story.expectExactBoard()
        }
    }

    /// A family whose town is not known has nobody who applies for it.
    @Test func aFamilyWithoutATownWaitsForTheOffice() async throws {
        try await Story.play(from: "2020-10-27T10:45:00+08:00") { story in
            let receipt = try await story.report(.assistance) { data in
                data["hukouRegion"] = nil
                data["residenceRegion"] = nil
                if case .object(var child)? = data["child"] {
                    child["hukouAddress"] = nil
                    child["homeAddress"] = nil
                    data["child"] = .object(child)
                }
            }
            #expect(receipt["status"] == "awaiting-dispatch")
            #expect(receipt.parts.contains("civil-affairs handling"))
            let waiting = try await story.duties("state=awaiting-dispatch", as: "jm-office-01")
            #expect(waiting.count == 1)
        }
    }
}
