import ChineseIdentifiers
package import CloudEvents
import Coordination
import Store

/// An event that may be stored: judged, routed and sealed.
struct PreparedEvent: Sendable {
    var row: AdmissionRow
    var decision: RoutingDecision
    var warnings: [InputFault]
}

extension Publisher {
    /// Judges, routes and seals an event.
    ///
    /// - Parameter at: the instant to take for now; the county's clock when nil.
    /// - Throws: ``HubError`` for an event that cannot be stored.
    func prepare(
        _ event: CloudEvent, county: CountyRuntime, principal: Principal, options: Options, at: Timestamp? = nil,
    ) async throws -> PreparedEvent {
        let now = at ?? clock.now(in: county.id)
        let type = EventType(event.type)
        guard let contract = county.catalogue.contract(type) else {
            throw HubError(
                "unknown-type",
                faults: [
                    EnvelopeRules.fault("type", "unknown-type", "there is no such event type", "没有此事件类型")
                ])
        }
        let right =
            county.directory.unit(principal.unit).map { contract.publishingRight(of: $0, on: now.beijingDate) } ?? .none
        guard right != .none else { throw HubError("type-not-yours") }
        if event.extensions["corrects"] != nil { throw HubError("not-yet") }

        var faults = EnvelopeRules.faults(of: event, promoted: contract.promotedNames)
        let time = EnvelopeRules.time(of: event) ?? now
        let content = judgeData(event, contract: contract, time: time, options: options, county: county)
        faults += content.faults
        let naming = EnvelopeRules.naming(content.personNames, in: event)
        faults += naming.faults
        let caseID = try await namedCase(
            of: event, contract: contract, hasKey: content.naturalKey != nil, county: county, principal: principal)
        faults += caseID.faults
        guard faults.isEmpty else { throw Self.refusal(faults) }

        if right == .asHandler {
            try await checkHandler(of: caseID.caseID, county: county, unit: principal.unit)
        }
        var warnings = content.warnings + naming.warnings
        if time.microseconds > now.microseconds + 300_000_000 {
            warnings.append(
                EnvelopeRules.fault(
                    "time", "clock-ahead", "the time lies ahead of the hub's clock; clocks run from recordedAt",
                    "发生时间晚于系统时间；时限自入库时间起算"))
        }
        let decision = county.policy.route(
            RoutingInput(
                type: type, publisher: principal.unit, attributes: Self.routingAttributes(event, content.promoted),
                routable: content.routable, time: time, recordedAt: now, sealedWhole: contract.isSealed))
        return try seal(
            event, content: content, decision: decision, contract: contract, county: county, principal: principal,
            now: now, caseID: caseID.caseID, cause: caseID.cause, warnings: warnings)
    }

    private func judgeData(
        _ event: CloudEvent, contract: EventContract, time: Timestamp, options: Options, county: CountyRuntime,
    ) -> ContractResult {
        if event.data != nil, event.jsonData == nil {
            var result = ContractResult()
            result.faults = [
                InputFault(
                    path: "/data", code: "wrong-type", message: "data must be a JSON object", messageZh: "data应为JSON对象")
            ]
            return result
        }
        return contract.admit(
            data: event.jsonData, time: time, lenient: options.lenient, directory: county.directory,
            dayKind: { county.calendar.dayKind($0) })
    }

    private static func refusal(_ faults: [InputFault]) -> HubError {
        let codes = Set(faults.map(\.code)).subtracting([EnvelopeRules.tooMany.code])
        let named: Set<String> = [
            "time-without-offset", "attribute-reserved", "unknown-attribute", "unknown-case", "unknown-cause",
        ]
        let code = codes.count == 1 ? codes.first.flatMap { named.contains($0) ? $0 : nil } : nil
        return HubError(code ?? "invalid", faults: faults)
    }

