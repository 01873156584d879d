package import CloudEvents
package import Coordination

/// Which duties a list or a count is about.
package struct DutyFilter: Sendable, Hashable {
    /// What is late.
    package enum Overdue: String, Sendable, Hashable, CaseIterable {
        /// Not signed by the time set.
        case sign
        /// Not completed by the time set.
        case settle
    }

    package var unit: UnitID?
    package var state: DutyState?
    package var open: Bool?
    /// Any of these; nil for all.
    package var roles: Set<Role>?
    package var overdue: Overdue?
    package var caseID: CaseID?
    package var type: EventType?
    /// Something still owed falls due before this.
    package var dueBefore: Timestamp?
    /// Who asks: duties addressed to another person stay hidden.
    package var officer: OfficerID?

    package init(
        unit: UnitID? = nil, state: DutyState? = nil, open: Bool? = nil, roles: Set<Role>? = nil,
        overdue: Overdue? = nil, caseID: CaseID? = nil, type: EventType? = nil, dueBefore: Timestamp? = nil,
        officer: OfficerID? = nil,
    ) {
        self.unit = unit
        self.state = state
        self.open = open
        self.roles = roles
        self.overdue = overdue
        self.caseID = caseID
        self.type = type
        self.dueBefore = dueBefore
        self.officer = officer
    }

    /// Where the rows are found: the index that is walked, newest first. All
    /// else is asked of each row.
    enum Source: String, Sendable, Hashable {
        case ofCase = "case"
        case unit
        case late
        case type
        case county
    }

    /// Whether only open duties can match.
    var isOpenOnly: Bool { open == true || overdue != nil || dueBefore != nil || state?.isOpen == true }

    /// Nil where no index leads to the rows: a county's duties by role or by a
    /// state, without more, would be read one and all.
    var source: Source? {
        if caseID != nil { return .ofCase }
        if overdue != nil || dueBefore != nil { return .late }
        if unit != nil { return .unit }
        if type != nil { return .type }
        return state == nil && roles == nil ? .county : nil
    }

    /// Whether there is an index for this combination.
    package var isSupported: Bool { source != nil }
}
