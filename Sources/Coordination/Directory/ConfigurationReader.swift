import ChineseIdentifiers
import Yams

/// A node of a YAML file that remembers where it stands.
struct ConfigurationNode {
    let file: String
    let node: Node
    let line: Int

    init(file: String, node: Node) {
        self.file = file
        self.node = node
        line = node.mark?.line ?? 0
    }

    /// The text of a scalar; nil for a list or a mapping.
    var text: String? { node.scalar?.string }

    /// The elements of a list; nil for anything else.
    var elements: [ConfigurationNode]? {
        node.sequence.map { $0.map { ConfigurationNode(file: file, node: $0) } }
    }

    /// The entries of a mapping, in order; nil for anything else.
    var entries: [(key: ConfigurationNode, value: ConfigurationNode)]? {
        node.mapping.map { mapping in
            mapping.map { (ConfigurationNode(file: file, node: $0.key), ConfigurationNode(file: file, node: $0.value)) }
        }
    }
}

/// A mapping with known keys.
struct ConfigurationRecord {
    let node: ConfigurationNode
    let values: [String: ConfigurationNode]

    subscript(key: String) -> ConfigurationNode? { values[key] }
}

/// Reads YAML files and gathers everything that is wrong with them, so that
/// whoever edits them mends all of it in one round.
struct ConfigurationReader {
    private(set) var faults: [ConfigurationFault] = []

    mutating func fault(_ node: ConfigurationNode, _ code: String, _ message: String, _ messageZh: String) {
        fault(file: node.file, line: node.line, code, message, messageZh)
    }

    mutating func fault(file: String, line: Int, _ code: String, _ message: String, _ messageZh: String) {
        faults.append(
            ConfigurationFault(file: file, line: line, code: code, message: message, messageZh: messageZh),
        )
    }

    /// The faults in the order of files and lines.
    var sortedFaults: [ConfigurationFault] {
        faults.enumerated().sorted { left, right in
            (left.element.file, left.element.line, left.offset) < (right.element.file, right.element.line, right.offset)
        }.map(\.element)
    }

    /// The top node of a file; nil with a fault when it is no YAML or empty.
    mutating func root(file: String, text: String) -> ConfigurationNode? {
        do {
            guard let node = try compose(yaml: text) else {
                fault(file: file, line: 0, "empty-file", "the file is empty", "文件为空")
                return nil
            }
            return ConfigurationNode(file: file, node: node)
        } catch let error as YamlError {
            report(error, file: file)
        } catch {
            fault(file: file, line: 0, "bad-yaml", "the file cannot be read as yaml", "文件不是有效的YAML")
        }
        return nil
    }

    private mutating func report(_ error: YamlError, file: String) {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            fault(
                file: file, line: mark.line, "bad-yaml", "not valid yaml here: \(problem)",
                "此处不是有效的YAML：\(problem)",
            )
        case .duplicatedKeysInMapping(let duplicates, let context):
            let names = duplicates.sorted().joined(separator: ", ")
            fault(
                file: file, line: context.mark.line, "duplicate-key",
                "these keys stand twice in the mapping that begins here: \(names)",
                "从此处开始的条目中有重复的键：\(names)",
            )
        default:
            fault(file: file, line: 0, "bad-yaml", "the file cannot be read as yaml", "文件不是有效的YAML")
        }
    }

    // MARK: Shapes

    /// The entries of a mapping, with a fault for any other shape.
    mutating func entries(
        _ node: ConfigurationNode,
    ) -> [(key: ConfigurationNode, value: ConfigurationNode)] {
        if let entries = node.entries { return entries }
        fault(node, "not-a-mapping", "a mapping (key: value) is expected here", "此处应为“键: 值”")
        return []
    }

    /// The elements of a list, with a fault for any other shape; none when nil.
    mutating func elements(_ node: ConfigurationNode?) -> [ConfigurationNode] {
        guard let node else { return [] }
        if let elements = node.elements { return elements }
        fault(node, "not-a-list", "a list is expected here", "此处应为列表")
        return []
    }

    /// A mapping whose keys are all known; each unknown key is a fault at its
    /// own line.
    mutating func record(_ node: ConfigurationNode, keys: Set<String>) -> ConfigurationRecord {
        var values: [String: ConfigurationNode] = [:]
        for (key, value) in entries(node) {
            guard let name = key.text, keys.contains(name) else {
                let known = keys.sorted().joined(separator: ", ")
                fault(
                    key, "unknown-key", "'\(key.text ?? "?")' is not known here; known are \(known)",
                    "此处没有“\(key.text ?? "?")”这一项；可用：\(known)",
                )
                continue
            }
            values[name] = value
        }
        return ConfigurationRecord(node: node, values: values)
    }

    // MARK: Values

    /// A text that is not blank; nil with a fault where it is required.
    mutating func text(_ record: ConfigurationRecord, _ key: String, required: Bool = false) -> String? {
        guard let value = record[key] else {
            if required { missing(record.node, key) }
            return nil
        }
        return text(value)
    }

    /// A text that is not blank; nil with a fault for any other shape.
    mutating func text(_ node: ConfigurationNode) -> String? {
        if let text = node.text, !text.allSatisfy(\.isWhitespace) { return text }
        fault(node, "not-a-text", "a text is expected here", "此处应为文字")
        return nil
    }

    /// A list of texts; none when the key is absent.
    mutating func texts(_ record: ConfigurationRecord, _ key: String) -> [String] {
        elements(record[key]).compactMap { text($0) }
    }

    /// A day written 2020-10-22; nil with a fault for any other form.
    mutating func date(_ record: ConfigurationRecord, _ key: String) -> CivilDate? {
        guard let node = record[key] else { return nil }
        if let text = node.text, let date = CivilDate(text) { return date }
        fault(node, "bad-date", "a day written like 2020-10-22 is expected here", "此处应为2020-10-22这样的日期")
        return nil
    }

    /// The days for which an entry holds.
    mutating func validity(_ record: ConfigurationRecord) -> (from: CivilDate?, to: CivilDate?) {
        let from = date(record, "validFrom")
        let to = date(record, "validTo")
        if let from, let to, to < from, let node = record["validTo"] {
            fault(node, "validity-reversed", "validTo lies before validFrom", "validTo早于validFrom")
        }
        return (from, to)
    }

    mutating func missing(_ node: ConfigurationNode, _ key: String) {
        fault(node, "missing-key", "'\(key)' is missing in the entry that begins here", "从此处开始的条目缺少“\(key)”")
    }

    /// One of the raw values of an enumeration; nil with a fault otherwise.
    mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ record: ConfigurationRecord, _ key: String,
    ) -> Choice? where Choice.RawValue == String {
        guard let text = text(record, key, required: true), let node = record[key] else { return nil }
        if let choice = Choice(rawValue: text) { return choice }
        let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        fault(node, "not-a-choice", "'\(text)' is none of \(known)", "“\(text)”不在可选值之内：\(known)")
        return nil
    }
}