    /// A type that only the unit holding the duty may send.
    private func checkHandler(of caseID: CaseID?, county: CountyRuntime, unit: UnitID) async throws {
        guard let caseID,
            try await store.duties(ofCase: caseID, county: county.id)
                .contains(where: { $0.unit == unit && Role.responsible.contains($0.role) })
        else { throw HubError("type-not-yours") }
    }

    private static func routingAttributes(
        _ event: CloudEvent, _ promoted: [(name: String, value: AttributeValue)],
    ) -> [String: CESQLValue] {
        var attributes: [String: CESQLValue] = [
            "specversion": .string("1.0"), "id": .string(event.id), "source": .string(event.source),
            "type": .string(event.type),
        ]
        for (name, text) in [("time", event.time), ("subject", event.subject)] {
            if let text { attributes[name] = .string(text) }
        }
        for (name, value) in promoted { attributes[name] = value.filterValue }
        return attributes
    }

    private func seal(
        _ event: CloudEvent, content: ContractResult, decision: RoutingDecision, contract: EventContract,
        county: CountyRuntime, principal: Principal, now: Timestamp, caseID: CaseID?, cause: Position?,
        warnings: [InputFault],
    ) throws -> PreparedEvent {
        let key = EventKey.of(source: event.source, id: event.id)
        let sealed = try sealer.seal(
            parts: Self.parts(of: content, warnings: warnings), county: county.id.rawValue, key: key,
            attributes: JSONValue.object(EnvelopeRules.identityAttributes(of: event)).canonicalBytes(),
            data: event.canonicalData)
        var attributes = event.attributes
        for (name, value) in content.promoted { attributes[name] = value.jsonValue }
        attributes["clause"] = decision.clause.map { .string($0) }
        // The contract's own key joins the case only where the sender named none.
        let caseKey =
            caseID == nil
            ? content.naturalKey.flatMap { naturalKey in
                contract.caseKind.map {
                    sealer.caseKey(county: county.id.rawValue, kind: $0.rawValue, naturalKey: naturalKey)
                }
            } : nil
        let row = AdmissionRow(
            county: county.id, key: key, recordedAt: now, type: contract.type, publisher: principal.unit,
            caseKind: contract.caseKind?.rawValue, caseKey: caseKey, caseID: caseID, cause: cause,
            status: decision.status.rawValue, policyVersion: decision.policyVersion,
            contractVersion: contract.version, clause: decision.clause, priority: decision.priority.rawValue,
            contentHash: sealed.contentHash, attributes: JSONValue.object(attributes).canonicalBytes(),
            open: JSONValue.object(content.open).canonicalBytes(),
            explanation: Wording(of: decision.explanation.bytes),
            sealed: sealed.parts,
            recipients: decision.recipients.map { Self.recipient($0, county: county) })
        return PreparedEvent(row: row, decision: decision, warnings: warnings)
    }

    /// The sealed parts by audience. The personal part is always there: its
    /// key also keys the content hash, and it keeps the warnings, which may
    /// name what a sender called a field.
    private static func parts(
        of content: ContractResult, warnings: [InputFault],
    ) -> [(audience: String, body: [UInt8])] {
        var personal = JSONObject()
        for sealedClass in [SealedClass.personal, .sensitive] {
            if let part = content.sealed[sealedClass] { personal[sealedClass.rawValue] = .object(part) }
        }
        if !warnings.isEmpty { personal["warnings"] = .array(warnings.map(\.warningValue)) }
        var parts = [(audience: "personal", body: JSONValue.object(personal).canonicalBytes())]
        for sealedClass in [SealedClass.reporter, .officials, .router] {
            if let part = content.sealed[sealedClass] {
                parts.append((sealedClass.rawValue, JSONValue.object(part).canonicalBytes()))
            }
        }
        return parts
    }

