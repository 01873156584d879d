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

    /// An event and the capacity in which a sender may see it.
    ///
    /// - Throws: `not-found` for what is not there and for what is not theirs.
    static func visible(
        _ text: String?, principal: Principal, county: CountyRuntime, store: Store,
    ) async throws -> (record: EventRecord, role: String) {
        guard let text, let number = Int64(text), number > 0, String(number) == text,
            let record = try await store.event(at: Position(rawValue: number), county: county.id)
        else { throw HubError("not-found") }
        if record.publisher == principal.unit { return (record, "publisher") }
        if let reception = try await store.reception(of: record.position, by: principal.unit, county: county.id) {
            return (record, reception.role.rawValue)
        }
        // Sealed matters do not exist for the secretariat either.
        let isSealed = county.catalogue.contract(record.type)?.isSealed ?? true
        if principal.has(.secretariat), !isSealed { return (record, "secretariat") }
        throw HubError("not-found")
    }
}
