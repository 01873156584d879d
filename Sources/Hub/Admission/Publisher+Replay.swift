import CloudEvents
import Coordination
import Logging
import PostgresClient
package import Store

/// What a sender gets that sends an event again.
extension Publisher {
    /// The first receipt of an event that was stored before; nil when it is new.
    func firstReceipt(of event: CloudEvent, county: CountyRuntime) async throws -> Receipt? {
        let key = EventKey.of(source: event.source, id: event.id)
        guard let position = try await store.position(ofKey: key, county: county.id) else { return nil }
        return try await receipt(at: position, comparing: event, county: county)
    }

    /// The receipt of a stored event, if `event` has the same content.
    ///
    /// - Throws: `event-id-reused` for another content, and for any once the
    ///   first is erased: nothing can be compared any more, and the id stays
    ///   taken. `key-not-held` or `sealed-part-altered` when the key that would
    ///   tell does not fit.
    func receipt(
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
        } catch .erased {
            same = false
        } catch {
            logger.error(
                "sealed part refused",
                metadata: [
                    "hub_county": "\(county.record.key)", "hub_position": "\(position.rawValue)",
                    "hub_audience": "\(personal.audience)", "hub_error": "\(error)",
                ])
            throw error.hubError
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
        if try await wasRepeated(record, receipt, county: county) { receipt.warnings.append(.possibleDuplicate) }
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

    /// Whether the event joined what an earlier one of its type had begun: then
    /// its first receipt said so.
    private func wasRepeated(_ record: EventRecord, _ receipt: Receipt, county: CountyRuntime) async throws -> Bool {
        guard let caseID = record.caseID, receipt.recipients.contains(where: \.joined) else { return false }
        return try await store.hasEvent(of: record.type, in: caseID, before: record.position, county: county.id)
    }

    private func receipt(of record: EventRecord, event: CloudEvent, county: CountyRuntime) async throws -> Receipt {
        Receipt(
            position: record.position, source: event.source, eventID: event.id, type: record.type,
            caseID: record.caseID, policyVersion: record.policyVersion, recordedAt: record.recordedAt,
            contentHash: record.contentHash, duplicate: false, status: record.status, clause: record.clause,
            recipients: try await recipients(of: record, county: county), warnings: [])
    }

    func recipients(at position: Position, county: CountyRuntime) async throws -> [Receipt.Recipient] {
        guard let record = try await store.event(at: position, county: county.id) else { throw HubError("internal") }
        return try await recipients(of: record, county: county)
    }

    /// Who received an event at its admission, with the clocks of their duties.
    package func recipients(of record: EventRecord, county: CountyRuntime) async throws -> [Receipt.Recipient] {
        let recipients = try await store.recipients(of: record)
        let duties = try await store.duties(ids: recipients.compactMap(\.duty), county: county.id)
        let byID = Dictionary(duties.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let replaced = try await replacedClocks(recipients, duties: byID, county: county)
        return recipients.map { recipient in
            var shown = Receipt.Recipient(
                unit: recipient.unit, unitName: county.name(of: recipient.unit, at: record.recordedAt),
                role: recipient.role, alsoRoles: recipient.alsoRoles, planRole: recipient.planRole,
                duty: recipient.duty, joined: recipient.joined, signBy: nil, settleBy: nil, milestones: [],
                provisional: false, sentence: recipient.sentence, rule: recipient.rule)
            if let duty = recipient.duty.flatMap({ byID[$0] }) { shown.take(replaced[duty.id] ?? DutyClocks(of: duty)) }
            return shown
        }
    }

    /// The clocks that duties had before they were assigned to another unit
    /// than the one that received the event.
    private func replacedClocks(
        _ recipients: [RecipientRecord], duties: [DutyID: Duty], county: CountyRuntime,
    ) async throws -> [DutyID: DutyClocks] {
        var replaced: [DutyID: DutyClocks] = [:]
        for recipient in recipients {
            guard let id = recipient.duty, let duty = duties[id], duty.unit != recipient.unit else { continue }
            let history = try await store.history(of: id, county: county.id)
            replaced[id] = history.lazy.compactMap { $0.codes[DutyClocks.replaced].flatMap { DutyClocks($0) } }.first
        }
        return replaced
    }
}

extension Receipt.Recipient {
    /// Shows the clocks of a duty that is there already.
    mutating func take(_ clocks: DutyClocks) {
        signBy = clocks.signBy
        settleBy = clocks.settleBy
        provisional = clocks.provisional
        milestones = clocks.milestones
    }
}
