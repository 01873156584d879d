/// What the plan itself calls a unit in a clause, beside the role a rule gives
/// it: in the plan the acting unit is a 责任单位 too, and some units that must
/// act are in no list at all.
package enum PlanRole: String, Sendable, Hashable, CaseIterable {
    /// 牵头单位 of the clause.
    case lead
    /// 责任单位: on the clause's list.
    case responsible
    /// 正文要求: named by the prose, not by the list.
    case obliged
    /// Named by neither.
    case none

    /// The words on a screen, in Chinese.
    package var zh: String {
        switch self {
        case .lead: "牵头单位"
        case .responsible: "责任单位"
        case .obliged: "正文要求"
        case .none: "—"
        }
    }

    /// The words on a screen, in English.
    package var en: String {
        switch self {
        case .lead: "lead unit"
        case .responsible: "responsible unit"
        case .obliged: "obliged by the text"
        case .none: "—"
        }
    }
}
