import CloudEvents
import TestSupport
import Testing

/// A case holds events about the same: a cause or a case of another kind does
/// not draw them into it.
struct CaseKindTests {
    private static let town = TestHub.Speaker.unit("town:410322101")
    private static let source: JSONValue = "/410322/units/town:410322101"

    /// A child's case that the town takes part in: its position and number.
    private func absence(in hub: TestHub) async throws -> (position: JSONValue, caseID: JSONValue) {
        let answer = try await hub.publish(try Sample.absence.event(id: "KQ-1"), as: .unit(Sample.absence.publisher))
        #expect(answer.status == 201, "\(answer.text)")
        return (try #require(answer.json.at("position")), try #require(answer.json.at("caseId")))
    }

    @Test func anEventWithAKeyOfItsOwnKeepsItsCase() async throws {
        try await TestHub.with { hub in
            let child = try await absence(in: hub)
            let report = try Sample.report(id: "LB-1", employer: 1).with("source", Self.source)
            let caused = try await hub.publish(report.with("causeid", child.position), as: Self.town)
            #expect(caused.status == 201, "\(caused.text)")
            #expect(caused.json.at("caseId") != child.caseID)
            let plain = try await hub.publish(report.with("id", "LB-2"), as: Self.town)
            #expect(plain.json.at("caseId") == caused.json.at("caseId"))
        }
    }

    @Test func aCauseOfAnotherKindGivesNoCase() async throws {
        try await TestHub.with { hub in
            let child = try await absence(in: hub)
            let sample = try await hub.get(
                "/v1/contracts/culture.venue-inspection.requested/sample", as: Self.town
            ).json
            let request = sample.with("source", Self.source).with("data/venueName", nil).with("causeid", child.position)
            let answer = try await hub.publish(request, as: Self.town)
            #expect(answer.status == 201, "\(answer.text)")
            #expect(answer.json.at("caseId") != child.caseID)
        }
    }

    @Test func aCaseOfAnotherKindIsRefused() async throws {
        try await TestHub.with { hub in
            let child = try await absence(in: hub)
            let report = try Sample.report(id: "LB-1", employer: 1).with("source", Self.source)
            let answer = try await hub.publish(report.with("caseid", child.caseID), as: Self.town)
            #expect(answer.status == 422, "\(answer.text)")
            #expect(answer.json.faults == [ShownFault("attribute:caseid", "other-case-kind")])
            #expect(answer.json.text("errors/0/messageZh")?.isEmpty == false)
        }
    }
}
