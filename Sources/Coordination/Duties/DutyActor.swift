/// Who acts on a duty.
package struct DutyActor: Sendable, Hashable {
    /// What a scope lets a person do to duties.
    package enum Power: String, Sendable, Hashable, CaseIterable {
        /// Act on the own unit's duties.
        case handle
        /// Act for the secretariat of the joint meeting.
        case secretariat
        /// Verify where the row says so.
        case supervise
    }

    package var unit: UnitID
    /// The person who acts; nil when a program names none, or none it knows.
    package var officer: OfficerID?
    /// Whether a program speaks: it passes on a person's act, it decides
    /// nothing itself.
    package var isProgram: Bool
    /// What a person may do; empty for a program.
    package var powers: Set<Power>

    package init(unit: UnitID, officer: OfficerID?, isProgram: Bool, powers: Set<Power>) {
        self.unit = unit
        self.officer = officer
        self.isProgram = isProgram
        self.powers = powers
    }
}

/// What the machine has to know beside the duty and the request.
package struct DutyCircumstances: Sendable, Hashable {
    /// The unit an assignment names.
    package enum Assignee: Sendable, Hashable {
        /// The directory has no such unit today.
        case unknown
        /// Nobody there could sign: reached through another unit or by letter.
        case withoutAccount
        /// It has a duty of the event in that role already.
        case hasRole
        /// What the unit would owe, counted from now.
        case owes(PlanRole, DutyPlan)
    }

    /// Whether the person who acts is a registered officer of the acting unit
    /// on the day.
    package var officerIsRegistered: Bool
    /// The results a completion may name, in the order of the list.
    package var outcomes: [String]
    /// Whether the duty's case is open; false for a duty without a case.
    package var caseIsOpen: Bool
    /// For an assignment; nil when it names no unit.
    package var assignee: Assignee?

    package init(
        officerIsRegistered: Bool, outcomes: [String], caseIsOpen: Bool = false, assignee: Assignee? = nil,
    ) {
        self.officerIsRegistered = officerIsRegistered
        self.outcomes = outcomes
        self.caseIsOpen = caseIsOpen
        self.assignee = assignee
    }
}
