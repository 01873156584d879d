import Coordination
import PostgresClient

extension Store {
    /// Stores a batch of events through the lane, in one round trip and one
    /// commit, and returns when it is durable.
    ///
    /// The statement is its own transaction. Positions ascend in the order of
    /// the batch. A known key stores nothing and yields the first position.
    ///
    /// - Throws: ``PostgresError``; `.outcomeUnknown` when the connection was
    ///   lost at the commit: sending the same batch again settles it.
    package func admit(_ batch: [AdmissionRow]) async throws -> [Admitted] {
        let arrays = AdmissionArrays(batch)
        let rows = try await query(
            taking: PostgresStatement(name: "admit", sql: Self.admitSQL, binds: arrays.binds), over: admissionLane)
        guard let row = rows.first else { throw StoreError.unexpectedShape("admit") }
        let positions = try row.decode("positions", as: [Int64].self)
        let fresh = try row.decode("fresh", as: [Bool].self)
        let cases = try row.decode("cases", as: [Int64?].self)
        let repeated = try row.decode("repeated", as: [Bool].self)
        let duties = try row.decode("duties", as: [Int64?]?.self) ?? []
        let newDuties = try row.decode("new_duties", as: [Int64?]?.self) ?? []
        guard positions.count == batch.count, duties.count == arrays.recipientEvent.count else {
            throw StoreError.unexpectedShape("admit")
        }
        var next = 0
        return batch.indices.map { index in
            let range = next..<(next + batch[index].recipients.count)
            next = range.upperBound
            return Admitted(
                position: Position(rawValue: positions[index]),
                duplicate: !fresh[index],
                caseID: cases[index].map(CaseID.init(rawValue:)),
                repeated: repeated[index],
                duties: range.map { duties[$0].map(DutyID.init(rawValue:)) },
                joins: range.map { arrays.hasDuty[$0] && newDuties[$0] == nil },
            )
        }
    }

    private static let admitSQL: String = {
        let types = AdmissionArrays.types
        let binds = types.enumerated().map { "$\($0.offset + 1)::\($0.element)[]" }.joined(separator: ", ")
        return "SELECT positions, fresh, cases, repeated, duties, new_duties FROM hub.admit(\(binds))"
    }()
}

/// A batch turned on its side: one array a column, as the statement takes it.
private struct AdmissionArrays {
    static let types =
        [
            "smallint", "uuid", "timestamptz", "text", "text", "text", "bytea", "bigint", "bigint", "text", "text",
            "text",
            "bytea", "bytea", "bytea", "uuid", "text", "smallint", "text", "text", "integer", "integer",
            "integer", "text", "text", "bytea", "bytea",
            "integer", "text", "text", "text", "text", "text", "text", "text", "text", "boolean", "boolean", "text",
            "text",
            "uuid", "bytea", "timestamptz", "timestamptz", "boolean", "text",
            "integer", "text", "smallint", "timestamptz",
        ] + WordingArrays.types

    var county: [Int16] = []
    var key: [PostgresUUID] = []
    var recordedAt: [PostgresTimestamp] = []
    var type: [String] = []
    var sourceUnit: [String] = []
    var caseKind: [String?] = []
    var caseKey: [[UInt8]?] = []
    var caseID: [Int64?] = []
    var cause: [Int64?] = []
    var status: [String] = []
    var policy: [String] = []
    var contract: [String] = []
    var hash: [[UInt8]] = []
    var attributes: [[UInt8]] = []
    var open: [[UInt8]] = []
    var explanation: [PostgresUUID] = []
    var clause: [String?] = []
    var priority: [Int16] = []
    var lead: [String?] = []
    var units: [String] = []
    var first: [Int32] = []
    var caseFirst: [Int32?] = []

    var sealedEvent: [Int32] = []
    var audience: [String] = []
    var kek: [String] = []
    var wrappedKey: [[UInt8]] = []
    var body: [[UInt8]] = []

    var recipientEvent: [Int32] = []
    var unit: [String] = []
    var role: [String] = []
    var alsoRoles: [String] = []
    var planRole: [String] = []
    var officer: [String?] = []
    var rule: [String] = []
    var sentence: [String] = []
    var projection: [String] = []
    var hasDuty: [Bool] = []
    var needsCompletion: [Bool] = []
    var verifier: [String?] = []
    var ladder: [String?] = []
    var wording: [PostgresUUID?] = []
    var clocks: [[UInt8]?] = []
    var signBy: [PostgresTimestamp?] = []
    var settleBy: [PostgresTimestamp?] = []
    var provisional: [Bool] = []
    var state: [String] = []

