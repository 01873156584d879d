/// A projection matrix on its way from files to a checked value.
struct ProjectionLoader {
    let directory: Directory
    var reader = ConfigurationReader()
    private var version = ""
    private var columns: [String: ProjectionColumn] = [:]
    private var rows: [String: ProjectionRow] = [:]
    private var fields: [String: (column: String, mask: FieldMask)] = [:]
    private var approvals: [SealedClass: Set<Role>] = [:]
    private var officials: Set<UnitID> = []
    private var withoutLastFour: Set<String> = []
    private var neutralKeyGroups: Set<String> = []
    private var leadRow = ""
    private var supervisingRow = ""

    /// The classes of units that have a row of their own.
    private static let unitClasses: Set<String> = [
        "town", ProjectionMatrix.townOfPlace, "school", "village", "inspector",
    ]

    init(directory: Directory) {
        self.directory = directory
    }

    /// Precondition: no faults.
    var matrix: ProjectionMatrix {
        ProjectionMatrix(
            version: version, columns: columns, rows: rows, fields: fields, approvals: approvals,
            officials: officials, withoutLastFour: withoutLastFour, neutralKeyGroups: neutralKeyGroups,
            leadRow: leadRow, supervisingRow: supervisingRow,
        )
    }

    // MARK: Columns

    /// `N: {zh, en, fields: {child.name: name}, views: {…}}`.
    mutating func readColumns(_ node: ConfigurationNode) {
        for (key, value) in reader.entries(node) {
            guard let letter = reader.text(key) else { continue }
            let record = reader.record(value, keys: ["zh", "en", "fields", "views"])
            let zh = reader.text(record, "zh", required: true) ?? ""
            let en = reader.text(record, "en", required: true) ?? ""
            let masks = record["fields"].map { readMasks($0) } ?? [:]
            for (path, mask) in masks {
                if fields.updateValue((letter, mask), forKey: path) != nil {
                    reader.fault(key, "duplicate-id", "'\(path)' stands in two columns", "“\(path)”列入了两栏")
                }
            }
            var views: [String: [String: FieldMask]] = [:]
            if let node = record["views"] {
                for (name, view) in reader.entries(node) {
                    guard let name = reader.text(name) else { continue }
                    views[name] = readMasks(view)
                }
            }
            if columns.updateValue(ProjectionColumn(zh: zh, en: en, masks: masks, views: views), forKey: letter) != nil
            {
                reader.fault(key, "duplicate-id", "the column '\(letter)' stands twice", "“\(letter)”栏出现了两次")
            }
        }
    }

    private mutating func readMasks(_ node: ConfigurationNode) -> [String: FieldMask] {
        var masks: [String: FieldMask] = [:]
        for (key, value) in reader.entries(node) {
            guard let path = reader.text(key), let text = reader.text(value) else { continue }
            guard let mask = FieldMask(rawValue: text) else {
                let known = FieldMask.allCases.map(\.rawValue).joined(separator: ", ")
                reader.fault(value, "not-a-choice", "'\(text)' is none of \(known)", "“\(text)”应为\(known)之一")
                continue
            }
            masks[path] = mask
        }
        return masks
    }

    // MARK: Rows

    /// `psb: {N: ✔/✔/✗, …}`.
    mutating func readRows(_ node: ConfigurationNode) {
        for (key, value) in reader.entries(node) {
            guard let name = reader.text(key) else { continue }
            if !Self.unitClasses.contains(name), directory.unit(UnitID(name)) == nil {
                reader.fault(
                    key, "unknown-unit", "'\(name)' is neither a unit nor a class of units", "“\(name)”既不是单位，也不是单位类别",
                )
            }
            var sights: [String: SightByRole] = [:]
            for (column, cell) in reader.entries(value) {
                guard let letter = reader.text(column), let text = reader.text(cell) else { continue }
                guard let known = columns[letter] else {
                    reader.fault(column, "unknown-column", "there is no column '\(letter)'", "没有“\(letter)”栏")
                    continue
                }
                sights[letter] = readCell(text, column: known, at: cell)
            }
            if rows.updateValue(ProjectionRow(sights: sights), forKey: name) != nil {
                reader.fault(key, "duplicate-id", "the row '\(name)' stands twice", "“\(name)”行出现了两次")
            }
        }
    }

