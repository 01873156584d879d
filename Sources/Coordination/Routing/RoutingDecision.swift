/// Who receives an event, in which role, with which duty, and why.
package struct RoutingDecision: Sendable, Hashable {
    /// What became of the event as a whole.
    package enum Status: String, Sendable, Hashable, CaseIterable {
        /// A rule addressed it.
        case routed
        /// No rule did, or a recipient it needs is not known: the secretariat
        /// holds a duty to assign it.
        case awaitingDispatch = "awaiting-dispatch"
        /// It is kept in its case; nobody has a duty.
        case recorded

        /// The word on a screen, in Chinese.
        package var zh: String {
            switch self {
            case .routed: "已派发"
            case .awaitingDispatch: "待派"
            case .recorded: "已记录"
            }
        }
    }

    package var status: Status
    /// One for each unit: the lead first, then handling, assisting, informed and
    /// supervising ones.
    package var recipients: [PlannedRecipient]
    /// The steps that led here. For the publisher, the lead and the secretariat;
    /// anybody else is shown only the steps of its own unit.
    package var explanation: [ExplanationStep]
    package var policyVersion: String
    /// The rule that applied; nil when none did.
    package var rule: String?
    /// The clause of the plan it rests on; nil for matters of the hub itself.
    package var clause: String?
    package var priority: DutyPriority
}

/// In which order a unit's list shows its duties. The reason is never shown: it
/// may be a fact about a child.
package enum DutyPriority: Int16, Sendable, Hashable, CaseIterable, Comparable {
    case normal = 0
    /// A child of a key group.
    case high = 1
    /// A child in danger: the rule runs on the ladder of child safety.
    case urgent = 2

    package static func < (left: DutyPriority, right: DutyPriority) -> Bool { left.rawValue < right.rawValue }

    /// The machine code.
    package var code: String {
        switch self {
        case .normal: "normal"
        case .high: "high"
        case .urgent: "urgent"
        }
    }
}

/// One step of the reasoning, in words that name rules, sentences and units and
/// never a value of the event.
package struct ExplanationStep: Sendable, Hashable {
    /// The rule; `default` or `none` where no rule applied.
    package var rule: String
    /// The sentence of the plan; empty for matters of the hub itself.
    package var sentence: String
    /// Whether the rule applied, or the recipient was addressed.
    package var matched: Bool
    /// The unit the step is about; nil for steps about the event as a whole.
    package var unit: UnitID?
    package var because: String
    package var becauseZh: String

    package init(
        rule: String, sentence: String, matched: Bool, unit: UnitID? = nil, because: String, becauseZh: String
    ) {
        self.rule = rule
        self.sentence = sentence
        self.matched = matched
        self.unit = unit
        self.because = because
        self.becauseZh = becauseZh
    }
}
