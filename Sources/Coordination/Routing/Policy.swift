package import ChineseIdentifiers
import CloudEvents

/// The county's rules in one version: which event becomes whose duty, by when,
/// and by which sentence of the plan.
///
/// A value without any state: the same event always gets the same answer from
/// the same version. What is loaded is checked (`Policy.load`), so that routing
/// itself cannot fail; a hole in the rules leads to the secretariat's list.
package struct Policy: Sendable {
    /// Such as `2020-10-22.1`.
    package let version: String
    /// The first day it may be in force; nil for a draft.
    package let effectiveFrom: CivilDate?
    package let sentences: [PlanSentence]
    package let clauses: [PlanClause]
    /// In the order of the files.
    package let rules: [Rule]

    let directory: Directory
    let calendar: WorkCalendar
    let settings: PolicySettings
    let projection: String
    /// The rules that may apply to a type, the first that holds wins.
    let rulesByType: [EventType: [Int]]
    /// The types that are recorded and told to the secretariat only.
    let recordedTypes: Set<EventType>
    /// The field behind an attribute of a condition.
    let fields: [String: String]
    /// What the plan calls each unit, by clause.
    let planRoles: [String: [UnitID: PlanRole]]
    /// The units on a clause's list, in the directory's order; the towns apart.
    let responsible: [String: (units: [UnitID], towns: Bool)]
    /// Every town the directory has, whether or not it still exists.
    let towns: [UnitID]

    /// The rule with this id.
    package func rule(_ id: String) -> Rule? { rules.first { $0.id == id } }

    /// The rules that may apply to a type, in the order they are tried.
    package func rules(for type: EventType) -> [Rule] { (rulesByType[type] ?? []).map { rules[$0] } }

    /// The word for a milestone on a screen.
    package func milestoneName(_ name: String) -> (zh: String, en: String)? { settings.milestoneNames[name] }
}

/// What the head of the policy says for all rules.
struct PolicySettings: Sendable {
    /// Who assigns what no rule routes.
    var secretariat: UnitID = "jm-office"
    /// What every lead signs in a row.
    var lead: [MilestoneTemplate] = []
    /// What a supervising unit signs.
    var supervising: [MilestoneTemplate] = []
    /// What a unit has that was assigned without a rule.
    var unruled: [MilestoneTemplate] = []
    var unruledLadder = "A"
    /// How soon the secretariat assigns.
    var assign: [MilestoneTemplate] = []
    /// The same where the rule runs on the ladder of child safety.
    var assignUrgent: [MilestoneTemplate] = []
    var urgentLadder = "D"
    var milestoneNames: [String: (zh: String, en: String)] = [:]
}
