package import CloudEvents
package import Coordination

/// A duty as somebody may see it: where it stands, what that person or program
/// may do next, and what was done.
package struct DutySheet: Sendable {
    package var duty: Duty
    /// What the unit is called today.
    package var unitName: String
    package var unitNameEn: String
    /// The six digits that name the county today.
    package var countyCode: String
    /// The names of the milestones that are late now.
    package var overdue: [String]
    package var allowed: [AllowedCommand]
    /// Oldest first; empty in lists.
    package var history: [DutyHistoryEntry]

    /// Whether it holds what people wrote, which may name a child: such an
    /// answer is not to be stored on the way.
    package var holdsNotes: Bool { history.contains { $0.note != nil } }
}

/// One entry of a duty's history.
package struct DutyHistoryEntry: Sendable, Hashable {
    package var at: Timestamp
    /// The unit that acted; `hub` for what goes by itself.
    package var byUnit: UnitID
    package var officer: OfficerID?
    package var command: String
    package var from: String
    package var to: String
    /// What the person wrote; for the duty's own unit alone.
    package var note: String?
    /// Codes: outcome, milestone, step, the unit assigned.
    package var detail: JSONObject
}