    private mutating func readCell(
        _ text: String, column: ProjectionColumn, at node: ConfigurationNode
    ) -> SightByRole? {
        let signs = text.split(separator: "/", omittingEmptySubsequences: false)
            .map { readSign(String($0), column: column, at: node) }
        switch signs.count {
        case 1: return signs[0].map { SightByRole(handling: $0, assisting: $0, informed: $0) }
        case 3:
            guard let handling = signs[0], let assisting = signs[1], let informed = signs[2] else { return nil }
            return SightByRole(handling: handling, assisting: assisting, informed: informed)
        default:
            reader.fault(
                node, "bad-cell", "a cell has one sign, or three (handling/assisting/informed)",
                "每格写一个符号，或三个（主办/协办/知会）",
            )
            return nil
        }
    }

    private mutating func readSign(
        _ text: String, column: ProjectionColumn, at node: ConfigurationNode
    ) -> Sight? {
        switch text {
        case "✔": return .full
        case "✗", "own", "named": return .absent
        case "◐": return .masked(view: nil)
        case "answer": return .ifAnswering
        case "✔not-child": return .fullUnlessChild
        default:
            if text.hasPrefix("◐"), column.views[String(text.dropFirst())] != nil {
                return .masked(view: String(text.dropFirst()))
            }
            reader.fault(
                node, "bad-cell", "'\(text)' is no sign: ✔, ◐, ◐ with a view of the column, ✗, own, named or answer",
                "“\(text)”不是可用的符号：✔、◐、◐加本栏的视图名、✗、own、named或answer",
            )
            return nil
        }
    }

    // MARK: The head

    private static let headKeys: Set<String> = [
        "version", "approvals", "officials", "withoutLastFour", "neutralKeyGroups", "lead", "supervising",
    ]

    mutating func readHead(_ nodes: [ConfigurationNode], in file: String) {
        guard let node = nodes.first, nodes.count == 1 else {
            return reader.fault(
                file: file, line: nodes.last?.line ?? 0, "missing-key",
                "the section 'projection' must stand in exactly one file", "projection部分必须且只能出现一次",
            )
        }
        let record = reader.record(node, keys: Self.headKeys)
        version = reader.text(record, "version", required: true) ?? ""
        officials = Set(reader.texts(record, "officials").map { UnitID($0) })
        withoutLastFour = Set(reader.texts(record, "withoutLastFour"))
        neutralKeyGroups = Set(reader.texts(record, "neutralKeyGroups"))
        leadRow = row(record, "lead")
        supervisingRow = row(record, "supervising")
        if let node = record["approvals"] { readApprovals(node) } else { reader.missing(node, "approvals") }
    }

    private mutating func row(_ record: ConfigurationRecord, _ key: String) -> String {
        guard let name = reader.text(record, key, required: true), let node = record[key] else { return "" }
        if rows[name] == nil {
            reader.fault(node, "unknown-row", "the matrix has no row '\(name)'", "矩阵中没有“\(name)”行")
        }
        return name
    }

    /// `minor-pi: [lead, informed, supervising]`: the roles that need one.
    private mutating func readApprovals(_ node: ConfigurationNode) {
        let keys: [String: [SealedClass]] = [
            "minor-pi": [.personal], "minor-sensitive": [.sensitive], "sealed": [.reporter, .officials],
        ]
        let record = reader.record(node, keys: Set(keys.keys))
        for (key, parts) in keys.sorted(by: { $0.key < $1.key }) {
            guard let list = record[key] else {
                reader.missing(node, key)
                continue
            }
            var roles: Set<Role> = []
            for element in reader.elements(list) {
                guard let text = reader.text(element) else { continue }
                guard let role = Role(rawValue: text) else {
                    reader.fault(element, "not-a-choice", "'\(text)' is no role", "“\(text)”不是角色")
                    continue
                }
                roles.insert(role)
            }
            for part in parts { approvals[part] = roles }
        }
    }
}
