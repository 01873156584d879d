/// What is known of a recipient while a rule is being applied. A unit that is
/// addressed several times has one draft.
struct RecipientDraft {
    let unit: UnitID
    var role: Role
    var alsoRoles: [Role] = []
    /// Why it is addressed, for the explanation.
    var reason: (en: String, zh: String)
    var milestones: [MilestoneTemplate] = []
    var needsCompletion = false
    var awaitsDispatch = false
    var custodian: UnitID?
    var keeps: [UnitID] = []

    /// Adds a role: the strongest is the unit's, the others stay beside it.
    mutating func take(_ other: Role) {
        guard other != role, !alsoRoles.contains(other) else { return }
        if other.strength > role.strength {
            alsoRoles.append(role)
            role = other
        } else {
            alsoRoles.append(other)
        }
        alsoRoles.sort { $0.strength > $1.strength }
    }

    /// Whether there is anything to sign or to complete.
    var hasDuty: Bool { custodian == nil && !milestones.isEmpty }
}
