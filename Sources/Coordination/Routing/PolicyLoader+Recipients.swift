import CloudEvents

extension PolicyLoader {
    private static let recipientKeys: Set<String> = [
        "to", "when", "complete", "receipt", "milestones", "otherwise", "custodian",
    ]

    /// A list of selectors, each alone or as `to` with more about it.
    mutating func readRecipients(
        _ node: ConfigurationNode, role: Role, scope: inout RuleScope
    ) -> [RuleRecipient] {
        let elements = reader.elements(node)
        if elements.isEmpty && node.elements != nil {
            reader.fault(
                node, "empty-selector", "the list '\(role.rawValue)' names nobody; leave it out", "\(role.zh)名单为空，请删去该项",
            )
        }
        return elements.compactMap { readRecipient($0, role: role, scope: &scope) }
    }

    private mutating func readRecipient(
        _ node: ConfigurationNode, role: Role, scope: inout RuleScope
    ) -> RuleRecipient? {
        guard node.text == nil else {
            guard let selector = selector(node, scope: scope) else { return nil }
            return RuleRecipient(
                role: role, selector: selector, condition: nil, completes: false, signsReceipt: false,
                milestones: [], elseAwaitsDispatch: role == .handling || selector == .awaitingDispatch,
                custodian: custodian(of: selector, nil, scope: scope, at: node),
            )
        }
        let record = reader.record(node, keys: Self.recipientKeys)
        let condition = condition(record, scope: &scope)
        let milestones = record["milestones"].map { readMilestones($0, scope: &scope) } ?? []
        let completes = flag(record, "complete", yes: "true", no: "false") ?? false
        let signsReceipt = flag(record, "receipt", yes: "sign", no: "none") ?? false
        let otherwise = flag(record, "otherwise", yes: "awaiting-dispatch", no: "leave-out")
        guard let target = record["to"] else {
            reader.missing(node, "to")
            return nil
        }
        guard let selector = selector(target, scope: scope), condition.isReadable else { return nil }
        return RuleRecipient(
            role: role, selector: selector, condition: condition.value, completes: completes,
            signsReceipt: signsReceipt, milestones: milestones,
            elseAwaitsDispatch: otherwise ?? (role == .handling || selector == .awaitingDispatch),
            custodian: custodian(of: selector, record["custodian"], scope: scope, at: node),
        )
    }

    private mutating func selector(_ node: ConfigurationNode, scope: RuleScope) -> UnitSelector? {
        guard let text = reader.text(node) else { return nil }
        guard let selector = UnitSelector(text) else {
            let places = UnitSelector.Place.allCases.map(\.rawValue).joined(separator: ", ")
            reader.fault(
                node, "bad-selector",
                "'\(text)' is no selector: write a unit, town-of(\(places)), school, schools-of-children, each-town, "
                    + "publisher, lead or awaiting-dispatch",
                "“\(text)”不是可用的选择方式：请写单位、town-of(\(places))、school、schools-of-children、each-town、publisher、"
                    + "lead或awaiting-dispatch",
            )
            return nil
        }
        if case .unit = selector, unit(node) == nil { return nil }
        if selector == .lead && scope.lead == nil {
            reader.fault(node, "empty-selector", "the rule has no lead", "本规则没有牵头单位")
        }
        checkFields(selector.fields, of: scope.types, at: node)
        return selector
    }

    /// Who writes to an external addressee: named here, in the directory, or
    /// the lead.
    private mutating func custodian(
        of selector: UnitSelector, _ named: ConfigurationNode?, scope: RuleScope, at node: ConfigurationNode
    ) -> UnitID? {
        guard case .unit(let id) = selector, let addressee = directory.unit(id), addressee.kind == .external else {
            if let named {
                reader.fault(
                    named, "not-external", "only an external addressee (ext:…) has a custodian", "只有外部单位（ext:…）才需要经办单位",
                )
            }
            return nil
        }
        if let named { return unit(named) }
        if let custodian = addressee.custodian ?? scope.lead { return custodian }
        reader.fault(
            node, "missing-key", "name a 'custodian': nobody leads this rule and would write the letter",
            "请写明custodian：本规则没有牵头单位，无人发函",
        )
        return nil
    }

