extension Policy {
    /// Who receives an event, with which duties, and why.
    ///
    /// It always has an answer: what no rule routes, whose recipient is not
    /// known, or whose rule cannot be evaluated waits on the secretariat's
    /// list.
    package func route(_ input: RoutingInput) -> RoutingDecision {
        var routing = EventRouting(policy: self, input: input)
        return routing.decide()
    }
}

/// One event on its way through the rules of its type.
struct EventRouting {
    let policy: Policy
    let input: RoutingInput
    var planner: DutyPlanner
    var steps: [ExplanationStep] = []
    var drafts: [RecipientDraft] = []

    init(policy: Policy, input: RoutingInput) {
        self.policy = policy
        self.input = input
        self.planner = DutyPlanner(
            calendar: policy.calendar,
            dispatchedAt: input.recordedAt,
            eventDay: input.time.beijingDate,
        )
    }

    mutating func decide() -> RoutingDecision {
        guard let candidates = policy.rulesByType[input.type] else {
            return policy.recordedTypes.contains(input.type) ? recorded() : unrouted()
        }
        for index in candidates {
            let rule = policy.rules[index]
            var answers = ConditionAnswers(input: input, fields: policy.fields)
            do throws(ConditionFailure) {
                guard try answers.holds(rule.condition) else {
                    steps.append(rule.stepNotApplying)
                    continue
                }
                return try apply(rule, &answers)
            } catch {
                return giveWay(rule, to: error)
            }
        }
        return unrouted()
    }

    // MARK: With a rule

    private mutating func apply(_ rule: Rule, _ answers: inout ConditionAnswers) throws(ConditionFailure)
        -> RoutingDecision
    {
        steps.append(rule.stepApplying(on: planner.eventDay))
        let row = try chosen(rule.milestones, &answers)
        let ladder = try self.ladder(of: rule, &answers)
        let urgent = ladder != nil && ladder == policy.settings.urgentLadder
        addLead(of: rule)

        let competent = isCompetent(rule)
        var handled = false
        for recipient in rule.recipients {
            guard try answers.holds(recipient.condition) else { continue }
            let isHandling = recipient.role == .handling
            handled = handled || isHandling
            if isHandling && !competent {
                awaitDispatch(as: .handling, rule: rule, urgent: urgent, because: .outsideCounty)
                continue
            }
            try address(recipient, rule: rule, row: row, urgent: urgent, &answers)
        }
        if rule.kind == .row && !handled {
            awaitDispatch(as: .handling, rule: rule, urgent: urgent, because: .nobodyNamed)
        }
        return decision(rule, row: row, ladder: ladder, urgent: urgent)
    }

    private mutating func address(
        _ recipient: RuleRecipient, rule: Rule, row: [MilestoneTemplate], urgent: Bool,
        _ answers: inout ConditionAnswers
    ) throws(ConditionFailure) {
        let milestones = try self.milestones(of: recipient, rule: rule, row: row, &answers)
        switch resolve(recipient.selector, rule: rule) {
        case .found(let units):
            for unit in units {
                add(unit, recipient: recipient, milestones: milestones)
            }
        case .absent(let cause):
            // A unit that was only to be told is left out; one that the rule
            // needs, or that should be there and is not, is for a person.
            let mustBe = recipient.elseAwaitsDispatch || (cause == .notOnFile && recipient.role != .informed)
            if mustBe {
                awaitDispatch(as: recipient.role, rule: rule, urgent: urgent, because: cause)
            } else {
                steps.append(rule.stepLeavingOut(words(recipient.selector), as: recipient.role, cause: cause))
            }
        }
    }

    private mutating func add(_ unit: UnitID, recipient: RuleRecipient, milestones: [MilestoneTemplate]) {
        let index = draft(unit, recipient.role, reason: recipient.selector.description)
        drafts[index].milestones += milestones
        if recipient.role == .handling || recipient.completes { drafts[index].needsCompletion = true }
        if let custodian = recipient.custodian { drafts[index].custodian = custodian }
    }

    /// The draft of a unit, made when it has none yet.
    private mutating func draft(_ unit: UnitID, _ role: Role, reason: (en: String, zh: String)) -> Int {
        if let index = drafts.firstIndex(where: { $0.unit == unit }) {
            // The reason follows the strongest role.
            if role.strength > drafts[index].role.strength { drafts[index].reason = reason }
            drafts[index].take(role)
            return index
        }
        drafts.append(RecipientDraft(unit: unit, role: role, reason: reason))
        return drafts.count - 1
    }

    private mutating func addLead(of rule: Rule) {
        guard let lead = rule.lead else { return }
        guard let unit = valid(lead) else {
            awaitDispatch(as: .lead, rule: rule, urgent: false, because: .notOnFile)
            return
        }
        let index = draft(unit, .lead, reason: UnitSelector.lead.description)
        if rule.kind == .row { drafts[index].milestones += policy.settings.lead }
    }

    private mutating func awaitDispatch(as role: Role, rule: Rule, urgent: Bool, because cause: Absence) {
        steps.append(rule.stepAwaiting(role, cause: cause))
        awaitDispatch(as: role, urgent: urgent)
    }

    private mutating func awaitDispatch(as role: Role, urgent: Bool) {
        let reason = (en: "a person has to assign it", zh: "须人工派件")
        let index = draft(policy.settings.secretariat, role, reason: reason)
        guard !drafts[index].awaitsDispatch else { return }
        drafts[index].awaitsDispatch = true
        drafts[index].milestones += urgent ? policy.settings.assignUrgent : policy.settings.assign
    }

    // MARK: Without one

    /// A rule whose expression errs gives way to a person; its lead is told all
    /// the same. Where the rule knows children in danger, this may be one.
    private mutating func giveWay(_ rule: Rule, to failure: ConditionFailure) -> RoutingDecision {
        drafts = []
        steps.append(rule.stepFailing(failure.error))
        addLead(of: rule)
        let urgent = rule.ladders.contains { $0.ladder == policy.settings.urgentLadder }
        awaitDispatch(as: .handling, urgent: urgent)
        let usual = rule.ladders.last?.ladder ?? policy.settings.unruledLadder
        return decision(rule, row: [], ladder: urgent ? policy.settings.urgentLadder : usual, urgent: urgent)
    }

    private mutating func unrouted() -> RoutingDecision {
        steps.append(
            ExplanationStep(
                rule: Policy.noRule,
                sentence: "",
                matched: false,
                because: "no rule of policy \(policy.version) routes this event; the secretariat assigns it",
                becauseZh: "规则版本\(policy.version)中没有适用的规则，由联席会议办公室派件",
            ))
        awaitDispatch(as: .handling, urgent: false)
        return decision(nil, row: [], ladder: policy.settings.unruledLadder, urgent: false)
    }

    private mutating func recorded() -> RoutingDecision {
        steps.append(
            ExplanationStep(
                rule: Policy.defaultRule,
                sentence: "",
                matched: true,
                because: "events of this type are recorded and told to the secretariat",
                becauseZh: "此类事件只作记录，知会联席会议办公室",
            ))
        _ = draft(policy.settings.secretariat, .informed, reason: (en: "told of what is recorded", zh: "记录事项知会"))
        return decision(nil, row: [], ladder: nil, urgent: false)
    }
}

extension Policy {
    /// Stands for the rule where a type is only recorded.
    package static let defaultRule = "default"
    /// Stands for the rule where none applied.
    package static let noRule = "none"
}
