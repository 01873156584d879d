import CloudEvents

/// What the parts of one rule share while it is read.
struct RuleScope {
    let types: [EventType]
    /// The expressions of the rule, each once: the place of an expression is
    /// its place here.
    var expressions: [String] = []
    var lead: UnitID?
}

extension PolicyLoader {
    private static let ruleKeys: Set<String> = [
        "id", "kind", "zh", "en", "types", "when", "sentences", "clause", "basis", "within", "lead", "handling",
        "assisting", "informed", "supervising", "milestones", "ladder", "chain", "verifier",
    ]

    mutating func readRules(_ node: ConfigurationNode) {
        for element in reader.elements(node) { readRule(element) }
    }

    private mutating func readRule(_ node: ConfigurationNode) {
        let record = reader.record(node, keys: Self.ruleKeys)
        let id = reader.text(record, "id", required: true) ?? "?"
        if rules.contains(where: { $0.id == id }) { duplicate(record["id"] ?? node, id) }
        let kind: Rule.Kind? = reader.choice(record, "kind")
        let zh = reader.text(record, "zh", required: true) ?? ""
        let en = reader.text(record, "en", required: true) ?? ""
        if record["types"] == nil { reader.missing(node, "types") }
        let types = reader.elements(record["types"]).compactMap { type($0) }

        let sentences = reader.elements(record["sentences"]).compactMap { sentence($0) }
        var scope = RuleScope(types: types)
        scope.lead = lead(record, rests: record["sentences"] != nil)
        let milestones = record["milestones"].map { readMilestones($0, scope: &scope) } ?? []
        let condition = condition(record, scope: &scope)
        var recipients: [RuleRecipient] = []
        for role in [Role.handling, .assisting, .informed, .supervising] {
            guard let list = record[role.rawValue] else { continue }
            recipients += readRecipients(list, role: role, scope: &scope)
        }
        let ladders = readLadders(record, scope: &scope)
        let rule = Rule(
            id: id, kind: kind ?? .row, zh: zh, en: en, types: types, sentences: sentences,
            clause: clause(record, sentences: sentences),
            bases: readBasisList(record), chains: readChainList(record), lead: scope.lead,
            verifier: verifier(record, kind: kind ?? .row, lead: scope.lead),
            applying: Rule.applying(zh: zh, en: en, sentences: sentences),
            condition: condition.value, within: within(record, types: types), recipients: recipients,
            milestones: milestones, ladders: ladders, file: node.file, line: node.line,
        )
        // What is required of a rule depends on its kind.
        if kind != nil { checkShape(rule, record) }
        if !condition.isReadable { rulesOfUnknownReach.insert(rules.count) }
        rules.append(rule)
        ruleNodes.append(node)
    }

    // MARK: Parts

    private mutating func sentence(_ node: ConfigurationNode) -> PlanSentence? {
        guard let text = reader.text(node) else { return nil }
        if let sentence = sentences.first(where: { $0.id == text }) { return sentence }
        reader.fault(node, "unknown-sentence", "the plan has no sentence '\(text)' here", "sentences中没有方案语句“\(text)”")
        return nil
    }

    private mutating func clause(_ record: ConfigurationRecord, sentences: [PlanSentence]) -> String? {
        guard let node = record["clause"] else { return sentences.first?.clause }
        guard let text = reader.text(node) else { return nil }
        if !clauses.contains(where: { $0.id == text }) {
            reader.fault(node, "unknown-clause", "the plan has no clause '\(text)' here", "clauses中没有条款“\(text)”")
        }
        return text
    }

    /// A rule that rests on the plan says who leads, be it nobody.
    private mutating func lead(_ record: ConfigurationRecord, rests: Bool) -> UnitID? {
        guard let node = record["lead"] else {
            if rests { reader.missing(record.node, "lead") }
            return nil
        }
        return node.text == "none" ? nil : unit(node)
    }

