import CloudEvents

extension EventRouting {
    /// The recipients in the order a receipt shows them.
    private static let order: [Role] = [.lead, .handling, .assisting, .informed, .supervising]

    /// Closes the drafts into what is stored and shown.
    mutating func decision(
        _ rule: Rule?, row: [MilestoneTemplate], ladder: String?, urgent: Bool
    ) -> RoutingDecision {
        addCustodians(of: rule, row: row)
        var recipients: [PlannedRecipient] = []
        recipients.reserveCapacity(drafts.count)
        for role in Self.order {
            // By place: a draft is large, and most are passed over.
            for index in drafts.indices where drafts[index].role == role {
                let draft = drafts[index]
                recipients.append(recipient(draft, rule: rule, ladder: ladder))
                steps.append(step(draft, rule: rule))
            }
        }
        if let rule, let step = stepNotAddressed(rule) { steps.append(step) }
        return RoutingDecision(
            status: status(recipients),
            recipients: recipients,
            explanation: steps,
            policyVersion: policy.version,
            rule: rule?.id,
            clause: rule?.clause,
            priority: urgent ? .urgent : priorityOfChild,
        )
    }

    private func status(_ recipients: [PlannedRecipient]) -> RoutingDecision.Status {
        if drafts.contains(where: \.awaitsDispatch) { return .awaitingDispatch }
        return recipients.contains { $0.duty != nil } ? .routed : .recorded
    }

    private var priorityOfChild: DutyPriority {
        guard case .list(let groups)? = input.routable["keyGroups"], !groups.isEmpty else { return .normal }
        return .high
    }

    /// A letter to an external addressee is a thing to do for its custodian.
    private mutating func addCustodians(of rule: Rule?, row: [MilestoneTemplate]) {
        for index in drafts.indices {
            guard let custodian = drafts[index].custodian else { continue }
            guard let keeper = valid(custodian) else { continue }
            let sign = row.filter { $0.name == MilestoneName.sign }
            if let known = drafts.firstIndex(where: { $0.unit == keeper }) {
                drafts[known].keeps.append(drafts[index].unit)
                drafts[known].milestones += sign
            } else {
                var draft = RecipientDraft(
                    unit: keeper,
                    role: drafts[index].role,
                    reason: writing(to: drafts[index].unit),
                )
                draft.keeps = [drafts[index].unit]
                draft.milestones = sign
                drafts.append(draft)
            }
        }
    }

    private func writing(to addressee: UnitID) -> (en: String, zh: String) {
        let name = words(.unit(addressee))
        return (en: "it writes to \(name.en)", zh: "负责向\(name.zh)发函")
    }

    private mutating func recipient(_ draft: RecipientDraft, rule: Rule?, ladder: String?) -> PlannedRecipient {
        var duty: DutyPlan?
        if draft.hasDuty {
            var plan = planner.plan(draft.milestones, needsCompletion: draft.needsCompletion || draft.awaitsDispatch)
            plan.ladder = ladder
            plan.awaitsDispatch = draft.awaitsDispatch
            plan.keeps = draft.keeps
            if draft.needsCompletion { plan.verifier = policy.verifier(rule, for: draft.unit) }
            duty = plan
        }
        return PlannedRecipient(
            unit: draft.unit,
            role: draft.role,
            alsoRoles: draft.alsoRoles,
            planRole: rule?.clause.flatMap { policy.planRoles[$0]?[draft.unit] } ?? .none,
            rule: rule?.id ?? (draft.awaitsDispatch ? Policy.noRule : Policy.defaultRule),
            sentence: rule?.sentence ?? "",
            clause: rule?.clause,
            projection: policy.projection,
            custodian: draft.custodian,
            duty: duty,
        )
    }

    // MARK: Explanation

    private func step(_ draft: RecipientDraft, rule: Rule?) -> ExplanationStep {
        let name = policy.directory.name(draft.unit, on: planner.dispatchDay)
        var because = "\(name?.en ?? draft.unit.rawValue): \(draft.role.en), \(draft.reason.en)"
        var becauseZh = "\(name?.zhShort ?? draft.unit.rawValue)：\(draft.role.zh)，\(draft.reason.zh)"
        if !draft.alsoRoles.isEmpty {
            because += "; also " + draft.alsoRoles.map(\.en).joined(separator: ", ")
            becauseZh += "；兼" + draft.alsoRoles.map(\.zh).joined(separator: "、")
        }
        return ExplanationStep(
            rule: rule?.id ?? (draft.awaitsDispatch ? Policy.noRule : Policy.defaultRule),
            sentence: rule?.sentence ?? "",
            matched: true,
            unit: draft.unit,
            because: because,
            becauseZh: becauseZh,
        )
    }

    /// The units on the clause's list that the rule does not address, so that
    /// nobody takes their silence for an oversight. Towns count as one: one of
    /// them acts for its own area.
    private func stepNotAddressed(_ rule: Rule) -> ExplanationStep? {
        guard let clause = rule.clause, let listed = policy.responsible[clause] else { return nil }
        var left: [(en: String, zh: String)] = []
        for unit in listed.units {
            // Who took over stands in its place; who is gone is not missed.
            guard let unit = valid(unit), !drafts.contains(where: { $0.unit == unit }) else { continue }
            left.append(words(.unit(unit)))
        }
        if listed.towns && !drafts.contains(where: { policy.towns.contains($0.unit) }) {
            left.append(("the towns", "各镇"))
        }
        guard !left.isEmpty else { return nil }
        let heading = policy.clauses.first { $0.id == clause }
        return ExplanationStep(
            rule: rule.id,
            sentence: rule.sentence,
            matched: false,
            because: "responsible under \(heading?.en ?? clause) and not addressed: "
                + left.map(\.en).joined(separator: ", "),
            becauseZh: "“\(heading?.zh ?? clause)”的责任单位中未派：" + left.map(\.zh).joined(separator: "、"),
        )
    }
}

extension Policy {
    /// Who verifies a completion of a unit: never the unit itself.
    func verifier(_ rule: Rule?, for unit: UnitID) -> UnitID? {
        guard let rule, let verifier = rule.verifier else { return nil }
        return [verifier, rule.lead, settings.secretariat].compactMap(\.self).first { $0 != unit }
    }
}
