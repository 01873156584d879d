import CloudEvents

// What rules refer to: names of milestones, chains, the plan's clauses and
// sentences, laws, named conditions, and what holds for all rules.
extension PolicyLoader {
    /// `sign: {zh: 签收, en: sign}`.
    mutating func readMilestoneNames(_ node: ConfigurationNode) {
        for (key, value) in reader.entries(node) {
            guard let name = reader.text(key), let (zh, en) = readNames(value) else { continue }
            if settings.milestoneNames.updateValue((zh, en), forKey: name) != nil { duplicate(key, name) }
        }
    }

    /// `L1: {zh: …, en: …}`.
    mutating func readChains(_ node: ConfigurationNode) {
        for (key, value) in reader.entries(node) {
            guard let name = reader.text(key), readNames(value) != nil else { continue }
            if !chains.insert(name).inserted { duplicate(key, name) }
        }
    }

    /// `III.1.3: {zh: …, en: …}`.
    mutating func readClauses(_ node: ConfigurationNode) {
        for (key, value) in reader.entries(node) {
            guard let id = reader.text(key), let (zh, en) = readNames(value) else { continue }
            if clauses.contains(where: { $0.id == id }) { duplicate(key, id) }
            clauses.append(PlanClause(id: id, zh: zh, en: en))
        }
    }

    /// `III.1.3-04b: {zh: …, en: …}`; the clause is what stands before the
    /// dash.
    mutating func readSentences(_ node: ConfigurationNode) {
        for (key, value) in reader.entries(node) {
            guard let id = reader.text(key), let (zh, en) = readNames(value) else { continue }
            if sentences.contains(where: { $0.id == id }) { duplicate(key, id) }
            let clause = String(id.prefix { $0 != "-" })
            if !clauses.contains(where: { $0.id == clause }) {
                reader.fault(
                    key, "unknown-clause", "the plan has no clause '\(clause)' here; clauses stand under 'clauses'",
                    "clauses中没有条款“\(clause)”",
                )
            }
            sentences.append(PlanSentence(id: id, clause: clause, zh: zh, en: en))
        }
    }

    /// `{id, zh, en, validFrom, validTo}`.
    mutating func readBases(_ node: ConfigurationNode) {
        for element in reader.elements(node) {
            let record = reader.record(element, keys: ["id", "zh", "en", "validFrom", "validTo"])
            let validity = reader.validity(record)
            guard let id = reader.text(record, "id", required: true),
                let zh = reader.text(record, "zh", required: true), let en = reader.text(record, "en", required: true)
            else { continue }
            let basis = LegalBasis(id: id, zh: zh, en: en, validFrom: validity.from, validTo: validity.to)
            if bases.updateValue(basis, forKey: id) != nil { duplicate(element, id) }
        }
    }

    /// `name: <expression>`.
    mutating func readConditions(_ node: ConfigurationNode) {
        for (key, value) in reader.entries(node) {
            guard let name = reader.text(key) else { continue }
            guard let text = reader.text(value), let expression = expression(text, at: value) else {
                unreadableConditions.insert(name)
                continue
            }
            if conditions.updateValue(expression, forKey: name) != nil { duplicate(key, name) }
        }
    }

    mutating func readAnnouncedTypes(_ node: ConfigurationNode) {
        for element in reader.elements(node) {
            if let text = reader.text(element) { announcedTypes.insert(EventType(text)) }
        }
    }

    mutating func readRecordedTypes(_ node: ConfigurationNode) {
        for element in reader.elements(node) {
            if let type = type(element) { recordedTypes.insert(type) }
        }
    }

    // MARK: The head

    private static let headKeys: Set<String> = [
        "version", "effectiveFrom", "secretariat", "lead", "supervising", "assign", "assignUrgent", "urgentLadder",
        "unruled",
    ]

