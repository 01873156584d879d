package import ChineseIdentifiers

extension Directory {
    /// What the plan calls a unit in a clause.
    ///
    /// `clause` may be a sentence (`III.1.3-04b`): the part before the dash
    /// counts. A sub-unit is what its parent is; a successor is what the unit
    /// was whose functions it took over. With a `day`, only relations that hold
    /// on it count.
    package func planRole(_ id: UnitID, clause: String, on day: CivilDate? = nil) -> PlanRole {
        let clause = clause.prefix { $0 != "-" }
        var visited: Set<UnitID> = []
        var open = [id]
        var strongest = PlanRole.none
        while let next = open.popLast() {
            guard visited.insert(next).inserted, let unit = unit(next) else { continue }
            strongest = Self.stronger(strongest, Self.planRole(of: unit, clause: clause, on: day))
            if unit.kind == .subUnit, let parent = unit.parent { open.append(parent) }
            open += unit.successorOf
        }
        return strongest
    }

    private static func planRole(of unit: Unit, clause: Substring, on day: CivilDate?) -> PlanRole {
        var strongest = PlanRole.none
        for membership in unit.memberships where membership.clause == clause {
            if let day, !membership.isValid(on: day) { continue }
            switch membership.relation {
            case .lead: strongest = stronger(strongest, .lead)
            case .responsible: strongest = stronger(strongest, .responsible)
            // The members of the joint meeting are obliged by the prose of its
            // clause: it addresses them without a list of responsible units.
            case .obliged, .jointMeeting: strongest = stronger(strongest, .obliged)
            }
        }
        return strongest
    }

    private static func stronger(_ left: PlanRole, _ right: PlanRole) -> PlanRole {
        let order: [PlanRole] = [.lead, .responsible, .obliged, .none]
        return order.first { $0 == left || $0 == right } ?? .none
    }
}
