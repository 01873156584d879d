import CloudEvents
import Store
import TestSupport
import Testing

/// What a publisher learns: every field, and what is said of each recipient.
struct ReceiptTests {
    private static let office = TestHub.Speaker.unit("jm-office")

    @Test func theReceiptSaysWhoHasToDoWhatByWhen() async throws {
        try await TestHub.with { hub in
            let before = try await hub.inspection.databaseNow()
            let answer = try await hub.publish(try Sample.report(id: "LB-1", employer: 1), as: Self.office)
            let after = try await hub.inspection.databaseNow()
            let receipt = answer.json
            #expect(
                receipt.names == [
                    "position", "source", "id", "type", "caseId", "policyVersion", "recordedAt", "contentHash",
                    "duplicate", "status", "clause", "recipients", "warnings", "links",
                ])
            let position = try #require(receipt.text("position"))
            #expect(Int64(position).map { String($0) } == position)
            #expect(receipt.text("caseId")?.wholeMatch(of: /c-[1-9][0-9]*/) != nil)
            #expect(receipt.text("type") == "labour.child-labour.reported")
            #expect(receipt.text("policyVersion") == "2020-10-22.1")
            #expect(receipt.text("clause") == "III.1.3")
            #expect(receipt.text("contentHash")?.wholeMatch(of: /[0-9a-f]{64}/) != nil)
            #expect(receipt.at("duplicate") == false)
            #expect(receipt.at("warnings") == [])
            #expect(
                receipt.at("links") == [
                    "event": .string("/v1/events/\(position)"),
                    "duties": .string("/v1/events/\(position)/duties"),
                    "explanation": .string("/v1/events/\(position)/explanation"),
                ])
            // The hub reckons the database's clock and may be off by its round trip.
            let recordedAt = try #require(receipt.text("recordedAt").flatMap { Timestamp(rfc3339: $0) })
            #expect(before.advanced(bySeconds: -1) <= recordedAt && recordedAt <= after.advanced(bySeconds: 1))
        }
    }

    @Test func everyRecipientIsShownWithRoleDutyAndClocks() async throws {
        try await TestHub.with { hub in
            let answer = try await hub.publish(try Sample.report(id: "LB-1", employer: 1), as: Self.office)
            let recipients = answer.json.list("recipients")
            let roles = recipients.map {
                "\($0.text("unit") ?? "") \($0.text("role") ?? "") \($0.text("planRole") ?? "")"
            }
            #expect(
                roles == [
                    "edu-sports lead lead", "hrss handling responsible", "town:410322107 assisting responsible",
                    "market-reg assisting responsible", "school:3141990004 informed none",
                    "town:410322101 informed responsible",
                ])
            for recipient in recipients {
                #expect(
                    recipient.names == [
                        "unit", "unitName", "role", "alsoRoles", "planRole", "dutyId", "joined", "signBy", "settleBy",
                        "milestones", "provisional", "sentence", "rule",
                    ])
                let isInformed = recipient.text("role") == "informed"
                #expect((recipient.at("dutyId") == .null) == isInformed)
                #expect((recipient.at("signBy") == .null) == isInformed)
                #expect(recipient.list("milestones").isEmpty == isInformed)
                #expect(recipient.at("joined") == false)
                #expect(recipient.text("sentence") == "III.1.3-04b" && recipient.text("rule") == "9")
            }
            #expect(Set(recipients.compactMap { $0.text("dutyId") }).count == 4)
            try checkClocks(of: recipients[1])
        }
    }

    private func checkClocks(of handler: JSONValue) throws {
        #expect(handler.text("unitName") == "孟津区人力资源和社会保障局")
        let milestones = handler.list("milestones")
        #expect(milestones.compactMap { $0.text("name") } == ["sign", "file", "decide-transfer", "settle"])
        #expect(milestones[0].text("due") == handler.text("signBy"))
        // Days end at the end of the day in Beijing.
        #expect(handler.text("signBy")?.hasSuffix("T00:00:00+08:00") == true)
        // A statutory period starts where the statute says: there is no date yet.
        #expect(milestones[3].at("due") == .null && handler.at("settleBy") == .null)
        #expect(milestones[3].text("basisZh") == "《劳动保障监察条例》第十七条")
        for milestone in milestones {
            #expect(milestone.names.isSuperset(of: ["name", "due", "basis", "provisional", "met"]))
            #expect(milestone.at("met") == .null)
            #expect(milestone.text("explanation")?.isEmpty == false)
            #expect(milestone.text("explanationZh")?.isEmpty == false)
        }
    }

    /// The key of the hash is the event's own: two hubs, or two counties, that
    /// hold the same content cannot tell so from the hashes.
    @Test func theHashTellsNothingToWhoGuessesTheContent() async throws {
        try await TestHub.with { hub in
            let event = try Sample.report(id: "LB-1", employer: 1)
            let real = try await hub.publish(event, as: Self.office)
            let demonstration = try await hub.publish(event, as: .unit("jm-office", of: .sandbox))
            let other = try await hub.publish(event.with("id", "LB-2"), as: Self.office)
            #expect([real, demonstration, other].map(\.status) == [201, 201, 201])
            #expect(Set([real, demonstration, other].map { $0.json.text("contentHash") }).count == 3)
        }
    }

    // MARK: What becomes of an event

    /// Nobody in this county licenses or inspects that place, so a person
    /// decides; the report is never refused for it.
    @Test func anEventThatNoRuleCanAddressWaitsForDispatch() async throws {
        try await TestHub.with { hub in
            let event = try Sample.report(id: "LB-1", employer: 1).with("data/workRegionCode", "410304001")
            let answer = try await hub.publish(event, as: Self.office)
            #expect(answer.status == 201 && answer.json.text("status") == "awaiting-dispatch", "\(answer.text)")
            let own = try #require(answer.json.list("recipients").first { $0.text("unit") == "jm-office" })
            #expect(own.list("milestones").compactMap { $0.text("name") } == ["assign"])
            let waiting = try await hub.get("/v1/duties?state=awaiting-dispatch", as: .officer("jm-office-01"))
            #expect(waiting.json.list("items").map { $0.text("id") } == [own.text("dutyId")])
        }
    }

    @Test func anAbsenceIsRecordedAndNobodysDuty() async throws {
        try await TestHub.with { hub in
            let school = TestHub.Speaker.unit("school:3141990002")
            let sample = try await hub.get("/v1/contracts/attendance.absence.recorded/sample", as: school)
            let answer = try await hub.publish(sample.json, as: school)
            #expect(answer.status == 201 && answer.json.text("status") == "recorded", "\(answer.text)")
            #expect(answer.json.at("recipients") == [])
            let duties = try await hub.number("SELECT count(*) FROM hub.duty")
            #expect(duties == 0)
        }
    }

    @Test func aSecondReportOfTheSameSubjectJoinsWhatIsOpen() async throws {
        try await TestHub.with { hub in
            let first = try await hub.publish(try Sample.report(id: "LB-1", employer: 1), as: Self.office)
            let second = try await hub.publish(try Sample.report(id: "LB-2", employer: 1), as: Self.office)
            #expect(second.status == 201)
            #expect(second.json.text("caseId") == first.json.text("caseId"))
            #expect(second.json.list("warnings").map { $0.text("code") } == ["possible-duplicate"])
            #expect(second.json.text("warnings/0/messageZh")?.isEmpty == false)
            // No second clock: the same duties, with the clocks they have.
            let joined = first.json.list("recipients").map { recipient in
                recipient.with("joined", .bool(recipient.at("dutyId") != .null))
            }
            #expect(second.json.list("recipients") == joined)
            let duties = try await hub.number("SELECT count(*) FROM hub.duty")
            #expect(duties == 4)
            let other = try await hub.publish(try Sample.report(id: "LB-3", employer: 2), as: Self.office)
            #expect(other.json.at("warnings") == [] && other.json.text("caseId") != first.json.text("caseId"))
        }
    }

    @Test func whoTakesPartInACaseMayNameIt() async throws {
        try await TestHub.with { hub in
            let report = try await hub.publish(try Sample.report(id: "LB-1", employer: 1), as: Self.office)
            let caseID = try #require(report.json.at("caseId"))
            let filed = try await hub.get(
                "/v1/contracts/labour.child-labour.case-filed/sample", as: .unit("hrss")
            ).json
            let named = try await hub.publish(filed.with("caseid", caseID), as: .unit("hrss"))
            #expect(named.status == 201 && named.json.at("caseId") == caseID, "\(named.text)")
            // Its cause names the case as well.
            let caused = try await hub.publish(
                filed.with("id", "LDJC-2").with("causeid", report.json.at("position")), as: .unit("hrss"))
            #expect(caused.status == 201 && caused.json.at("caseId") == caseID, "\(caused.text)")
            // Who has no part in it is not told that it is there.
            let stranger = try Sample.internetCafe.event(id: "WB-1").with("source", "/410322/units/finance")
            for (name, value) in [("caseid", caseID), ("causeid", try #require(report.json.at("position")))] {
                let refused = try await hub.publish(stranger.with(name, value), as: .unit("finance"))
                #expect(refused.status == 422 && refused.faultPaths == ["attribute:\(name)"], "\(refused.text)")
            }
        }
    }

    @Test(arguments: [(240, false), (360, true)])
    func aTimeAheadOfTheClockIsTakenWithAWarning(seconds: Int64, isAhead: Bool) async throws {
        try await TestHub.with { hub in
            let time = try await hub.inspection.databaseNow().advanced(bySeconds: seconds)
            let event = try Sample.report(id: "LB-1", employer: 1).with("time", .string(time.rfc3339()))
            let answer = try await hub.publish(event, as: Self.office)
            #expect(answer.status == 201, "\(answer.text)")
            #expect(answer.json.list("warnings").map { $0.text("code") } == (isAhead ? ["clock-ahead"] : []))
            // Clocks run from the hub's own time.
            let recordedAt = try #require(answer.json.text("recordedAt").flatMap { Timestamp(rfc3339: $0) })
            #expect(recordedAt < time)
        }
    }
}
