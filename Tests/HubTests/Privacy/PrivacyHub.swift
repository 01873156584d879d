import CloudEvents
import Coordination
import Hub
import TestSupport
import Testing

extension TestHub {
    /// An officer of a unit who may handle its duties.
    func handler(of unit: UnitID) throws -> Speaker {
        let officers = try county(.mengjin).directory.officers
        let officer = try #require(officers.first { $0.unit == unit && $0.scopes.contains("handle") })
        return .officer(officer.id.rawValue)
    }

    /// Publishes an event as the unit its source names; returns its position.
    func publishAsSender(_ event: JSONValue) async throws -> Published {
        let answer = try await publish(event, as: .unit(event.sender))
        try #require(answer.status == 201, "\(answer.text)")
        return Published(answer: answer)
    }

    /// Opens an event.
    func open(_ position: String, as speaker: Speaker, purpose: JSONValue = "核查") async throws -> TestAnswer {
        try await post("/v1/events/\(position)/open", ["purpose": purpose], as: speaker)
    }

    /// The county's access log, as its auditor sees it.
    func accessLog(_ query: String = "") async throws -> [JSONValue] {
        let answer = try await get("/v1/access-log\(query)", as: .auditor)
        try #require(answer.status == 200, "\(answer.text)")
        return answer.json["items"]?.arrayValue ?? []
    }
}

extension TestHub.Speaker {
    /// Who may read the access log of the county as shipped.
    static let auditor = TestHub.Speaker.officer("county-gov-office-01")
}

/// An event that was stored, by its receipt.
struct Published {
    let answer: TestAnswer

    var position: String { answer.json["position"]?.stringValue ?? "" }
    var caseID: String? { answer.json["caseId"]?.stringValue }
    var recipients: [JSONValue] { answer.json["recipients"]?.arrayValue ?? [] }

    /// The units that received it, each with its role and its duty.
    var units: [(unit: UnitID, role: String, duty: String?)] {
        recipients.map {
            (UnitID($0["unit"]?.stringValue ?? ""), $0["role"]?.stringValue ?? "", $0["dutyId"]?.stringValue)
        }
    }

    /// The duty of a unit.
    func duty(of unit: UnitID) throws -> String {
        try #require(units.first { $0.unit == unit }?.duty)
    }
}
