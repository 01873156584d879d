import CloudEvents
import Coordination
import Store

extension Publisher {
    /// The case and the cause that an event names.
    struct NamedCase {
        /// The case the event belongs to by what its attributes say; nil where
        /// its own key tells that, or nothing.
        var caseID: CaseID?
        var cause: Position?
        var faults: [InputFault] = []
    }

    /// The case and the cause an event names, if this unit knows them.
    ///
    /// A case holds events of one kind: an employer's report that named a
    /// child's case would be read by all who deal with the child. What a cause
    /// belongs to is only a guess, so the event's own key goes before it.
    ///
    /// - Parameter hasKey: whether the data tell the case.
    func namedCase(
        of event: CloudEvent, contract: EventContract, hasKey: Bool, county: CountyRuntime, principal: Principal,
    ) async throws -> NamedCase {
        var named = NamedCase()
        if let text = event.extensions["caseid"]?.text {
            if let id = CaseID(text: text),
                try await store.takesPart(unit: principal.unit, in: id, county: county.id)
            {
                named.caseID = id
                if try await !isFitting(id, contract, county: county) { named.faults.append(.otherCaseKind) }
            } else {
                named.faults.append(
                    EnvelopeRules.fault(
                        "caseid", "unknown-case", "there is no such case that this unit takes part in",
                        "没有本单位参与的此个案"))
            }
        }
        guard let text = event.extensions["causeid"]?.text else { return named }
        guard let number = Int64(text), number > 0,
            let known = try await knownEvent(at: Position(rawValue: number), county: county, unit: principal.unit)
        else {
            named.faults.append(
                EnvelopeRules.fault(
                    "causeid", "unknown-cause", "there is no such event that this unit knows", "没有本单位知悉的此事件"))
            return named
        }
        named.cause = known.position
        if named.caseID == nil, !hasKey, let id = known.caseID,
            try await isFitting(id, contract, county: county)
        {
            named.caseID = id
        }
        return named
    }

    /// Whether events of a type may belong to a case; those that make no case
    /// belong to any.
    private func isFitting(_ id: CaseID, _ contract: EventContract, county: CountyRuntime) async throws -> Bool {
        guard let kind = contract.caseKind else { return true }
        return try await store.caseRecord(id, county: county.id)?.kind == kind.rawValue
    }

    private func knownEvent(at position: Position, county: CountyRuntime, unit: UnitID) async throws -> EventRecord? {
        guard let record = try await store.event(at: position, county: county.id) else { return nil }
        if record.publisher == unit || record.units.contains(unit) { return record }
        return try await store.reception(of: position, by: unit, county: county.id) == nil ? nil : record
    }
}

extension InputFault {
    /// An explicit case that is about something else than the event's type.
    fileprivate static let otherCaseKind = EnvelopeRules.fault(
        "caseid", "other-case-kind",
        "this case is about something else than events of this type are; leave it out or name another",
        "该个案的类别与此事件类型不符，请去掉或改填其他个案")
}
