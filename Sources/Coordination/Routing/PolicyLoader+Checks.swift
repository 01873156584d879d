import CloudEvents

// What is well written and still wrong: rules that never apply, conditions that
// err on events without the attribute, duties that nobody is reminded of.
extension PolicyLoader {
    /// Every attribute of a condition must be one the router can read on the
    /// rule's types, and be asked for with EXISTS where an event may lack it:
    /// otherwise the rule would err on such events and end with the secretariat.
    mutating func checkAttributes(of expression: CESQLExpression, types: [EventType], at node: ConfigurationNode) {
        guard !types.isEmpty else { return }
        let contracts = types.compactMap { catalogue.contract($0)?.conditionFields }
        for name in expression.attributeNames.sorted() {
            let found = contracts.compactMap { $0.first { $0.attribute == name } }
            if found.isEmpty && !RoutingInput.envelopeAttributes.contains(name) {
                reader.fault(
                    node, "unknown-attribute", "no contract of the rule's types promotes or routes '\(name)'",
                    "本规则各类事件的合同都没有可供派发使用的属性“\(name)”",
                )
                continue
            }
            let always =
                found.isEmpty
                ? RoutingInput.requiredAttributes.contains(name)
                : found.count == contracts.count && found.allSatisfy(\.isRequired)
            if !always && !Self.asksWhetherExists(name, in: expression.text) {
                reader.fault(
                    node, "attribute-may-be-missing", "an event may lack '\(name)': write EXISTS \(name) AND …",
                    "事件可能没有“\(name)”：请写EXISTS \(name) AND …",
                )
            }
        }
    }

    private static func asksWhetherExists(_ name: String, in text: String) -> Bool {
        let words = text.lowercased().split { " ()\n\t,".contains($0) }
        return zip(words, words.dropFirst()).contains { $0 == "exists" && $1 == name }
    }

    /// A selector that reads fields none of which the types have addresses
    /// nobody, ever.
    mutating func checkFields(_ names: [String], of types: [EventType], at node: ConfigurationNode) {
        guard !names.isEmpty, !types.isEmpty else { return }
        let known = Set(types.flatMap { catalogue.contract($0)?.conditionFields ?? [] }.map(\.name))
        for name in names where !known.contains(name) {
            reader.fault(
                node, "empty-selector", "no contract of the rule's types has '\(name)', so nobody would be found",
                "本规则各类事件的合同都没有“\(name)”，找不到任何单位",
            )
        }
    }

    mutating func checkShape(_ rule: Rule, _ record: ConfigurationRecord) {
        let hasHandling = rule.recipients.contains { $0.role == .handling }
        if rule.kind == .row && record["handling"] == nil {
            reader.fault(
                record.node, "missing-key", "a row needs 'handling'; what only informs is kind: line",
                "kind为row的规则必须有handling；只知会的请写kind: line",
            )
        }
        if rule.kind == .line && hasHandling {
            reader.fault(
                record.node, "line-with-handling", "a line creates no duties: use kind: row", "line不产生任务：请改为kind: row")
        }
        let creates = rule.kind == .row || rule.recipients.contains(where: \.signsReceipt)
        if creates && !rule.ladders.contains(where: { $0.condition == nil }) {
            reader.fault(
                record["ladder"] ?? record.node, "duty-without-ladder",
                "a rule that creates duties needs a ladder that applies without a condition",
                "产生任务的规则必须有一个无条件适用的催办层级（ladder）",
            )
        }
        if rule.kind == .row && !Self.alwaysHas(MilestoneName.sign, rule.milestones) {
            reader.fault(
                record["milestones"] ?? record.node, "missing-milestone",
                "a row needs a 'sign' that applies without a condition", "必须有无条件适用的sign（签收）期限",
            )
        }
    }

    private static func alwaysHas(_ name: String, _ templates: [MilestoneTemplate]) -> Bool {
        templates.contains { $0.name == name && $0.condition == nil }
    }

    /// Of the rules of a type the first that holds applies: one behind a rule
    /// without a condition, or with the same condition, is never reached.
    mutating func checkReach() {
        for (index, rule) in rules.enumerated() {
            for type in rule.types {
                let earlier = rules[..<index].indices.first { other in
                    !rulesOfUnknownReach.contains(other) && rules[other].types.contains(type)
                        && [nil, rule.condition?.expression.text].contains(rules[other].condition?.expression.text)
                }
                guard let earlier = earlier.map({ rules[$0] }) else { continue }
                reader.fault(
                    ruleNodes[index], "unreachable-rule",
                    "rule \(rule.id) never applies to \(type.rawValue): rule \(earlier.id) in \(earlier.file):"
                        + "\(earlier.line) comes first",
                    "规则\(rule.id)对\(type.rawValue)永远不会适用：\(earlier.file)第\(earlier.line)行的规则\(earlier.id)在先",
                )
            }
        }
    }

    /// Every type has a treatment.
    mutating func checkTreatments(in head: ConfigurationNode?) {
        let ruled = Set(rules.flatMap(\.types))
        for type in catalogue.types where !ruled.contains(type) && !recordedTypes.contains(type) {
            reader.fault(
                file: head?.file ?? "policy.yaml", line: head?.line ?? 0, "type-without-treatment",
                "no rule treats \(type.rawValue): write one, or name it under 'recordedTypes'",
                "没有规则处理\(type.rawValue)：请补写规则，或列入recordedTypes",
            )
        }
    }
}
