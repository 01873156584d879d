import CloudEvents
import Coordination
import Hub
import Store

/// Cases: what a unit may see of how one went.
struct CaseRoutes: Sendable {
    let services: HubServices

    var endpoints: [Endpoint] {
        [
            Endpoint(
                "GET", "/v1/cases/{caseId}", .anyToken, "The timeline of a case, as far as this unit may see it",
                "个案时间线", queries: ["limit", "cursor"], answers: [Endpoint.Answer(200, "Case")], handle: timeline)
        ]
    }

    private func timeline(_ request: APIRequest) async throws -> APIResponse {
        let principal = try request.principal()
        let county = try services.counties.county(principal.county)
        let limit = try request.limit()
        let before = try request.position("cursor")
        let store = services.store
        let isSecretariat = principal.has(.secretariat)
        guard let text = request.parameters["caseId"], let id = CaseID(text: text),
            let record = try await store.caseRecord(id, county: county.id)
        else { throw HubError("not-found") }
        if !isSecretariat {
            guard try await store.takesPart(unit: principal.unit, in: id, county: county.id) else {
                throw HubError("not-found")
            }
        }
        let reader = LogReader(county: county.id, unit: principal.unit, isSecretariat: isSecretariat)
        let entries = try await store.caseTimeline(id, for: reader, before: before, limit: limit + 1)
        let page = entries.prefix(limit)
        let shown = page.filter { shows($0, county: county, principal: principal) }
        // What is not shown does not exist: a case of which nothing is shown neither.
        if shown.isEmpty, before == nil, entries.count <= limit { throw HubError("not-found") }
        return .json([
            "caseId": .string(id.text),
            "kind": .string(record.kind),
            "state": record.closedAt == nil ? "open" : "closed",
            "openedAt": .string(record.openedAt.rfc3339()),
            "closedAt": .optional(record.closedAt),
            "items": .array(shown.map(Self.item)),
            "next": entries.count > limit ? page.last.map { .string(String($0.position.rawValue)) } ?? .null : .null,
        ])
    }

    /// The secretariat sees a whole county but for what is sealed as a whole.
    private func shows(_ entry: CaseEntry, county: CountyRuntime, principal: Principal) -> Bool {
        guard case .event(let record, let role) = entry, role == "secretariat" else { return true }
        return !(county.catalogue.contract(record.type)?.isSealed ?? true)
    }

    private static func item(_ entry: CaseEntry) -> JSONValue {
        switch entry {
        case .event(let record, let role):
            guard case .object(var item) = EventView.shown(record, role: role) else { return .null }
            item["kind"] = "event"
            item["at"] = .string(record.recordedAt.rfc3339())
            return .object(item)
        case .change(let change):
            return [
                "kind": "duty",
                "position": .string(String(change.position.rawValue)),
                "at": .string(change.at.rfc3339()),
                "dutyId": .string(String(change.duty.rawValue)),
                "unit": .string(change.unit.rawValue),
                "by": .string(change.byUnit.rawValue),
                "command": .string(change.command),
                "from": .string(change.from),
                "to": .string(change.to),
                "version": .integer(Int64(change.version)),
            ]
        }
    }
}
