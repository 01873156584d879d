package import CloudEvents

extension Policy {
    /// What a unit owes to which the secretariat assigns an event by hand: what
    /// the rule gives to that role, counted from the assignment; without a rule
    /// the county's general periods.
    ///
    /// Parts of a rule that depend on the event are left aside: its values are
    /// sealed by then.
    package func dutyPlan(
        rule id: String, role: Role, unit: UnitID, time: Timestamp, assignedAt: Timestamp
    ) -> DutyPlan {
        var planner = DutyPlanner(calendar: calendar, dispatchedAt: assignedAt, eventDay: time.beijingDate)
        let rule = self.rule(id)
        let row = rule.map { $0.milestones.filter { $0.condition == nil } } ?? settings.unruled
        let sign = row.filter { $0.name == MilestoneName.sign }
        var plan =
            switch role {
            case .handling: planner.plan(row.isEmpty ? settings.unruled : row, needsCompletion: true)
            case .assisting, .informed: planner.plan(sign.isEmpty ? settings.supervising : sign, needsCompletion: false)
            case .lead: planner.plan(settings.lead, needsCompletion: false)
            case .supervising: planner.plan(settings.supervising, needsCompletion: false)
            }
        plan.ladder = rule.map { $0.ladders.last?.ladder } ?? settings.unruledLadder
        if role == .handling {
            plan.verifier = rule == nil ? settings.secretariat : verifier(rule, for: unit)
        }
        return plan
    }
}
