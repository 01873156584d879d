/// One rule of the policy, read and checked.
package struct Rule: Sendable {
    /// Whether it creates duties or only tells.
    package enum Kind: String, Sendable, CaseIterable {
        case row, line
    }

    /// Such as `9` or `N44`.
    package let id: String
    package let kind: Kind
    package let zh: String
    package let en: String
    package let types: [EventType]
    /// The sentences of the plan it rests on; empty for matters of the hub.
    package let sentences: [PlanSentence]
    package let clause: String?
    package let bases: [LegalBasis]
    /// The legal chains it belongs to, such as `L2`.
    package let chains: [String]
    package let lead: UnitID?
    /// Who verifies what others complete; nil where nobody does.
    package let verifier: UnitID?

    /// What its step in an explanation always says.
    let applying: (en: String, zh: String)
    let condition: RuleCondition?
    /// A place that must not lie outside the county for the handling unit to be
    /// competent.
    let within: UnitSelector.Place?
    let recipients: [RuleRecipient]
    /// Of the handling units; `sign` of them is the row's.
    let milestones: [MilestoneTemplate]
    let ladders: [LadderChoice]
    let file: String
    let line: Int

    /// The sentence shown first; empty where there is none.
    package var sentence: String { sentences.first?.id ?? "" }
}

/// One recipient of a rule.
struct RuleRecipient: Sendable {
    let role: Role
    let selector: UnitSelector
    let condition: RuleCondition?
    /// Marked `*`: must complete, not only sign.
    let completes: Bool
    /// An informed unit that signs a receipt.
    let signsReceipt: Bool
    /// Its own milestones beside the row's `sign`.
    let milestones: [MilestoneTemplate]
    /// Whether the secretariat assigns somebody when nobody is found.
    let elseAwaitsDispatch: Bool
    /// For an external addressee, who keeps its letters.
    let custodian: UnitID?
}

/// A milestone as a rule writes it. Of several with one name the first whose
/// condition holds applies.
struct MilestoneTemplate: Sendable {
    let name: String
    let period: Period
    let start: Milestone.Start
    /// The start in words: 立案, filing of the case.
    let startZh: String
    let startEn: String
    /// How far an approved extension may go.
    let `extension`: Period?
    let bases: [LegalBasis]
    let condition: RuleCondition?
}

/// A ladder and when it applies; of several the first whose condition holds.
struct LadderChoice: Sendable {
    let ladder: String
    let condition: RuleCondition?
}
