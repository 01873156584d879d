extension ContractLoader {
    /// What a family says for all its types, unless a type says otherwise.
    struct Family {
        var name: String
        var caseKind: CaseKind?
        var naturalKey: ConfigurationNode?
        var optional: [(name: String, node: ConfigurationNode)]
        var outcomes: CodeList?
        var takesDayKind: Bool
    }

    private static let typeKeys: Set<String> = [
        "zh", "en", "publishers", "required", "optional", "sealed", "case", "naturalKey", "outcomes", "dayKind",
        "legalBasis", "sample",
    ]

    mutating func readFamily(_ record: ConfigurationRecord) {
        guard let name = reader.text(record, "family", required: true) else { return }
        let family = Family(
            name: name, caseKind: readCase(record), naturalKey: record["naturalKey"],
            optional: readGroups(record["optional"]).flatMap(\.self), outcomes: readOutcomes(record, family: name),
            takesDayKind: readFlag(record, "dayKind"),
        )
        guard let types = record["types"] else { return reader.missing(record.node, "types") }
        for (key, value) in reader.entries(types) { readType(key, value, family) }
    }

    /// `none` is a case kind of its own: it takes back the family's.
    private mutating func readCase(_ record: ConfigurationRecord) -> CaseKind? {
        if record["case"] == nil || record["case"]?.text == "none" { return nil }
        return reader.choice(record, "case")
    }

    private mutating func readOutcomes(_ record: ConfigurationRecord, family: String) -> CodeList? {
        guard let name = reader.text(record, "outcomes"), let node = record["outcomes"] else {
            return lists.values.first { $0.families.contains(family) }
        }
        if let list = lists[name] { return list }
        reader.fault(node, "unknown-list", "there is no code list '\(name)'", "没有代码表“\(name)”")
        return nil
    }

    private mutating func readType(_ key: ConfigurationNode, _ value: ConfigurationNode, _ family: Family) {
        guard let name = reader.text(key) else { return }
        let record = reader.record(value, keys: Self.typeKeys)
        checkTypeName(name, family, at: key)
        let isSealed = readFlag(record, "sealed")
        let outcomes = record["outcomes"] == nil ? family.outcomes : readOutcomes(record, family: family.name)
        let layout = readLayout(record, family, isSealed: isSealed, outcomes: outcomes)
        let caseKind = record["case"] == nil ? family.caseKind : readCase(record)
        let takesDayKind = record["dayKind"] == nil ? family.takesDayKind : readFlag(record, "dayKind")
        let publishers = readPublishers(record)
        let bases = readLegalBases(record)
        let sample = readSample(record, type: name)
        guard let zh = reader.text(record, "zh", required: true), let en = reader.text(record, "en", required: true),
            let layout, let sample
        else { return }
        let rules = readNaturalKey(record["naturalKey"] ?? family.naturalKey, layout: layout)
        contracts[EventType(name)] = EventContract(
            type: EventType(name), family: family.name, zh: zh, en: en, publishers: publishers, isSealed: isSealed,
            caseKind: caseKind, legalBases: bases, outcomes: outcomes, sample: sample, layout: layout,
            naturalKey: rules, takesDayKind: takesDayKind,
        )
    }

    private mutating func checkTypeName(_ name: String, _ family: Family, at node: ConfigurationNode) {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        if parts.count != 3 || parts[0] != family.name || !parts.allSatisfy({ String($0).isKebabCase }) {
            reader.fault(
                node, "bad-type", "a type of this family is written \(family.name).subject.what-happened",
                "本类事件的类型写作\(family.name).主题.发生了什么",
            )
        }
        if contracts[EventType(name)] != nil {
            reader.fault(node, "duplicate-id", "the type '\(name)' stands twice", "类型“\(name)”出现了两次")
        }
    }

    // MARK: Fields of a type

    private mutating func readLayout(
        _ record: ConfigurationRecord, _ family: Family, isSealed: Bool, outcomes: CodeList?,
    ) -> ObjectLayout? {
        let required = readGroups(record["required"])
        let optional = readGroups(record["optional"]).flatMap(\.self)
        var fields: [FieldDefinition] = []
        var seen: Set<String> = []
        var isComplete = true
        for (name, node) in required.flatMap(\.self) + optional + family.optional
        where seen.insert(name).inserted {
            guard let source = sources[name] else {
                reader.fault(
                    node, "unknown-field", "'\(name)' is not in the field dictionary", "字段字典中没有“\(name)”",
                )
                isComplete = false
                continue
            }
            let field = definition(of: source, family: family.name, isSealed: isSealed, outcomes: outcomes)
            if let field { fields.append(field) } else { isComplete = false }
        }
        guard isComplete else { return nil }
        return makeLayout(fields, required: required, at: record.node)
    }

    // MARK: Publishers and laws

    private mutating func readPublishers(_ record: ConfigurationRecord) -> [PublisherRule] {
        if record["publishers"] == nil { reader.missing(record.node, "publishers") }
        return reader.elements(record["publishers"]).compactMap { node in
            guard let text = reader.text(node) else { return nil }
            let rule = PublisherRule.classes[text] ?? .unit(UnitID(text))
            publisherPlaces.append((rule, node.file, node.line))
            return rule
        }
    }

    private mutating func readLegalBases(_ record: ConfigurationRecord) -> [StatuteCitation] {
        reader.elements(record["legalBasis"]).compactMap { node in
            let entry = reader.record(node, keys: ["law", "article", "validFrom", "validTo"])
            let validity = reader.validity(entry)
            guard let law = reader.text(entry, "law", required: true),
                let article = reader.text(entry, "article", required: true)
            else { return nil }
            return StatuteCitation(law: law, article: article, validFrom: validity.from, validTo: validity.to)
        }
    }

    // MARK: Natural key

    /// A list of `form: [field, …]`, tried from the top; a part is written
    /// `field.part`. A rule whose fields the type does not have is left out.
    private mutating func readNaturalKey(_ node: ConfigurationNode?, layout: ObjectLayout) -> [NaturalKeyRule] {
        reader.elements(node).compactMap { element -> NaturalKeyRule? in
            for (key, value) in reader.entries(element) {
                guard let text = reader.text(key) else { continue }
                guard let form = NaturalKeyRule.Form(rawValue: text) else {
                    let known = NaturalKeyRule.Form.allCases.map(\.rawValue).joined(separator: ", ")
                    reader.fault(key, "not-a-choice", "'\(text)' is none of \(known)", "“\(text)”应为\(known)之一")
                    continue
                }
                let written = reader.elements(value).compactMap { reader.text($0) }
                let steps = written.compactMap { step($0, layout: layout) }
                if steps.count == written.count, !steps.isEmpty { return NaturalKeyRule(form: form, steps: steps) }
            }
            return nil
        }
    }

    private mutating func step(_ text: String, layout: ObjectLayout) -> NaturalKeyRule.Step? {
        let names = text.split(separator: ".", maxSplits: 1).map { String($0) }
        guard let index = layout.index[names[0]] else { return nil }
        let field = layout.fields[index]
        if names.count == 1 { return NaturalKeyRule.Step(field: field, part: nil) }
        guard let part = field.parts.first(where: { $0.name == names[1] }) else { return nil }
        return NaturalKeyRule.Step(field: field, part: part)
    }
}
