extension ContractLoader {
    private static let fieldKeys: Set<String> = [
        "zh", "en", "format", "class", "classIn", "mark", "scan", "person", "parts", "partsOf", "required", "atLeast",
    ]
    /// A list without a limit would let one event hold a roster.
    private static let maximumItems = 500

    /// `name: {format, class, zh, en, …}`; a list's name ends in `[]`.
    mutating func readFields(_ node: ConfigurationNode) {
        for (key, value) in reader.entries(node) {
            guard let source = readField(key, value, enclosingClass: nil) else { continue }
            if sources[source.name] != nil {
                reader.fault(
                    key, "duplicate-id", "the field '\(source.name)' stands twice", "字段“\(source.name)”出现了两次",
                )
            }
            sources[source.name] = source
        }
    }

    private mutating func readField(
        _ key: ConfigurationNode, _ value: ConfigurationNode, enclosingClass: FieldClass?,
    ) -> FieldSource? {
        guard let written = reader.text(key) else { return nil }
        let isList = written.hasSuffix("[]")
        let record = reader.record(value, keys: Self.fieldKeys)
        let fieldClass: FieldClass? = record["class"] == nil ? enclosingClass : reader.choice(record, "class")
        if fieldClass == nil, record["class"] == nil { reader.missing(value, "class") }
        let parts = readParts(record, enclosingClass: fieldClass)
        let format = parts.isEmpty ? reader.text(record, "format", required: true) : "object"
        guard let fieldClass, let format, let zh = reader.text(record, "zh", required: true),
            let en = reader.text(record, "en", required: true)
        else { return nil }
        let mark = readMark(record, fieldClass: fieldClass)
        return FieldSource(
            name: isList ? String(written.dropLast(2)) : written, zh: zh, en: en, formatText: format,
            fieldClass: fieldClass, classIn: readClasses(record), isList: isList,
            items: readLeast(record)...Self.maximumItems, isPromoted: mark == "promoted",
            isRoutable: mark != nil || format == "unit", scan: readScan(record),
            isPersonName: readFlag(record, "person"), parts: parts,
            required: readGroups(record["required"]).map { $0.map(\.name) }, node: key,
        )
    }

    private mutating func readParts(_ record: ConfigurationRecord, enclosingClass: FieldClass?) -> [FieldSource] {
        var parts: [FieldSource] = []
        if let other = reader.text(record, "partsOf"), let node = record["partsOf"] {
            if let source = sources[other], !source.parts.isEmpty {
                parts = source.parts
            } else {
                reader.fault(
                    node, "unknown-field", "'\(other)' must be a field with parts that stands above",
                    "“\(other)”应为上文中有分项的字段",
                )
            }
        }
        guard let node = record["parts"] else { return parts }
        for (key, value) in reader.entries(node) {
            if let part = readField(key, value, enclosingClass: enclosingClass) { parts.append(part) }
        }
        return parts
    }

    private mutating func readMark(_ record: ConfigurationRecord, fieldClass: FieldClass) -> String? {
        guard let mark = reader.text(record, "mark"), let node = record["mark"] else { return nil }
        switch mark {
        case "promoted" where fieldClass.isPersonal:
            reader.fault(
                node, "personal-attribute", "a sealed field cannot be promoted: every recipient sees an attribute",
                "加密字段不得提升为属性：所有接收单位都能看到属性",
            )
        case "promoted", "routed":
            return mark
        default:
            reader.fault(node, "not-a-choice", "'\(mark)' is none of promoted, routed", "“\(mark)”应为promoted或routed")
        }
        return nil
    }

    private mutating func readClasses(_ record: ConfigurationRecord) -> [String: FieldClass] {
        guard let node = record["classIn"] else { return [:] }
        var classes: [String: FieldClass] = [:]
        for (key, value) in reader.entries(node) {
            guard let family = reader.text(key), let text = reader.text(value) else { continue }
            guard let found = FieldClass(rawValue: text) else {
                reader.fault(value, "not-a-choice", "'\(text)' is no class", "没有“\(text)”这一类别")
                continue
            }
            classes[family] = found
        }
        return classes
    }

    private mutating func readScan(_ record: ConfigurationRecord) -> TextScan? {
        guard let node = record["scan"], let text = reader.text(record, "scan") else { return nil }
        if let scan = TextScan.choices[text] { return scan }
        let known = TextScan.choices.keys.sorted().joined(separator: ", ")
        reader.fault(node, "not-a-choice", "'\(text)' is none of \(known)", "“\(text)”应为\(known)之一")
        return nil
    }

    private mutating func readLeast(_ record: ConfigurationRecord) -> Int {
        guard let node = record["atLeast"] else { return 0 }
        if let text = node.text, let count = Int(text), (0...Self.maximumItems).contains(count) { return count }
        reader.fault(node, "not-a-number", "a small whole number is expected here", "此处应为不大的整数")
        return 0
    }

    mutating func readFlag(_ record: ConfigurationRecord, _ key: String) -> Bool {
        guard let node = record[key] else { return false }
        if node.text != "true", node.text != "false" {
            reader.fault(node, "not-a-flag", "true or false is expected here", "此处应为true或false")
        }
        return node.text == "true"
    }

    /// A list of which each element is a field or a list of alternatives.
    mutating func readGroups(_ node: ConfigurationNode?) -> [[(name: String, node: ConfigurationNode)]] {
        reader.elements(node).map { element in
            (element.elements ?? [element]).compactMap { one in
                reader.text(one).map { ($0.hasSuffix("[]") ? String($0.dropLast(2)) : $0, one) }
            }
        }
    }
}
