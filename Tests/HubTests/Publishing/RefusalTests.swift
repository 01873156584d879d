import CloudEvents
import TestSupport
import Testing

/// Events that are refused for who sends them, or for their attributes.
struct RefusalTests {
    private static let office = TestHub.Speaker.unit("jm-office")

    /// A member of a good report that is changed, and the answer.
    struct Case: Sendable, CustomTestStringConvertible {
        var status: Int
        var code: String
        var change: [String: JSONValue?]
        var faults: [String: String] = [:]

        var testDescription: String {
            "\(status) \(code): \(change.keys.sorted().joined(separator: ", "))"
        }
    }

    private static let rights: [Case] = [
        Case(status: 403, code: "source-not-yours", change: ["source": "/410322/units/hrss"]),
        Case(status: 403, code: "source-not-yours", change: ["source": "/410322/units/jm-office2"]),
        Case(status: 403, code: "source-not-yours", change: ["source": "/410304/units/jm-office"]),
        Case(status: 403, code: "source-not-yours", change: ["source": "jm-office"]),
        Case(status: 403, code: "source-not-yours", change: ["source": "/410322/units/jm-office/../hrss"]),
        Case(status: 403, code: "source-not-yours", change: ["source": "/410322/units/jm-office/.."]),
        Case(status: 403, code: "source-not-yours", change: ["source": "/410322/units/jm-office/%2e%2e"]),
        Case(status: 403, code: "source-not-yours", change: ["source": "/410322/units/jm-office/"]),
        Case(status: 403, code: "source-not-yours", change: ["source": "/410322/units/jm-office/intake/"]),
        Case(status: 403, code: "source-not-yours", change: ["source": "/410322/units/jm-office/intake/2"]),
        Case(status: 403, code: "type-not-yours", change: ["type": "labour.child-labour.case-filed"]),
        Case(status: 403, code: "type-not-yours", change: ["type": "labour.correction-order.overdue"]),
        Case(
            status: 422, code: "unknown-type", change: ["type": "labour.child-labour.rumoured"],
            faults: ["attribute:type": "unknown-type"]),
        Case(
            status: 422, code: "unknown-county", change: ["county": "999999"],
            faults: ["attribute:county": "unknown-county"]),
        // The county bears this code only since March 2021.
        Case(
            status: 422, code: "unknown-county", change: ["county": "410308"],
            faults: ["attribute:county": "unknown-county"]),
        Case(status: 501, code: "not-yet", change: ["corrects": "1"]),
    ]

    private static let attributes: [Case] =
        ["recordedat", "policyver", "clause", "employerkind", "workregioncode", "deliveryid", "dutyid", "role"].map {
            Case(
                status: 422, code: "attribute-reserved", change: [$0: "x"],
                faults: ["attribute:\($0)": "attribute-reserved"])
        } + [
            Case(
                status: 422, code: "unknown-attribute", change: ["priority": "high"],
                faults: ["attribute:priority": "unknown-attribute"]),
            Case(
                status: 422, code: "unknown-case", change: ["caseid": "c-99"],
                faults: ["attribute:caseid": "unknown-case"]),
            Case(
                status: 422, code: "unknown-case", change: ["caseid": "99"],
                faults: ["attribute:caseid": "unknown-case"]),
            Case(
                status: 422, code: "unknown-cause", change: ["causeid": "99"],
                faults: ["attribute:causeid": "unknown-cause"]),
            Case(status: 422, code: "invalid", change: ["time": .some(nil)], faults: ["attribute:time": "required"]),
            Case(status: 422, code: "invalid", change: ["time": "昨天"], faults: ["attribute:time": "bad-time"]),
            Case(
                status: 422, code: "invalid", change: ["time": "2020-02-30T09:00:00+08:00"],
                faults: ["attribute:time": "bad-time"]),
            Case(
                status: 422, code: "invalid", change: ["id": .string(String(repeating: "9a", count: 65))],
                faults: ["attribute:id": "too-long"]),
            // Attributes are open to every recipient and to logs.
            Case(
                status: 422, code: "invalid", change: ["subject": "410322200706129015"],
                faults: ["attribute:subject": "personal-data-in-attribute"]),
            // Everything that is wrong with them at once.
            Case(
                status: 422, code: "invalid",
                change: ["priority": "high", "clause": "x", "time": "2020-10-26T09:20:00", "caseid": "c-99"],
                faults: [
                    "attribute:priority": "unknown-attribute", "attribute:clause": "attribute-reserved",
                    "attribute:time": "time-without-offset", "attribute:caseid": "unknown-case",
                ]),
        ]