    private mutating func flag(_ record: ConfigurationRecord, _ key: String, yes: String, no: String) -> Bool? {
        guard let node = record[key] else { return nil }
        switch node.text {
        case yes: return true
        case no: return false
        default:
            reader.fault(node, "not-a-choice", "'\(key)' is \(yes) or \(no)", "\(key)只能是\(yes)或\(no)")
            return nil
        }
    }

    // MARK: Milestones

    private static let milestoneKeys: Set<String> = [
        "name", "period", "when", "start", "startZh", "startEn", "extension", "basis",
    ]

    /// A list of `name period`, or of mappings that say more.
    mutating func readMilestones(_ node: ConfigurationNode, scope: inout RuleScope) -> [MilestoneTemplate] {
        var templates: [MilestoneTemplate] = []
        for element in reader.elements(node) {
            guard let template = readMilestone(element, scope: &scope) else { continue }
            if templates.contains(where: { $0.name == template.name && $0.condition == nil }) {
                reader.fault(
                    element, "unreachable-milestone", "'\(template.name)' above has no condition and always applies",
                    "前面的“\(template.name)”没有条件，本条永远不会适用",
                )
            }
            templates.append(template)
        }
        return templates
    }

    private mutating func readMilestone(_ node: ConfigurationNode, scope: inout RuleScope) -> MilestoneTemplate? {
        if let text = node.text {
            let words = text.split(separator: " ")
            guard words.count == 2, let period = period(String(words[1]), at: node) else {
                if words.count != 2 {
                    reader.fault(
                        node, "bad-milestone", "write a name and a period, such as 'sign 1wd'", "请写名称和期限，例如“sign 1wd”",
                    )
                }
                return nil
            }
            checkMilestoneName(String(words[0]), at: node)
            return MilestoneTemplate(
                name: String(words[0]), period: period, start: .dispatch, startZh: "", startEn: "", extension: nil,
                bases: [], condition: nil,
            )
        }
        let record = reader.record(node, keys: Self.milestoneKeys)
        let condition = condition(record, scope: &scope)
        let bases = readBasisList(record)
        let start = start(record)
        let startZh = reader.text(record, "startZh", required: start != .dispatch) ?? ""
        let startEn = reader.text(record, "startEn", required: start != .dispatch) ?? ""
        let longer = record["extension"].flatMap { node in reader.text(node).flatMap { period($0, at: node) } }
        guard let name = reader.text(record, "name", required: true),
            let text = reader.text(record, "period", required: true), let period = period(text, at: node)
        else { return nil }
        checkMilestoneName(name, at: node)
        guard condition.isReadable else { return nil }
        return MilestoneTemplate(
            name: name, period: period, start: start, startZh: startZh, startEn: startEn, extension: longer,
            bases: bases, condition: condition.value,
        )
    }

    /// The dispatch, or the event that the statute counts from.
    private mutating func start(_ record: ConfigurationRecord) -> Milestone.Start {
        guard let node = record["start"], let text = reader.text(node), text != "dispatch" else { return .dispatch }
        let type = EventType(text)
        if !announcedTypes.contains(type), self.type(node) == nil { return .dispatch }
        return .event(type)
    }

    private mutating func period(_ text: String, at node: ConfigurationNode) -> Period? {
        if let period = Period.parse(text) { return period }
        reader.fault(
            node, "bad-period", "'\(text)' is no period: write 3wd, 7nd, 24h or 5sd",
            "“\(text)”不是期限：请写3wd（工作日）、7nd（自然日）、24h（小时）或5sd（教学日）",
        )
        return nil
    }

    private mutating func checkMilestoneName(_ name: String, at node: ConfigurationNode) {
        guard settings.milestoneNames[name] == nil else { return }
        reader.fault(
            node, "unknown-milestone", "there is no milestone '\(name)'; names stand under 'milestones'",
            "milestones中没有“\(name)”",
        )
    }
}
