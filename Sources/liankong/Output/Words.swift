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

    /// `立案 file` for a time limit; one of a county's own is shown by its name.
    static func milestone(_ name: String) -> String {
        milestones[name].map { "\($0) \(name)" } ?? name
    }

    private static let milestones = [
        "sign": "签收", "settle": "办结", "assign": "派件", "verify": "核实情况", "mark": "学籍标注", "visit": "上门劝返",
        "support": "落实帮扶", "first-aid": "先行救助", "file": "立案", "decide-transfer": "决定是否移送", "rescue": "解救",
        "hand-over": "移交案件", "check": "现场核查", "inspect": "检查",
    ]

    /// `convener 联络员A角 liaison-a` for a place at a unit.
    static func place(_ text: String) -> String {
        // A unit id may contain a colon and never a slash.
        let parts = text.split(separator: "/").map(String.init)
        guard parts.count == 2, let word = places[parts[1]] else { return text }
        return "\(parts[0]) \(word) \(parts[1])"
    }

    private static let places = [
        "liaison-a": "联络员A角", "liaison-b": "联络员B角", "duty-officer": "值班员", "deputy-leader": "分管领导", "leader": "主要领导",
        "integrator": "对接人员", "officer": "经办人",
    ]

    /// How a field appears to a unit.
    static func visibility(_ name: String) -> String {
        switch name {
        case "full": "可见 full"
        case "masked": "脱敏 masked"
        case "absent": "不可见 absent"
        default: name
        }
    }

    /// `1 event`, `2 events`.
    static func count(_ number: Int, _ one: String, _ many: String) -> String {
        "\(number) \(number == 1 ? one : many)"
    }
}