    static func recipient(_ planned: PlannedRecipient, county: CountyRuntime) -> AdmissionRow.Recipient {
        guard let duty = planned.duty else {
            return AdmissionRow.Recipient(planned: planned, state: .dispatched, wording: nil, timers: [])
        }
        return AdmissionRow.Recipient(
            planned: planned,
            state: duty.awaitsDispatch ? .awaitingDispatch : .dispatched,
            wording: Wording(of: duty.milestones.words),
            timers: firstTimers(duty.milestones, ladder: duty.ladder, county: county))
    }

    /// The first step of each milestone's ladder, for every clock that runs.
    static func firstTimers(
        _ milestones: [Milestone], ladder name: String?, county: CountyRuntime,
    ) -> [AdmissionRow.FirstTimer] {
        let ladder = name.flatMap { county.ladders[$0] }
        return milestones.compactMap { milestone in
            guard milestone.met == nil, let due = milestone.due else { return nil }
            // Where no step is left to wait for, the sweep looks when it is
            // late: lists of what is late read the timers.
            let first = ladder?.firstTimer(for: milestone, calendar: county.calendar) ?? LadderTimer(step: 1, due: due)
            return AdmissionRow.FirstTimer(milestone: milestone.name, step: first.step, due: first.due)
        }
    }
}

extension PreparedEvent {
    /// The receipt of an event that was stored just now.
    func receipt(_ admitted: Admitted, event: CloudEvent, county: CountyRuntime) -> Receipt {
        var warnings = warnings
        if admitted.repeated { warnings.append(.possibleDuplicate) }
        return Receipt(
            position: admitted.position, source: event.source, eventID: event.id, type: row.type,
            caseID: admitted.caseID, policyVersion: row.policyVersion, recordedAt: row.recordedAt,
            contentHash: row.contentHash, duplicate: false, status: row.status, clause: row.clause,
            recipients: zip(row.recipients, zip(admitted.duties, admitted.joins)).map { recipient, duty in
                let planned = recipient.planned
                return Receipt.Recipient(
                    unit: planned.unit, unitName: county.name(of: planned.unit, at: row.recordedAt),
                    role: planned.role, alsoRoles: planned.alsoRoles, planRole: planned.planRole, duty: duty.0,
                    joined: duty.1, signBy: planned.duty?.signBy, settleBy: planned.duty?.settleBy,
                    milestones: planned.duty?.milestones ?? [], provisional: planned.duty?.provisional ?? false,
                    sentence: planned.sentence, rule: planned.rule)
            },
            warnings: warnings)
    }
}

extension InputFault {
    /// The warning of a new id whose subject is being dealt with already.
    static let possibleDuplicate = InputFault(
        path: "", code: "possible-duplicate", message: "an earlier report about the same subject is still open",
        messageZh: "同一对象已有未办结的事项，可能重复报送")
}

extension Sequence<ExplanationStep> {
    /// Writes the steps as they are kept and shown, in the canonical form.
    package func write(to writer: inout JSONWriter) {
        writer.beginArray()
        for step in self {
            writer.beginObject()
            writer.member("because", step.because)
            writer.member("becauseZh", step.becauseZh)
            writer.member("matched", step.matched)
            writer.member("rule", step.rule)
            writer.member("sentence", step.sentence)
            writer.member("unit", step.unit?.rawValue)
            writer.endObject()
        }
        writer.endArray()
    }

    fileprivate var bytes: [UInt8] {
        var writer = JSONWriter(reserving: 4096)
        write(to: &writer)
        return writer.bytes
    }
}

extension AttributeValue {
    /// The value as a filter sees it; bytes as their text.
    var filterValue: CESQLValue {
        switch self {
        case .boolean(let value): .boolean(value)
        case .integer(let value): .integer(value)
        case .string, .binary: .string(text)
        }
    }

    /// The value in the JSON format.
    var jsonValue: JSONValue {
        switch self {
        case .boolean(let value): .bool(value)
        case .integer(let value): .integer(Int64(value))
        case .string, .binary: .string(text)
        }
    }
}
