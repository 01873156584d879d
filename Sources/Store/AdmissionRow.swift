package import CloudEvents
package import Coordination
package import PostgresClient

/// One event as it is stored: everything judged, routed and sealed.
package struct AdmissionRow: Sendable {
    /// A part that only an audience may read, encrypted.
    package struct SealedPart: Sendable {
        package var audience: String
        package var kek: String
        package var wrappedKey: [UInt8]
        package var body: [UInt8]

        package init(audience: String, kek: String, wrappedKey: [UInt8], body: [UInt8]) {
            self.audience = audience
            self.kek = kek
            self.wrappedKey = wrappedKey
            self.body = body
        }
    }

    /// The first step of a milestone's ladder.
    package struct FirstTimer: Sendable {
        package var milestone: String
        package var step: Int16
        package var due: Timestamp

        package init(milestone: String, step: Int16, due: Timestamp) {
            self.milestone = milestone
            self.step = step
            self.due = due
        }
    }

    /// A unit that receives the event, with the duty it gets, if any.
    package struct Recipient: Sendable {
        package var planned: PlannedRecipient
        package var state: DutyState
        /// The words of the duty's milestones; nil without a duty.
        package var wording: Wording?
        package var timers: [FirstTimer]

        package init(planned: PlannedRecipient, state: DutyState, wording: Wording?, timers: [FirstTimer]) {
            self.planned = planned
            self.state = state
            self.wording = wording
            self.timers = timers
        }
    }

    package var county: CountyID
    package var key: PostgresUUID
    package var recordedAt: Timestamp
    package var type: EventType
    package var publisher: UnitID
    package var caseKind: String?
    package var caseKey: [UInt8]?
    package var caseID: CaseID?
    package var cause: Position?
    package var status: String
    package var policyVersion: String
    package var contractVersion: String
    package var clause: String?
    package var priority: Int16
    package var contentHash: [UInt8]
    package var attributes: [UInt8]
    package var open: [UInt8]
    /// The steps that routed it.
    package var explanation: Wording
    package var sealed: [SealedPart]
    package var recipients: [Recipient]

    package init(
        county: CountyID, key: PostgresUUID, recordedAt: Timestamp, type: EventType, publisher: UnitID,
        caseKind: String?, caseKey: [UInt8]?, caseID: CaseID?, cause: Position?, status: String,
        policyVersion: String, contractVersion: String, clause: String?, priority: Int16, contentHash: [UInt8],
        attributes: [UInt8], open: [UInt8], explanation: Wording, sealed: [SealedPart], recipients: [Recipient],
    ) {
        self.county = county
        self.key = key
        self.recordedAt = recordedAt
        self.type = type
        self.publisher = publisher
        self.caseKind = caseKind
        self.caseKey = caseKey
        self.caseID = caseID
        self.cause = cause
        self.status = status
        self.policyVersion = policyVersion
        self.contractVersion = contractVersion
        self.clause = clause
        self.priority = priority
        self.contentHash = contentHash
        self.attributes = attributes
        self.open = open
        self.explanation = explanation
        self.sealed = sealed
        self.recipients = recipients
    }

    /// The unit that leads, for the duties' visibility in its log.
    var lead: UnitID? {
        recipients.first { $0.planned.role == .lead || $0.planned.alsoRoles.contains(.lead) }?.planned.unit
    }
}

/// What became of one event of a batch.
package struct Admitted: Sendable, Hashable {
    /// Its place in the log; of the first one, when it is a duplicate.
    package var position: Position
    /// The key was known, or came earlier in the same batch: nothing was stored.
    package var duplicate: Bool
    package var caseID: CaseID?
    /// An earlier event of this type in this case is still being dealt with.
    package var repeated: Bool
    /// Parallel to the recipients: the duty, new or joined; nil where there is none.
    package var duties: [DutyID?]
    /// Parallel to the recipients: whether the duty was there before.
    package var joins: [Bool]

    package init(
        position: Position, duplicate: Bool, caseID: CaseID?, repeated: Bool, duties: [DutyID?], joins: [Bool],
    ) {
        self.position = position
        self.duplicate = duplicate
        self.caseID = caseID
        self.repeated = repeated
        self.duties = duties
        self.joins = joins
    }
}
