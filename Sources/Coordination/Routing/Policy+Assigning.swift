package import CloudEvents

extension Policy {
    /// What a unit owes to which the secretariat assigns an event by hand: what
    /// the rule gives to that role, and to such a unit in it, counted from the
    /// assignment; without a rule the county's general periods.
    ///
    /// Parts of a rule that depend on the event are left aside, because its
    /// values are sealed by then. Only of danger to a child is anything known:
    /// where the waiting duty ran on the ladder of child safety, of each period
    /// the shortest holds.
    ///
    /// - Parameter ladder: the ladder of the duty that waited; nil where it is
    ///   not known.
    package func dutyPlan(
        rule id: String, role: Role, unit: UnitID, time: Timestamp, assignedAt: Timestamp, ladder: String? = nil,
    ) -> DutyPlan {
        var planner = DutyPlanner(calendar: calendar, dispatchedAt: assignedAt, eventDay: time.beijingDate)
        let rule = self.rule(id)
        let isUrgent = ladder == settings.urgentLadder
        let row = rule.map { Self.applying($0.milestones, urgent: isUrgent) } ?? []
        let owed = self.owed(by: unit, as: role, rule: rule, row: row, urgent: isUrgent)
        var plan = planner.plan(owed.milestones, needsCompletion: owed.completes)
        plan.ladder = ladder ?? rule?.ladders.last?.ladder ?? settings.unruledLadder
        if owed.completes {
            let ruled = rule.map { $0.kind == .row } ?? false
            plan.verifier = ruled ? verifier(rule, for: unit) : [settings.secretariat].first { $0 != unit }
        }
        return plan
    }

    private func owed(
        by unit: UnitID, as role: Role, rule: Rule?, row: [MilestoneTemplate], urgent: Bool,
    ) -> (milestones: [MilestoneTemplate], completes: Bool) {
        let recipient = rule?.recipients.first {
            $0.role == role && ($0.condition == nil || urgent) && stands($0.selector, for: unit)
        }
        var own = recipient.map { Self.applying($0.milestones, urgent: urgent) } ?? []
        if !own.contains(where: { $0.name == MilestoneName.sign }) {
            let sign = row.filter { $0.name == MilestoneName.sign }
            own = (sign.isEmpty ? settings.supervising : sign) + own
        }
        switch role {
        case .handling:
            let isWhole = own.contains { $0.name != MilestoneName.sign }
            return (isWhole ? own : row.isEmpty ? settings.unruled : row, true)
        case .assisting: return (own, recipient?.completes ?? false)
        case .informed: return (own, false)
        case .lead: return (settings.lead, false)
        case .supervising: return (settings.supervising, false)
        }
    }

    private static func applying(_ templates: [MilestoneTemplate], urgent: Bool) -> [MilestoneTemplate] {
        templates.filter { $0.condition == nil || urgent }
    }

    /// Whether a selector may have meant a unit in some event.
    private func stands(_ selector: UnitSelector, for unit: UnitID) -> Bool {
        switch selector {
        case .unit(let named): named == unit || directory.unit(unit)?.successorOf.contains(named) == true
        case .town, .eachTown: towns.contains(unit)
        case .school, .schoolsOfChildren: directory.unit(unit)?.kind == .school
        case .publisher, .lead, .awaitingDispatch: false
        }
    }
}