    /// What holds for all rules; exactly one file has it.
    mutating func readHead(_ nodes: [ConfigurationNode], in file: String) {
        guard let node = nodes.first else {
            return reader.fault(
                file: file, line: 0, "missing-key", "no file has the section 'policy'", "所有文件都没有policy部分",
            )
        }
        for other in nodes.dropFirst() {
            reader.fault(other, "duplicate-id", "the section 'policy' stands in two files", "policy部分出现了两次")
        }
        let record = reader.record(node, keys: Self.headKeys)
        version = reader.text(record, "version", required: true) ?? ""
        effectiveFrom = reader.date(record, "effectiveFrom")
        if let secretariat = record["secretariat"] {
            if let unit = unit(secretariat) { settings.secretariat = unit }
        } else {
            reader.missing(node, "secretariat")
        }
        settings.lead = headMilestones(record, "lead")
        settings.supervising = headMilestones(record, "supervising")
        settings.assign = headMilestones(record, "assign")
        settings.assignUrgent = headMilestones(record, "assignUrgent")
        if let ladder = ladder(record, "urgentLadder") { settings.urgentLadder = ladder }
        guard let unruled = record["unruled"] else { return reader.missing(node, "unruled") }
        let rest = reader.record(unruled, keys: ["milestones", "ladder"])
        settings.unruled = headMilestones(rest, "milestones")
        if let ladder = ladder(rest, "ladder") { settings.unruledLadder = ladder }
    }

    private mutating func headMilestones(_ record: ConfigurationRecord, _ key: String) -> [MilestoneTemplate] {
        guard let node = record[key] else {
            reader.missing(record.node, key)
            return []
        }
        var scope = RuleScope(types: [])
        return readMilestones(node, scope: &scope)
    }

    private mutating func ladder(_ record: ConfigurationRecord, _ key: String) -> String? {
        guard let text = reader.text(record, key, required: true), let node = record[key] else { return nil }
        checkLadder(text, at: node)
        return text
    }

    // MARK: References

    mutating func readNames(_ node: ConfigurationNode) -> (zh: String, en: String)? {
        let record = reader.record(node, keys: ["zh", "en"])
        guard let zh = reader.text(record, "zh", required: true), let en = reader.text(record, "en", required: true)
        else { return nil }
        return (zh, en)
    }

    mutating func expression(_ text: String, at node: ConfigurationNode) -> CESQLExpression? {
        do throws(CESQLParseError) {
            return try CESQLExpression(text)
        } catch {
            reader.fault(
                node, "bad-expression", "not a CESQL expression, at character \(error.position): \(error.message)",
                "不是有效的CESQL表达式，第\(error.position)个字符：\(error.messageZh)",
            )
            return nil
        }
    }

    mutating func unit(_ node: ConfigurationNode) -> UnitID? {
        guard let text = reader.text(node) else { return nil }
        guard directory.unit(UnitID(text)) == nil else { return UnitID(text) }
        reader.fault(
            node, "unknown-unit", "'\(text)' is no unit of the directory and no selector",
            "“\(text)”不是名录中的单位，也不是可用的选择方式",
        )
        return nil
    }

    mutating func type(_ node: ConfigurationNode) -> EventType? {
        guard let text = reader.text(node) else { return nil }
        let type = EventType(text)
        if types.contains(type) { return type }
        reader.fault(node, "unknown-type", "no contract has the type '\(text)'", "没有类型为“\(text)”的事件合同")
        return nil
    }

    mutating func checkLadder(_ id: String, at node: ConfigurationNode) {
        guard !ladders.contains(id) else { return }
        let known = ladders.sorted().joined(separator: ", ")
        reader.fault(
            node, "unknown-ladder", "there is no ladder '\(id)'; known are \(known)", "没有“\(id)”这一催办层级；可用：\(known)")
    }

    mutating func duplicate(_ node: ConfigurationNode, _ id: String) {
        reader.fault(node, "duplicate-id", "'\(id)' stands here a second time", "“\(id)”在此处重复")
    }
}
