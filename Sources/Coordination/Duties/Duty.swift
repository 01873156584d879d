package import CloudEvents

/// What one unit owes about one event: the human and legal duty, as opposed to
/// the delivery that brought it and the case it belongs to.
///
/// The version of the policy, the rule and the sentence that made it are
/// stamped on it and never change.
package struct Duty: Sendable, Hashable {
    package var id: DutyID
    package var county: CountyID
    package var event: Position
    package var unit: UnitID
    /// The strongest of the unit's roles.
    package var role: Role
    /// Its other roles, the stronger first.
    package var alsoRoles: [Role]
    package var planRole: PlanRole
    /// The one person it is addressed to, in sealed matters only; for the rest
    /// of the unit it does not exist.
    package var officer: OfficerID?
    package var caseID: CaseID?
    package var type: EventType
    package var publisher: UnitID
    package var lead: UnitID?
    package var policyVersion: String
    package var rule: String
    /// The sentence of the plan; empty for matters of the hub itself.
    package var sentence: String
    package var clause: String?
    package var ladder: String?
    /// Who verifies a completion; nil where nobody does.
    package var verifier: UnitID?
    /// False for a duty that is only signed for: its signature closes it.
    package var needsCompletion: Bool
    /// As they were set at dispatch, with those that a note has met. What the
    /// signature and the completion meet shows in ``currentMilestones``.
    package var milestones: [Milestone]
    package var createdAt: Timestamp
    package var signBy: Timestamp?
    package var settleBy: Timestamp?
    package var provisional: Bool
    package var priority: DutyPriority

    package var state: DutyState
    /// Rises by one with every change, from 1.
    package var version: Int32
    package var signedAt: Timestamp?
    package var signedBy: OfficerID?
    package var acceptedAt: Timestamp?
    package var startedAt: Timestamp?
    package var completedAt: Timestamp?
    package var completedBy: OfficerID?
    /// What it ended with, a code of the family's list.
    package var outcome: String?
    /// The highest step of a ladder that has fired for what is late now; 0
    /// while nothing is.
    package var step: Int16
    /// How often somebody was reminded of it.
    package var reminders: Int16
    /// How often a verifier refused its completion.
    package var reworks: Int16
    package var endedAt: Timestamp?

    package init(
        id: DutyID, county: CountyID, event: Position, unit: UnitID, role: Role, alsoRoles: [Role],
        planRole: PlanRole, officer: OfficerID?, caseID: CaseID?, type: EventType, publisher: UnitID, lead: UnitID?,
        policyVersion: String, rule: String, sentence: String, clause: String?, ladder: String?, verifier: UnitID?,
        needsCompletion: Bool, milestones: [Milestone], createdAt: Timestamp, signBy: Timestamp?,
        settleBy: Timestamp?, provisional: Bool, priority: DutyPriority, state: DutyState, version: Int32 = 1,
        signedAt: Timestamp? = nil, signedBy: OfficerID? = nil, acceptedAt: Timestamp? = nil,
        startedAt: Timestamp? = nil, completedAt: Timestamp? = nil, completedBy: OfficerID? = nil,
        outcome: String? = nil, step: Int16 = 0, reminders: Int16 = 0, reworks: Int16 = 0, endedAt: Timestamp? = nil,
    ) {
        self.id = id
        self.county = county
        self.event = event
        self.unit = unit
        self.role = role
        self.alsoRoles = alsoRoles
        self.planRole = planRole
        self.officer = officer
        self.caseID = caseID
        self.type = type
        self.publisher = publisher
        self.lead = lead
        self.policyVersion = policyVersion
        self.rule = rule
        self.sentence = sentence
        self.clause = clause
        self.ladder = ladder
        self.verifier = verifier
        self.needsCompletion = needsCompletion
        self.milestones = milestones
        self.createdAt = createdAt
        self.signBy = signBy
        self.settleBy = settleBy
        self.provisional = provisional
        self.priority = priority
        self.state = state
        self.version = version
        self.signedAt = signedAt
        self.signedBy = signedBy
        self.acceptedAt = acceptedAt
        self.startedAt = startedAt
        self.completedAt = completedAt
        self.completedBy = completedBy
        self.outcome = outcome
        self.step = step
        self.reminders = reminders
        self.reworks = reworks
        self.endedAt = endedAt
    }
}

extension Duty {
    /// Whether the unit has this role in the event, as its strongest or beside it.
    package func has(_ role: Role) -> Bool { self.role == role || alsoRoles.contains(role) }

    /// Whether its signature is all it asks for.
    package var isSignOnly: Bool { !needsCompletion }

    /// The milestones as they stand. The signature meets `sign`; the completion
    /// meets `settle` and every other clock that runs, and a refused completion
    /// opens them again.
    package var currentMilestones: [Milestone] {
        milestones.map { milestone in
            guard milestone.met == nil else { return milestone }
            var current = milestone
            if milestone.name == MilestoneName.sign {
                current.met = signedAt
            } else if milestone.name == MilestoneName.settle || milestone.due != nil {
                current.met = completedAt
            }
            return current
        }
    }

    /// A milestone as it stands; nil where the duty has none of that name.
    package func currentMilestone(_ name: String) -> Milestone? {
        currentMilestones.first { $0.name == name }
    }

    /// The names of the milestones that are late at an instant, in the order of
    /// the rule. An instant is exclusive: late ⇔ now ≥ due. What has ended is
    /// late no more.
    package func overdue(at now: Timestamp) -> [String] {
        guard state.isOpen else { return [] }
        return currentMilestones.filter { $0.isOverdue(at: now) }.map(\.name)
    }
}
