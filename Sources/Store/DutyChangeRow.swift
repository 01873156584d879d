package import CloudEvents
package import Coordination
package import PostgresClient

/// One change of a duty as it is stored, judged on a version of it.
package struct DutyChangeRow: Sendable {
    /// The duty after the change; its version is one above the version the
    /// change was judged on.
    package var duty: Duty
    package var at: Timestamp
    package var token: PostgresUUID?
    package var byUnit: UnitID
    package var officer: OfficerID?
    package var command: String
    /// Canonical JSON of codes; nil when there are none.
    package var detail: [UInt8]?
    package var sealedNote: [UInt8]?
    /// The words of the duty's milestones; nil where the milestones are what they were.
    package var wording: Wording?
    /// The duty has moved to the unit it names now, which receives the event.
    package var isAssignment: Bool
    /// The next step of each ladder that begins anew.
    package var timers: [AdmissionRow.FirstTimer]
    package var idempotency: CommandKey?

    package init(
        duty: Duty, at: Timestamp, token: PostgresUUID?, byUnit: UnitID, officer: OfficerID?, command: String,
        detail: [UInt8]? = nil, sealedNote: [UInt8]? = nil, wording: Wording? = nil,
        isAssignment: Bool = false, timers: [AdmissionRow.FirstTimer] = [], idempotency: CommandKey? = nil,
    ) {
        self.duty = duty
        self.at = at
        self.token = token
        self.byUnit = byUnit
        self.officer = officer
        self.command = command
        self.detail = detail
        self.sealedNote = sealedNote
        self.wording = wording
        self.isAssignment = isAssignment
        self.timers = timers
        self.idempotency = idempotency
    }
}

/// What a caller calls a command, so that sending it again does nothing.
package struct CommandKey: Sendable, Hashable {
    /// From the token and the key it was sent with.
    package var key: PostgresUUID
    /// Tells one request from another under the same key.
    package var request: [UInt8]

    package init(key: PostgresUUID, request: [UInt8]) {
        self.key = key
        self.request = request
    }
}
