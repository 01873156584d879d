package import CloudEvents
package import Coordination
import Store

/// What publishing would answer, without storing anything.
extension Publisher {
    /// What a dry run found.
    package struct DryRun: Sendable {
        /// The status publishing would have: 201 or 200.
        package var status: Int
        package var receipt: Receipt
        /// The steps of the routing; empty for an event that is stored already.
        package var explanation: [ExplanationStep]
    }

    /// What publishing an event would answer.
    ///
    /// - Parameter at: judge with the clock at this instant instead of now.
    /// - Throws: ``HubError``, the very refusal of publishing.
    package func dryRun(
        _ event: CloudEvent, by principal: Principal, options: Options, at: Timestamp?,
    ) async throws -> DryRun {
        let county = try counties.county(principal.county)
        try checkSource(of: event, county: county, principal: principal)
        if let first = try await firstReceipt(of: event, county: county) {
            return DryRun(status: 200, receipt: first, explanation: [])
        }
        let prepared = try await prepare(event, county: county, principal: principal, options: options, at: at)
        let admitted = try await foreseen(prepared.row)
        return DryRun(
            status: 201, receipt: prepared.receipt(admitted, event: event, county: county),
            explanation: prepared.decision.explanation)
    }

    /// What publishing several events would answer, each for itself but for an
    /// id that comes twice.
    package func dryRun(
        batch: [Result<CloudEvent, HubError>], by principal: Principal, options: Options, at: Timestamp?,
    ) async throws -> [Result<DryRun, HubError>] {
        var firsts: [String: (event: CloudEvent, run: DryRun)] = [:]
        var results: [Result<DryRun, HubError>] = []
        for item in batch {
            do {
                let event = try item.get()
                let name = event.source + "\0" + event.id
                if let first = firsts[name] {
                    guard Self.saysTheSame(first.event, event) else { throw HubError("event-id-reused") }
                    var again = first.run
                    again.status = 200
                    again.receipt.duplicate = true
                    results.append(.success(again))
                    continue
                }
                let run = try await dryRun(event, by: principal, options: options, at: at)
                firsts[name] = (event, run)
                results.append(.success(run))
            } catch {
                results.append(.failure(SafeDescription.hubError(for: error)))
            }
        }
        return results
    }

    private static func saysTheSame(_ first: CloudEvent, _ second: CloudEvent) -> Bool {
        EnvelopeRules.identityAttributes(of: first) == EnvelopeRules.identityAttributes(of: second)
            && first.canonicalData == second.canonicalData
    }

    /// What the lane would do: which case the event would join, and which
    /// duties are there already.
    private func foreseen(_ row: AdmissionRow) async throws -> Admitted {
        var caseID = row.caseID
        if caseID == nil, let kind = row.caseKind, let key = row.caseKey {
            caseID = try await store.openCase(kind: kind, key: key, county: row.county)
        }
        var open: [Duty] = []
        if let caseID { open = try await store.duties(ofCase: caseID, county: row.county).filter(\.state.isOpen) }
        let joined = row.recipients.map { recipient in
            recipient.planned.duty == nil
                ? nil
                : open.first { $0.unit == recipient.planned.unit && $0.rule == recipient.planned.rule }?.id
        }
        return Admitted(
            position: Position(rawValue: 0), duplicate: false, caseID: caseID,
            repeated: open.contains { $0.type == row.type }, duties: joined, joins: joined.map { $0 != nil })
    }
}