    private static let envelopes: [Case] = [
        Case(
            status: 400, code: "bad-envelope", change: ["id": .some(nil), "type": .some(nil)],
            faults: ["attribute:id": "required", "attribute:type": "required"]),
        Case(status: 400, code: "bad-envelope", change: ["source": ""], faults: ["attribute:source": "empty"]),
        Case(status: 400, code: "bad-envelope", change: ["id": 7], faults: ["attribute:id": "wrong-type"]),
        Case(
            status: 400, code: "bad-envelope", change: ["specversion": "0.3"],
            faults: ["attribute:specversion": "bad-specversion"]),
        Case(
            status: 400, code: "bad-envelope", change: ["caseId": "c-1"],
            faults: ["attribute:caseId": "bad-attribute-name"]),
        Case(
            status: 400, code: "bad-envelope", change: ["abcdefghijklmnopqrstu": "x"],
            faults: ["attribute:abcdefghijklmnopqrstu": "bad-attribute-name"]),
        Case(
            status: 400, code: "bad-envelope", change: ["caseid": ["c-1"]],
            faults: ["attribute:caseid": "wrong-type"]),
    ]

    @Test(arguments: rights + attributes + envelopes)
    func theRefusalNamesWhatIsWrong(refusal: Case) async throws {
        try await TestHub.with { hub in
            var event = try Sample.report(id: "LB-1", employer: 1)
            for (name, value) in refusal.change { event = event.with(name, value) }
            let answer = try await hub.publish(event, as: Self.office)
            #expect(answer.status == refusal.status && answer.code == refusal.code, "\(answer.text)")
            #expect(answer.json.faults == Set(refusal.faults.map { ShownFault($0.key, $0.value) }))
            for fault in answer.json.list("errors") {
                #expect(fault.names == ["path", "code", "message", "messageZh"])
                #expect(fault.text("message")?.isEmpty == false && fault.text("messageZh")?.isEmpty == false)
            }
            let stored = try await hub.number("SELECT count(*) FROM hub.event_key")
            #expect(stored == 0)
        }
    }

    @Test func aTimeWithoutOffsetComesBackCorrected() async throws {
        try await TestHub.with { hub in
            let event = try Sample.childLabour.event(id: "LB-1", time: "2020-10-26T09:20:00")
            let answer = try await hub.publish(event, as: Self.office)
            #expect(answer.status == 422 && answer.code == "time-without-offset")
            #expect(answer.json.text("errors/0/message")?.contains("2020-10-26T09:20:00+08:00") == true)
            #expect(answer.json.text("errors/0/messageZh")?.contains("2020-10-26T09:20:00+08:00") == true)
        }
    }

    @Test func aCodeOfAnotherCountyIsThatCountys() async throws {
        try await TestHub.with { hub in
            try await EditedCounty.with { folder in
                try folder.replaceEverywhere("410322", with: "410329")
                try folder.replaceEverywhere("410308", with: "410309")
                try await folder.load(as: "yichuan", into: hub)
            }
            let event = try Sample.report(id: "LB-1", employer: 1).with("county", "410329")
            try await eventually("the hub knows the other county") {
                let answer = try await hub.publish(event, as: Self.office)
                return answer.status == 403 && answer.code == "county-not-yours"
            }
            let own = try await hub.publish(event.with("county", "410322"), as: Self.office)
            #expect(own.status == 201)
        }
    }

    /// 401, 413, 415, 400, 403 of the sender, 409, 422: what comes first is said,
    /// whatever else is wrong.
    @Test func theFirstObstacleIsTheAnswer() async throws {
        try await TestHub.with { hub in
            let good = try Sample.report(id: "LB-1", employer: 1)
            let stored = try await hub.publish(good, as: Self.office)
            #expect(stored.status == 201)
            let large = [UInt8](repeating: 0x20, count: (1 << 20) + 1)
            let officer = TestHub.Speaker.officer("jm-office-01")
            let structured = "application/cloudevents+json"
            let steps: [(Int, TestHub.Speaker, String, [UInt8])] = [
                (401, .nobody, "text/plain", large),
                (413, officer, "text/plain", large),
                (415, officer, "text/plain", Array("{".utf8)),
                (400, officer, structured, Array("{".utf8)),
                (400, officer, structured, Array("{}".utf8)),
                (403, officer, structured, good.encodedBytes()),
                (403, Self.office, structured, good.with("source", "/x").with("type", "x").encodedBytes()),
                (409, Self.office, structured, good.with("type", "x").with("data/childrenCount", "x").encodedBytes()),
            ]
            for (status, speaker, type, body) in steps {
                let answer = try await hub.send(
                    "POST", "/v1/events", as: speaker, headers: [("Content-Type", type)], body: body)
                #expect(answer.status == status, "\(answer.text)")
            }
        }
    }
}
