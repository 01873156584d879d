/// What a recipient of an event has to do about it.
package enum Role: String, Sendable, Hashable, CaseIterable {
    /// 牵头: answers for the measure; signs, verifies what others complete.
    case lead
    /// 主办: holds the statutory power and settles the matter.
    case handling
    /// 协办: helps; signs, and completes only where the rule says so.
    case assisting
    /// 知会: is told.
    case informed
    /// 督办: sees progress and lateness.
    case supervising

    /// The order in which one role of a unit wins over another: a unit has one
    /// duty for an event, in its strongest role.
    package var strength: Int {
        switch self {
        case .handling: 5
        case .assisting: 4
        case .lead: 3
        case .supervising: 2
        case .informed: 1
        }
    }

    /// The word for the role on a screen, in Chinese.
    package var zh: String {
        switch self {
        case .lead: "牵头"
        case .handling: "主办"
        case .assisting: "协办"
        case .informed: "知会"
        case .supervising: "督办"
        }
    }

    /// The word for the role on a screen, in English.
    package var en: String { rawValue }

    /// What a query for `responsible` means: handling or assisting.
    package static let responsible: Set<Role> = [.handling, .assisting]
}