    /// The lead verifies unless the rule names another or nobody.
    private mutating func verifier(_ record: ConfigurationRecord, kind: Rule.Kind, lead: UnitID?) -> UnitID? {
        guard let node = record["verifier"] else { return kind == .row ? lead : nil }
        switch node.text {
        case "none": return nil
        case "lead": return lead
        default: return unit(node)
        }
    }

    private mutating func within(_ record: ConfigurationRecord, types: [EventType]) -> UnitSelector.Place? {
        guard record["within"] != nil, let place: UnitSelector.Place = reader.choice(record, "within") else {
            return nil
        }
        if let node = record["within"] { checkFields([place.field], of: types, at: node) }
        return place
    }

    mutating func readBasisList(_ record: ConfigurationRecord) -> [LegalBasis] {
        reader.elements(record["basis"]).compactMap { node in
            guard let text = reader.text(node) else { return nil }
            if let basis = bases[text] { return basis }
            reader.fault(node, "unknown-basis", "no legal basis has the id '\(text)'", "bases中没有“\(text)”")
            return nil
        }
    }

    private mutating func readChainList(_ record: ConfigurationRecord) -> [String] {
        reader.elements(record["chain"]).compactMap { node in
            guard let text = reader.text(node) else { return nil }
            if !chains.contains(text) {
                reader.fault(node, "unknown-chain", "there is no legal chain '\(text)'", "chains中没有“\(text)”")
            }
            return text
        }
    }

    /// `B`, or a list of `{use: D, when: …}` and letters.
    private mutating func readLadders(_ record: ConfigurationRecord, scope: inout RuleScope) -> [LadderChoice] {
        guard let node = record["ladder"] else { return [] }
        if let text = node.text {
            checkLadder(text, at: node)
            return [LadderChoice(ladder: text, condition: nil)]
        }
        var choices: [LadderChoice] = []
        for element in reader.elements(node) {
            if let text = element.text {
                checkLadder(text, at: element)
                choices.append(LadderChoice(ladder: text, condition: nil))
                continue
            }
            let entry = reader.record(element, keys: ["use", "when"])
            guard let text = reader.text(entry, "use", required: true) else { continue }
            checkLadder(text, at: element)
            let condition = condition(entry, scope: &scope)
            if condition.isReadable { choices.append(LadderChoice(ladder: text, condition: condition.value)) }
        }
        return choices
    }

    /// The condition under `when`: the name of one, or an expression. One that
    /// cannot be read is not the same as none: what it stands at is left out, so
    /// that nothing seems to apply always.
    mutating func condition(
        _ record: ConfigurationRecord, scope: inout RuleScope
    ) -> (value: RuleCondition?, isReadable: Bool) {
        guard let node = record["when"] else { return (nil, true) }
        guard let text = reader.text(node), let expression = expression(of: text, at: node),
            let condition = condition(expression, scope: &scope, at: node)
        else { return (nil, false) }
        return (condition, true)
    }

    private mutating func expression(of text: String, at node: ConfigurationNode) -> CESQLExpression? {
        if let known = conditions[text] { return known }
        // Its fault has been told where it stands.
        if unreadableConditions.contains(text) { return nil }
        if text.isKebabCase && text.contains("-") {
            reader.fault(
                node, "unknown-condition", "there is no condition '\(text)'; names stand under 'conditions'",
                "conditions中没有“\(text)”",
            )
            return nil
        }
        return expression(text, at: node)
    }

    private mutating func condition(
        _ expression: CESQLExpression, scope: inout RuleScope, at node: ConfigurationNode
    ) -> RuleCondition? {
        checkAttributes(of: expression, types: scope.types, at: node)
        if let index = scope.expressions.firstIndex(of: expression.text) {
            return RuleCondition(index: index, expression: expression)
        }
        guard scope.expressions.count < ConditionAnswers.limit else {
            reader.fault(
                node, "too-many-conditions", "a rule has at most \(ConditionAnswers.limit) different conditions",
                "一条规则最多有\(ConditionAnswers.limit)个不同的条件",
            )
            return nil
        }
        scope.expressions.append(expression.text)
        return RuleCondition(index: scope.expressions.count - 1, expression: expression)
    }
}
