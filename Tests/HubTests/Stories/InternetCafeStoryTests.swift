import CloudEvents
import TestSupport
import Testing

/// An internet café with minors in it, found in the evening.
struct InternetCafeStoryTests {
    @Test func everybodySignsWithinTwoHoursOfTheEvening() async throws {
        try await Story.play(from: "2020-10-27T20:45:00+08:00") { story in
            let receipt = try await story.report(.internetCafe)
            #expect(
                receipt.parts == [
                    "edu-sports lead", "culture-tourism handling", "psb assisting", "market-reg assisting",
                    "town:410322108 assisting", "school:3141990005 informed",
                ])
            let recorded = try receipt.instant("recordedAt")
            let signers = ["culture-tourism", "psb", "market-reg", "town:410322108"]
            for unit in signers {
                let signBy = try receipt.recipient(unit).instant("signBy")
                #expect(signBy == recorded.advanced(bySeconds: 2 * 3600), "\(unit)")
            }
            let duty = try receipt.duty(of: "culture-tourism")
            try await story.act("culture-tourism-01", "sign", duty)
            let assisting = try await story.act("psb-01", "sign", try receipt.duty(of: "psb"))
            #expect(assisting["state"] == "closed")

            try await story.moveClock(to: "2020-10-27T22:46:00+08:00")
            let fired = try await story.sweep()
            #expect(fired["byUnit"] == ["market-reg": 1, "town:410322108": 1])
            try await story.expectExactBoard()

            try await story.act("culture-tourism-01", "accept", duty)
            let done = try await story.act("culture-tourism-01", "complete", duty, ["outcome": "penalised"])
            #expect(done["state"] == "completed" && done["overdue"] == [])
            let closed = try await story.act("jm-office-01", "verify", duty)
            #expect(closed["state"] == "closed")
            let count = try await story.hub.get(
                "/v1/duties/count?open=true&type=culture.minor-admission.reported", as: Story.officer("jm-office-01"))
            // edu-sports, market regulation and the town have not signed.
            #expect(count.json["count"] == 3, "\(count.text)")
            try await story.expectExactBoard()
        }
    }

    /// The same café found again: the same case, and no second clock.
    @Test func aSecondFindingJoinsTheDutiesThatAreOpen() async throws {
        try await Story.play(from: "2020-10-27T20:45:00+08:00") { story in
            let first = try await story.report(.internetCafe)
            let second = try await story.report(.internetCafe, id: "WB202010024")
            #expect(second["caseId"] == first["caseId"])
            #expect(second["warnings"]?.arrayValue?.map { $0["code"] } == ["possible-duplicate"])
            for unit in ["culture-tourism", "psb", "market-reg"] {
                let recipient = try second.recipient(unit)
                #expect(recipient["joined"] == true, "\(unit)")
                #expect(try recipient["dutyId"]?.stringValue == first.duty(of: unit), "\(unit)")
                #expect(try recipient["signBy"] == first.recipient(unit)["signBy"], "\(unit)")
            }
            let open = try await story.duties("open=true", as: "culture-tourism-01")
            #expect(open.count == 1)
            try await story.expectExactBoard()
        }
    }
}
