package import CloudEvents

/// What a command makes of a duty, and what goes on record about it.
package struct DutyTransition: Sendable, Hashable {
    /// The duty after the change.
    package var duty: Duty
    package let command: DutyCommand
    package let from: DutyState
    package let officer: OfficerID
    package let at: Timestamp
    /// Codes for the open record.
    package var codes: JSONObject
    /// What the person wrote, to be sealed; empty when nothing was.
    package let writings: JSONObject
    /// Whether the duty has moved to the unit it names now, which so receives
    /// the event.
    package var isAssignment = false
    /// The milestones whose ladders begin anew.
    package var restarted: [Milestone] = []

    init(_ request: DutyRequest, on duty: Duty, to state: DutyState, by officer: OfficerID, at now: Timestamp) {
        self.duty = duty
        command = request.command
        from = duty.state
        self.officer = officer
        at = now
        codes = request.codes
        writings = request.writings
        self.duty.state = state
        self.duty.version += 1
    }

    mutating func apply(_ request: DutyRequest, _ circumstances: DutyCircumstances) {
        switch command {
        case .assign: assign(request, circumstances)
        case .sign:
            duty.signedAt = request.signedAt ?? at
            duty.signedBy = officer
        case .accept: duty.acceptedAt = at
        case .start: duty.startedAt = at
        case .note: meet(request.milestone)
        case .complete:
            duty.completedAt = at
            duty.completedBy = officer
            duty.outcome = request.outcome
        case .verify: break
        case .rejectCompletion: reopen()
        }
    }

    /// What follows from the state alone.
    mutating func settle() {
        if !duty.state.isOpen { duty.endedAt = duty.endedAt ?? at }
        // The step tells how far lateness has been taken; what is late no more
        // leaves its ladder.
        if duty.overdue(at: at).isEmpty { duty.step = 0 }
    }

    private mutating func assign(_ request: DutyRequest, _ circumstances: DutyCircumstances) {
        guard let unit = request.unit, case .owes(let planRole, let plan)? = circumstances.assignee else { return }
        let role = request.role ?? .handling
        codes["role"] = .string(role.rawValue)
        codes[DutyClocks.replaced] = DutyClocks(of: duty).jsonValue
        isAssignment = true
        duty.unit = unit
        duty.role = role
        duty.alsoRoles = []
        duty.planRole = planRole
        duty.milestones = plan.milestones
        duty.signBy = plan.signBy
        duty.settleBy = plan.settleBy
        duty.provisional = plan.provisional
        duty.needsCompletion = plan.needsCompletion
        duty.ladder = plan.ladder
        duty.verifier = plan.verifier
        // It was the secretariat that was reminded so far.
        duty.reminders = 0
        restarted = plan.milestones
    }

    private mutating func meet(_ name: String?) {
        guard let index = duty.milestones.firstIndex(where: { $0.name == name }) else { return }
        duty.milestones[index].met = at
    }

    /// The clocks go on where they were; nothing begins again but the wait for
    /// the next step.
    private mutating func reopen() {
        duty.completedAt = nil
        duty.completedBy = nil
        duty.outcome = nil
        duty.reworks += 1
        restarted = duty.currentMilestones.filter { $0.met == nil && $0.due != nil }
    }
}
