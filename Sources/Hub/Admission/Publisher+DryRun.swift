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
    /// - Parameter at: judge with the clock and the policy of this instant
    ///   instead of now.
    /// - Throws: ``HubError``, the very refusal of publishing.
    package func dryRun(
        _ event: CloudEvent, by principal: Principal, options: Options, at: Timestamp?,
    ) async throws -> DryRun {
        var foresight = Foresight()
        return try await dryRun(event, by: principal, options: options, at: at, foresight: &foresight)
    }

    /// What publishing several events at once would answer.
    package func dryRun(
        batch: [Result<CloudEvent, HubError>], by principal: Principal, options: Options, at: Timestamp?,
    ) async throws -> [Result<DryRun, HubError>] {
        var foresight = Foresight()
        var firsts: [String: (event: CloudEvent, run: DryRun)] = [:]
        var results: [Result<DryRun, HubError>] = []
        for (index, item) in batch.enumerated() {
            if index % 16 == 15 { await Task.yield() }
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
                let run = try await dryRun(event, by: principal, options: options, at: at, foresight: &foresight)
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

    private func dryRun(
        _ event: CloudEvent, by principal: Principal, options: Options, at: Timestamp?,
        foresight: inout Foresight,
    ) async throws -> DryRun {
        var county = try counties.county(principal.county)
        try checkSource(of: event, county: county, principal: principal)
        if let first = try await firstReceipt(of: event, county: county) {
            return DryRun(status: 200, receipt: first, explanation: [])
        }
        if let at { county = try await counties.county(principal.county, at: at) }
        let prepared = try await prepare(event, county: county, principal: principal, options: options, at: at)
        return DryRun(
            status: 201, receipt: try await foreseen(prepared, event: event, county: county, foresight: &foresight),
            explanation: prepared.decision.explanation)
    }

    /// What the lane would do: which case the event would join, and which
    /// duties are there already.
    private func foreseen(
        _ prepared: PreparedEvent, event: CloudEvent, county: CountyRuntime, foresight: inout Foresight,
    ) async throws -> Receipt {
        let row = prepared.row
        var caseID = row.caseID
        if caseID == nil, let kind = row.caseKind, let key = row.caseKey {
            caseID = try await store.openCase(kind: kind, key: key, county: row.county)
        }
        var open: [Duty] = []
        if let caseID { open = try await store.duties(ofCase: caseID, county: row.county).filter(\.state.isOpen) }
        let matter = Foresight.Matter(caseID, of: row)
        let joins = row.recipients.map { recipient in
            recipient.planned.duty == nil
                ? nil : open.first { $0.unit == recipient.planned.unit && $0.rule == recipient.planned.rule }
        }
        let admitted = Admitted(
            position: Position(rawValue: 0), duplicate: false, caseID: caseID,
            repeated: open.contains { $0.type == row.type } || foresight.holds(row.type, in: matter),
            duties: joins.map { $0?.id }, joins: joins.map { $0 != nil })
        var receipt = prepared.receipt(admitted, event: event, county: county)
        for (index, duty) in joins.enumerated() {
            if let duty { receipt.recipients[index].take(DutyClocks(of: duty)) }
        }
        foresight.add(&receipt, of: row, in: matter)
        return receipt
    }
}