    var timerRecipient: [Int32] = []
    var timerKind: [String] = []
    var timerStep: [Int16] = []
    var timerDue: [PostgresTimestamp] = []

    var wordings = WordingArrays()

    init(_ batch: [AdmissionRow]) {
        var keys: [EventName: Int32] = [:]
        var cases: [CaseName: Int32] = [:]
        for (index, row) in batch.enumerated() {
            let ordinal = Int32(index + 1)
            append(row)
            first.append(keys.first(EventName(county: row.county, key: row.key), ordinal))
            caseFirst.append(CaseName(of: row).map { cases.first($0, ordinal) })
            for part in row.sealed {
                sealedEvent.append(ordinal)
                audience.append(part.audience)
                kek.append(part.kek)
                wrappedKey.append(part.wrappedKey)
                body.append(part.body)
            }
            for recipient in row.recipients { append(recipient, event: ordinal, county: row.county) }
        }
    }

    private mutating func append(_ row: AdmissionRow) {
        county.append(row.county.rawValue)
        key.append(row.key)
        recordedAt.append(PostgresTimestamp(row.recordedAt))
        type.append(row.type.rawValue)
        sourceUnit.append(row.publisher.rawValue)
        caseKind.append(row.caseKind)
        caseKey.append(row.caseKey)
        caseID.append(row.caseID?.rawValue)
        cause.append(row.cause?.rawValue)
        status.append(row.status)
        policy.append(row.policyVersion)
        contract.append(row.contractVersion)
        hash.append(row.contentHash)
        attributes.append(row.attributes)
        open.append(row.open)
        explanation.append(wordings.add(row.explanation, of: row.county))
        clause.append(row.clause)
        priority.append(row.priority)
        lead.append(row.lead?.rawValue)
        units.append(row.recipients.map(\.planned.unit.rawValue).joined(separator: ","))
    }

    private mutating func append(_ recipient: AdmissionRow.Recipient, event: Int32, county: CountyID) {
        let planned = recipient.planned
        recipientEvent.append(event)
        unit.append(planned.unit.rawValue)
        role.append(planned.role.rawValue)
        alsoRoles.append(planned.alsoRoles.map(\.rawValue).joined(separator: ","))
        planRole.append(planned.planRole.rawValue)
        officer.append(planned.officer?.rawValue)
        rule.append(planned.rule)
        sentence.append(planned.sentence)
        projection.append(planned.projection)
        hasDuty.append(planned.duty != nil)
        needsCompletion.append(planned.duty?.needsCompletion ?? false)
        verifier.append(planned.duty?.verifier?.rawValue)
        ladder.append(planned.duty?.ladder)
        wording.append(recipient.wording.map { wordings.add($0, of: county) })
        clocks.append(planned.duty?.milestones.clocks)
        signBy.append(planned.duty?.signBy.map { PostgresTimestamp($0) })
        settleBy.append(planned.duty?.settleBy.map { PostgresTimestamp($0) })
        provisional.append(planned.duty?.provisional ?? false)
        state.append(recipient.state.rawValue)
        for timer in recipient.timers {
            timerRecipient.append(Int32(recipientEvent.count))
            timerKind.append(timer.milestone)
            timerStep.append(timer.step)
            timerDue.append(PostgresTimestamp(timer.due))
        }
    }

    var binds: [any PostgresEncodable] {
        [
            county, key, recordedAt, type, sourceUnit, caseKind, caseKey, caseID, cause, status, policy, contract, hash,
            attributes, open, explanation, clause, priority, lead, units, first, caseFirst,
            sealedEvent, audience, kek, wrappedKey, body,
            recipientEvent, unit, role, alsoRoles, planRole, officer, rule, sentence, projection, hasDuty,
            needsCompletion, verifier, ladder, wording, clocks, signBy, settleBy, provisional, state,
            timerRecipient, timerKind, timerStep, timerDue, wordings.county, wordings.hash, wordings.body,
        ]
    }
}

/// What an event is known by.
private struct EventName: Hashable {
    var county: CountyID
    var key: PostgresUUID
}

/// What its case is known by.
private struct CaseName: Hashable {
    var county: CountyID
    var kind: String
    var key: [UInt8]

    /// Nil for an event without a natural key.
    init?(of row: AdmissionRow) {
        guard let kind = row.caseKind, let key = row.caseKey else { return nil }
        (county, self.kind, self.key) = (row.county, kind, key)
    }
}

extension Dictionary where Value == Int32 {
    /// The ordinal under which a name came first, which may be this one.
    fileprivate mutating func first(_ name: Key, _ ordinal: Int32) -> Int32 {
        if let known = self[name] { return known }
        self[name] = ordinal
        return ordinal
    }
}
