import CloudEvents
import TestSupport
import Testing

/// What no rule can address waits for a person; nothing is refused for it.
struct DispatchStoryTests {
    /// The handler's clocks of the row begin with the assignment, whoever the
    /// office finds.
    @Test(arguments: ["hrss", "civil-affairs"])
    func theOfficeAssignsWhatNobodyIsNamedFor(_ unit: String) async throws {
        try await Story.play(from: "2020-10-26T09:00:00+08:00") { story in
            // A workshop in the city, outside the county.
            let event = try Sample.childLabour.event { data in
                data["workRegionCode"] = "410304001"
                data["hazardFlags"] = nil
                data["children"] = data["children"]?.arrayValue.map { .array($0.suffix(1)) }
            }
            let receipt = try await story.publish(event, as: "jm-office")
            #expect(receipt["status"] == "awaiting-dispatch")
            let waiting = try await story.duties("state=awaiting-dispatch", as: "jm-office-01")
            #expect(waiting.count == 1)
            let duty = try #require(waiting.first)

            let order: JSONValue = ["unit": .string(unit), "reason": "请联系对方"]
            for (speaker, code) in [
                (Story.officer("\(unit)-01"), "not-found"), (Story.officer("psb-01"), "not-found"),
                (Story.unit("jm-office"), "person-needed"),
            ] {
                let refusal = try await story.refusal(of: "assign", on: duty, by: speaker, order)
                #expect(refusal == code, "\(speaker)")
            }
            let nowhere = try await story.hub.post(
                "/v1/duties/\(duty)/assign", ["unit": "nobody", "reason": "无"], as: Story.officer("jm-office-01"))
            #expect(nowhere.status == 422 && nowhere.faultPaths == ["/unit"], "\(nowhere.text)")
            let sheet = try await story.act("jm-office-01", "assign", duty, order)
            #expect(sheet["state"] == "dispatched" && sheet["unit"]?.stringValue == unit && sheet["role"] == "handling")
            #expect(sheet["signBy"] == "2020-10-28T00:00:00+08:00" && sheet["settleBy"] == .null)
            #expect(try sheet.milestone("settle")["explanationZh"] == "自立案之日起60个工作日")

            // The publisher's first receipt stays what it was.
            let again = try await story.hub.publish(event, as: Story.unit("jm-office"))
            #expect(again.status == 200 && again.json["recipients"] == receipt["recipients"], "\(again.text)")

            let log = try await story.hub.log(of: Story.unit(unit))
            #expect(log.map(\.kind) == ["duty", "delivery"])
            #expect(log.last?.eventID == "LBYB-2020-000041" && log.last?.value["dutyId"]?.stringValue == duty)
            for command in ["sign", "accept"] { try await story.act("\(unit)-01", command, duty) }
            try await story.act("\(unit)-01", "complete", duty, ["outcome": "other-county"])
            let left = try await story.duties("state=awaiting-dispatch", as: "jm-office-01")
            #expect(left == [])
            try await story.expectExactBoard()
        }
    }

    /// One role in an event is one duty of a unit.
    @Test func nobodyGetsTheSameRoleTwice() async throws {
        try await Story.play(from: "2020-10-26T09:00:00+08:00") { story in
            let event = try Sample.childLabour.event { $0["workRegionCode"] = "410304001" }
            let receipt = try await story.publish(event, as: "jm-office")
            let duty = try #require(try await story.duties("state=awaiting-dispatch", as: "jm-office-01").first)
            let assisting = (receipt["recipients"]?.arrayValue ?? []).filter {
                $0["role"] == "assisting" && $0["dutyId"] != .null
            }.compactMap { $0["unit"]?.stringValue }
            let unit = try #require(assisting.first)
            let twice = try await story.hub.post(
                "/v1/duties/\(duty)/assign", ["unit": .string(unit), "role": "assisting", "reason": "协查"],
                as: Story.officer("jm-office-01"))
            #expect(twice.status == 422 && twice.faultCodes == ["has-role"], "\(twice.text)")
            // To handle it is something else.
            let sheet = try await story.act(
                "jm-office-01", "assign", duty, ["unit": .string(unit), "role": "handling", "reason": "由你单位主办"])
            #expect(sheet["role"] == "handling")
        }
    }

    @Test func whatIsOnlySignedForEndsWithTheSignature() async throws {
        try await Story.play(from: "2020-10-26T09:00:00+08:00") { story in
            let receipt = try await story.publish(try Sample.report(id: "r-1", employer: 1), as: "jm-office")
            for (unit, officer) in [
                ("edu-sports", "edu-sports-01"), ("market-reg", "market-reg-01"), ("town:410322107", "town-matun-01"),
            ] {
                let duty = try receipt.duty(of: unit)
                let before = try await story.duty(duty, as: officer)
                #expect(before["needsCompletion"] == false)
                let closed = try await story.act(officer, "sign", duty)
                #expect(closed["state"] == "closed" && closed["signedBy"]?.stringValue == officer, "\(unit)")
                let refusal = try await story.refusal(of: "accept", on: duty, by: Story.officer(officer))
                #expect(refusal == "illegal-transition")
                // It may still have something to tell while the matter goes on.
                let told = try await story.act(officer, "note", duty, ["note": "已核对登记信息"])
                #expect(told["state"] == "closed" && told["version"] == 3)
            }
            let handling = try await story.act("hrss-01", "sign", try receipt.duty(of: "hrss"))
            #expect(handling["state"] == "signed")
            try await story.expectExactBoard()
        }
    }
}
