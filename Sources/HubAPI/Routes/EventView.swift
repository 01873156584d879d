import CloudEvents
import Coordination
import Hub
import Store

/// How an event is shown, and to whom.
enum EventView {
    /// The CloudEvent as recipients get it: the attributes with those the hub
    /// set, and the open data; never a sealed field.
    static func cloudEvent(_ record: EventRecord) -> JSONValue {
        guard case .success(.object(var event)) = JSONReader.read(record.attributes) else { return .null }
        event["recordedat"] = .string(record.recordedAt.rfc3339())
        event["policyver"] = .string(record.policyVersion)
        if let caseID = record.caseID { event["caseid"] = .string(caseID.text) }
        if case .success(let open) = JSONReader.read(record.open) { event["data"] = open }
        return .object(event)
    }

    /// The event of a delivery, with the attributes of that delivery.
    static func delivered(_ record: EventRecord, to recipient: RecipientRecord) -> JSONValue {
        guard case .object(var event) = cloudEvent(record) else { return .null }
        event["deliveryid"] = .string(String(recipient.position.rawValue))
        event["role"] = .string(recipient.role.rawValue)
        if let duty = recipient.duty { event["dutyid"] = .string(String(duty.rawValue)) }
        return .object(event)
    }

    /// `{position, recordedAt, status, role, event}`.
    static func shown(_ record: EventRecord, role: String) -> JSONValue {
        [
            "position": .string(String(record.position.rawValue)),
            "recordedAt": .string(record.recordedAt.rfc3339()),
            "status": .string(record.status),
            "role": .string(role),
            "event": cloudEvent(record),
        ]
    }

    /// An event that a caller may see, and in which capacity.
    struct Sight {
        var record: EventRecord
        /// The unit's role, or `publisher`, or `secretariat`.
        var role: String
        var isLead: Bool
    }

    /// An event a caller may see.
    ///
    /// A program sees what its unit sent with `publish` and what it received
    /// with `receive`; an officer sees both.
    ///
    /// - Throws: `not-found` for what is not there and for what is not theirs,
    ///   `scope-missing` for what a token of the unit with another scope sees.
    static func visible(
        _ position: Position, principal: Principal, county: CountyRuntime, store: Store,
    ) async throws -> Sight {
        guard let record = try await store.event(at: position, county: county.id) else { throw HubError("not-found") }
        let reception = try await store.reception(of: record.position, by: principal.unit, county: county.id)
        let isLead = reception.map { $0.role == .lead || $0.alsoRoles.contains(.lead) } ?? false
        let isOwn = record.publisher == principal.unit
        if isOwn, principal.sees(with: .publish) {
            return Sight(record: record, role: "publisher", isLead: isLead)
        }
        // A sealed matter is addressed to one officer; for the rest of the unit
        // it does not exist.
        if let reception, reception.officer == nil || reception.officer == principal.officer {
            guard principal.sees(with: .receive) else { throw missing(isOwn ? [.publish, .receive] : [.receive]) }
            return Sight(record: record, role: reception.role.rawValue, isLead: isLead)
        }
        if isOwn { throw missing([.publish]) }
        // Nor does it for the secretariat.
        let isSealed = county.catalogue.contract(record.type)?.isSealed ?? true
        if principal.has(.secretariat), !isSealed {
            return Sight(record: record, role: "secretariat", isLead: isLead)
        }
        throw HubError("not-found")
    }

    private static func missing(_ scopes: [Scope]) -> HubError {
        HubError("scope-missing", details: ["needs": .array(scopes.map { .string($0.rawValue) })])
    }
}

extension Principal {
    /// Whether events are shown that a program sees with this scope.
    fileprivate func sees(with scope: Scope) -> Bool { officer != nil || has(scope) }
}
