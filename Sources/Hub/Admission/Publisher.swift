import ChineseIdentifiers
package import CloudEvents
package import Coordination
import Crypto
package import Logging
package import PostgresClient
package import Store

/// Admits events: judges, routes, seals and stores them, and answers with a
/// receipt after the commit.
///
/// The order of judgement is envelope, source, duplicate, type, contract: a
/// retry gets its first receipt even after the contract or the policy changed.
/// Everything until the store is a function of the event, the county's files
/// and the clock; only the lane sees the database.
package struct Publisher: Sendable {
    package let store: Store
    package let counties: CountyRegistry
    package let clock: HubClock
    package let sealer: Sealer
    package let lane: LaneBatcher<AdmissionRow, Admitted>
    package let wakeups: Wakeups
    package let logger: Logger

    package init(
        store: Store, counties: CountyRegistry, clock: HubClock, sealer: Sealer,
        lane: LaneBatcher<AdmissionRow, Admitted>, wakeups: Wakeups, logger: Logger,
    ) {
        self.store = store
        self.counties = counties
        self.clock = clock
        self.sealer = sealer
        self.lane = lane
        self.wakeups = wakeups
        self.logger = logger
    }

    /// How a sender wants faults treated.
    package struct Options: Sendable {
        /// Drop unknown fields with a warning instead of refusing them.
        package var lenient = false

        package init(lenient: Bool = false) {
            self.lenient = lenient
        }
    }

    /// Publishes one event.
    ///
    /// - Throws: ``HubError`` with the API's code.
    package func publish(_ event: CloudEvent, by principal: Principal, options: Options) async throws -> Receipt {
        let county = try counties.county(principal.county)
        try checkSource(of: event, county: county, principal: principal)
        let prepared: PreparedEvent
        do {
            prepared = try await prepare(event, county: county, principal: principal, options: options)
        } catch let refusal as HubError {
            // A retry must get its first receipt even if the contract has
            // changed since; only now is it worth asking.
            if let first = try await firstReceipt(of: event, county: county) { return first }
            throw refusal
        }
        let admitted = try await lane.submit(prepared.row)
        return try await finish(prepared, admitted, event: event, county: county)
    }

    /// Publishes several events in their order; a bad one never fails its
    /// neighbours.
    package func publish(
        batch: [Result<CloudEvent, HubError>], by principal: Principal, options: Options,
    ) async throws -> [Result<Receipt, HubError>] {
        let county = try counties.county(principal.county)
        var results = [Result<Receipt, HubError>?](repeating: nil, count: batch.count)
        var prepared: [(index: Int, event: CloudEvent, prepared: PreparedEvent)] = []
        for (index, item) in batch.enumerated() {
            do throws(HubError) {
                let event = try item.get()
                prepared.append(
                    (index, event, try await judged(event, county: county, principal: principal, options: options)))
            } catch {
                results[index] = .failure(error)
                if error.code != "bad-envelope", case .success(let event) = item,
                    let first = try await firstReceiptOrRefusal(of: event, county: county, principal: principal)
                {
                    results[index] = first
                }
            }
        }
        let outcomes = await lane.submit(all: prepared.map(\.prepared.row))
        for (entry, outcome) in zip(prepared, outcomes) {
            do {
                results[entry.index] = .success(
                    try await finish(entry.prepared, try outcome.get(), event: entry.event, county: county))
            } catch let error as HubError {
                results[entry.index] = .failure(error)
            } catch {
                results[entry.index] = .failure(HubError("internal"))
            }
        }
        return results.map { $0 ?? .failure(HubError("internal")) }
    }

    private func judged(
        _ event: CloudEvent, county: CountyRuntime, principal: Principal, options: Options,
    ) async throws(HubError) -> PreparedEvent {
        do {
            try checkSource(of: event, county: county, principal: principal)
            return try await prepare(event, county: county, principal: principal, options: options)
        } catch let error as HubError {
            throw error
        } catch {
            throw HubError("database-unavailable", retryAfter: 2)
        }
    }

    private func firstReceiptOrRefusal(
        of event: CloudEvent, county: CountyRuntime, principal: Principal,
    ) async throws -> Result<Receipt, HubError>? {
        guard county.allows(source: event.source, of: principal.unit) else { return nil }
        do {
            return try await firstReceipt(of: event, county: county).map { .success($0) }
        } catch let error as HubError {
            return .failure(error)
        }
    }

    /// What publishing would answer, without storing anything.
    ///
    /// - Parameter at: judge with the clock at this instant instead of now.
    /// - Returns: the status publishing would have (201 or 200) with the
    ///   receipt and the steps of the routing.
    package func dryRun(
        _ event: CloudEvent, by principal: Principal, options: Options, at: Timestamp?,
    ) async throws -> (status: Int, receipt: Receipt, explanation: [ExplanationStep]) {
        let county = try counties.county(principal.county)
        try checkSource(of: event, county: county, principal: principal)
        if let first = try await firstReceipt(of: event, county: county) {
            return (200, first, [])
        }
        let prepared = try await prepare(event, county: county, principal: principal, options: options, at: at)
        let receipt = prepared.receipt(
            Admitted(
                position: Position(rawValue: 0), duplicate: false, caseID: prepared.row.caseID, repeated: false,
                duties: prepared.row.recipients.map { _ in nil }, joins: prepared.row.recipients.map { _ in false }),
            event: event, county: county)
        return (201, receipt, prepared.decision.explanation)
    }

    // MARK: - Judging

    private func checkSource(of event: CloudEvent, county: CountyRuntime, principal: Principal) throws {
        if let attribute = event.extensions["county"] {
            let known = counties.codes(attribute.text)
            let day = (EnvelopeRules.time(of: event) ?? clock.now(in: county.id)).beijingDate
            guard let named = known.first(where: { $0.isValid(on: day) }) else {
                throw HubError(
                    "unknown-county",
                    faults: [
                        EnvelopeRules.fault(
                            "county", "unknown-county", "no county has this code at that time", "该时间没有使用此代码的县")
                    ])
            }
            guard named.county == county.id else { throw HubError("county-not-yours") }
        }
        guard county.allows(source: event.source, of: principal.unit) else {
            throw HubError(
                "source-not-yours",
                details: ["sources": .array(county.sources(of: principal.unit).map { .string($0) })])
        }
    }

    // MARK: - After the commit

    private func finish(
        _ prepared: PreparedEvent, _ admitted: Admitted, event: CloudEvent, county: CountyRuntime,
    ) async throws -> Receipt {
        if admitted.duplicate {
            return try await receipt(at: admitted.position, comparing: event, county: county)
        }
        wakeups.ring(prepared.row.recipients.map { Wakeups.Key(county: county.id, unit: $0.planned.unit) })
        var receipt = prepared.receipt(admitted, event: event, county: county)
        if admitted.joins.contains(true) {
            receipt.recipients = try await recipients(at: admitted.position, county: county)
        }
        return receipt
    }

    /// The first receipt of an event that was stored before; nil when it is new.
    private func firstReceipt(of event: CloudEvent, county: CountyRuntime) async throws -> Receipt? {
        let key = EventKey.of(source: event.source, id: event.id)
        guard let position = try await store.position(ofKey: key, county: county.id) else { return nil }
        return try await receipt(at: position, comparing: event, county: county)
    }

    /// The receipt of a stored event, if `event` has the same content.
    ///
    /// - Throws: `event-id-reused` for another content.
    private func receipt(
        at position: Position, comparing event: CloudEvent, county: CountyRuntime,
    ) async throws -> Receipt {
        guard let record = try await store.event(at: position, county: county.id) else { throw HubError("internal") }
        let parts = try await store.sealedParts(of: position, county: county.id)
        guard let personal = parts.first(where: { $0.audience == "personal" }) else { throw HubError("internal") }
        let key = EventKey.of(source: event.source, id: event.id)
        let data = event.canonicalData
        let same: Bool
        do throws(Sealer.Fault) {
            same = try sealer.matches(
                hash: record.contentHash,
                attributes: JSONValue.object(EnvelopeRules.identityAttributes(of: event)).canonicalBytes(),
                data: data, personal: personal, county: county.id.rawValue, key: key)
        } catch {
            // Erased: nothing can be compared any more; the id stays taken.
            same = false
        }
        guard same else {
            throw HubError(
                "event-id-reused",
                details: [
                    "contentHash": .string(record.contentHash.hexadecimal),
                    "position": .string(String(position.rawValue)),
                ])
        }
        var receipt = try await self.receipt(of: record, event: event, county: county)
        receipt.duplicate = true
        receipt.warnings = keptWarnings(personal, county: county, key: key)
        return receipt
    }

    private func keptWarnings(
        _ personal: AdmissionRow.SealedPart, county: CountyRuntime, key: PostgresUUID,
    ) -> [InputFault] {
        guard let body = try? sealer.open(personal, county: county.id.rawValue, key: key),
            case .success(let value) = JSONReader.read(body)
        else { return [] }
        return (value["warnings"]?.arrayValue ?? []).compactMap { InputFault($0) }
    }

    private func receipt(of record: EventRecord, event: CloudEvent, county: CountyRuntime) async throws -> Receipt {
        Receipt(
            position: record.position, source: event.source, eventID: event.id, type: record.type,
            caseID: record.caseID, policyVersion: record.policyVersion, recordedAt: record.recordedAt,
            contentHash: record.contentHash, duplicate: false, status: record.status, clause: record.clause,
            recipients: try await recipients(of: record, county: county), warnings: [])
    }

    private func recipients(at position: Position, county: CountyRuntime) async throws -> [Receipt.Recipient] {
        guard let record = try await store.event(at: position, county: county.id) else { throw HubError("internal") }
        return try await recipients(of: record, county: county)
    }

    /// Who received an event at its admission, with the duties as they stand.
    package func recipients(of record: EventRecord, county: CountyRuntime) async throws -> [Receipt.Recipient] {
        let recipients = try await store.recipients(of: record)
        let duties = try await store.duties(ids: recipients.compactMap(\.duty), county: county.id)
        let byID = Dictionary(duties.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        return recipients.map { recipient in
            let duty = recipient.duty.flatMap { byID[$0] }
            return Receipt.Recipient(
                unit: recipient.unit, unitName: county.name(of: recipient.unit, at: record.recordedAt),
                role: recipient.role, alsoRoles: recipient.alsoRoles, planRole: recipient.planRole,
                duty: recipient.duty, joined: recipient.joined, signBy: duty?.signBy, settleBy: duty?.settleBy,
                milestones: duty?.milestones ?? [], provisional: duty?.provisional ?? false,
                sentence: recipient.sentence, rule: recipient.rule)
        }
    }
}

/// The name under which an event is known for ever: the first 16 bytes of
/// SHA-256 over source and id, with a separator neither can hold.
package enum EventKey {
    package static func of(source: String, id: String) -> PostgresUUID {
        var hash = SHA256()
        hash.update(data: Array(source.utf8))
        hash.update(data: [0])
        hash.update(data: Array(id.utf8))
        return PostgresUUID(bytes: Array(Array(hash.finalize()).prefix(16)))
    }
}

extension CloudEvent {
    /// The data in canonical form; an event without data counts as `null`.
    var canonicalData: [UInt8] {
        switch data {
        case .json(let value): value.canonicalBytes()
        case .text(let text): JSONValue.string(text).canonicalBytes()
        case .binary(let bytes): JSONValue.string(bytes.hexadecimal).canonicalBytes()
        case nil: JSONValue.null.canonicalBytes()
        }
    }

    /// The data as JSON; nil when there is none or it is no JSON.
    var jsonData: JSONValue? {
        if case .json(let value) = data { value } else { nil }
    }
}

extension EventRecord {
    /// The clause of the plan that was stamped on the event.
    package var clause: String? {
        guard case .success(let value) = JSONReader.read(attributes) else { return nil }
        return value["clause"]?.stringValue
    }
}

extension CountyRuntime {
    /// What a unit was called at an instant; its id where the directory has none.
    package func name(of unit: UnitID, at instant: Timestamp) -> String {
        directory.name(unit, on: instant.beijingDate)?.zh ?? unit.rawValue
    }
}
