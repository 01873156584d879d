import Coordination

/// The words a screen uses, Chinese first.
enum Words {
    /// The roles in the order of the columns, with the words of the columns.
    static let roles: [(role: Role, zh: String, en: String)] = [
        (.lead, "牵头单位", "lead"),
        (.handling, "主办（责任）单位", "handling"),
        (.assisting, "协办（责任）单位", "assisting"),
        (.informed, "知会", "informed"),
        (.supervising, "督办", "supervising"),
    ]

    /// `主办 handling` for a role's name in the API.
    static func role(_ name: String) -> String {
        guard let role = Role(rawValue: name) else { return name }
        return "\(role.zh) \(role.en)"
    }

    /// `责任单位 responsible unit`.
    static func planRole(_ name: String) -> String {
        guard let role = PlanRole(rawValue: name) else { return name }
        return role == .none ? role.zh : "\(role.zh) \(role.en)"
    }

    /// `待签收 dispatched`.
    static func state(_ name: String) -> String {
        guard let state = DutyState(rawValue: name) else { return name }
        return "\(state.zh) \(state.rawValue)"
    }

    /// `已派发 routed`.
    static func status(_ name: String) -> String {
        switch name {
        case "routed": "已派发 routed"
        case "awaiting-dispatch": "待派 awaiting dispatch"
        case "recorded": "已记录 recorded"
        default: name
        }
    }

    /// `催办 remind` for a command in a history.
    static func command(_ name: String) -> String {
        if case .offered(let command) = DutyCommand.named(name) { return "\(command.zh) \(name)" }
        switch name {
        case "remind": return "催办 remind"
        case "draft": return "拟稿 draft"
        case "propose": return "提请 propose"
        case "route", "dispatch": return "派发 \(name)"
        default: return name
        }
    }
}
