/// One unit that receives an event.
package struct PlannedRecipient: Sendable, Hashable {
    package var unit: UnitID
    /// The one person it is addressed to, in sealed matters only.
    package var officer: OfficerID?
    /// The strongest of the unit's roles.
    package var role: Role
    /// Its other roles, the stronger first.
    package var alsoRoles: [Role]
    package var planRole: PlanRole
    package var rule: String
    /// The id of the plan's sentence; empty for matters of the hub itself.
    package var sentence: String
    package var clause: String?
    /// The version of the projection matrix that stays in force for this
    /// recipient.
    package var projection: String
    /// For an external addressee, the unit that writes to it and keeps its
    /// answer; nil for units with an account.
    package var custodian: UnitID?
    /// Nil where the unit has nothing to sign.
    package var duty: DutyPlan?

    package init(
        unit: UnitID,
        officer: OfficerID? = nil,
        role: Role,
        alsoRoles: [Role] = [],
        planRole: PlanRole,
        rule: String,
        sentence: String,
        clause: String?,
        projection: String,
        custodian: UnitID? = nil,
        duty: DutyPlan?,
    ) {
        self.unit = unit
        self.officer = officer
        self.role = role
        self.alsoRoles = alsoRoles
        self.planRole = planRole
        self.rule = rule
        self.sentence = sentence
        self.clause = clause
        self.projection = projection
        self.custodian = custodian
        self.duty = duty
    }
}
