import CloudEvents
import Coordination
import Hub
import PostgresClient
import Store

/// Opening personal data, and the record of who did.
struct PrivacyRoutes: Sendable {
    let services: HubServices

    var endpoints: [Endpoint] {
        [
            Endpoint(
                "POST", "/v1/events/{position}/open", .scopesOnceVisible([.handle]), body: .json,
                "Open personal data, projected for this unit and role; always on record", "查阅个人信息（留痕）",
                request: "Opening", answers: [Endpoint.Answer(200, "Opened")], refusals: [410, 501], handle: open),
            Endpoint(
                "GET", "/v1/access-log", .scopes([.audit]), "Who opened which personal data of the county, and why",
                "查阅记录", queries: ["unit", "limit", "cursor"], answers: [Endpoint.Answer(200, "AccessLog")],
                handle: accessLog),
        ]
    }

    private func open(_ request: APIRequest) async throws -> APIResponse {
        let principal = try request.principal()
        let county = try services.counties.county(principal.county)
        let position = Position(rawValue: try request.pathNumber("position"))
        var form = BodyForm(try request.object(), known: ["purpose", "emergency"])
        let purpose = form.text("purpose")
        let isEmergency = form.flag("emergency") ?? false
        let asked = Opener.Request(purpose: purpose, isEmergency: isEmergency, faults: form.faults)
        let opened = try await services.opener.open(asked, at: position, by: principal) {
            try await EventView.visible(position, principal: principal, county: county, store: services.store).record
        }
        var answer: JSONObject = [
            "position": .string(String(position.rawValue)),
            "data": .object(opened.data),
        ]
        // Part of the data may be open to the officer while the rest is not.
        answer["approvalRequired"] = .array(opened.withheld.map { .string($0.rawValue) })
        if !opened.withheld.isEmpty { answer["approvers"] = .array(opened.approvers.map(\.asApprover)) }
        return APIResponse.json(.object(answer)).notStored
    }

    private func accessLog(_ request: APIRequest) async throws -> APIResponse {
        let principal = try request.requires(.audit)
        let limit = try request.limit()
        let records = try await services.store.accessLog(
            county: principal.county, unit: request.parameter("unit").map { UnitID($0) },
            before: try request.number("cursor"), limit: limit + 1)
        let shown = records.prefix(limit)
        return APIResponse.json([
            "items": .array(
                shown.map { record in
                    [
                        "at": .string(record.at.rfc3339()),
                        "unit": .string(record.unit.rawValue),
                        "officer": .optional(record.officer?.rawValue),
                        "token": .string(record.token.description),
                        "position": .string(String(record.position.rawValue)),
                        "purpose": .optional(services.opener.purpose(of: record, county: principal.county)),
                        "outcome": record.granted ? "granted" : "refused",
                        "code": .optional(record.code),
                    ]
                }),
            "next": records.count > limit ? shown.last.map { .string(String($0.id)) } ?? .null : .null,
        ]).notStored
    }
}

extension OfficerRecord {
    /// Whom to ask for an approval.
    fileprivate var asApprover: JSONValue { ["id": .string(id.rawValue), "name": .string(name)] }
}
