import CloudEvents

/// An event contract as people read it.
struct ContractText {
    let contract: JSONValue

    /// Prints who publishes it and its fields; where it was asked for as a unit
    /// sees it, that too.
    func print() {
        let names = [contract["zh"], contract["en"]].compactMap { $0?.stringValue }
        Swift.print("\(contract["type"]?.stringValue ?? "")  \(names.joined(separator: " "))")
        let publishers = (contract["publishers"]?.arrayValue ?? []).compactMap(\.stringValue)
        Swift.print("  published by 报送单位: \(publishers.joined(separator: ", "))")
        let reader = contract["as"]
        if let unit = reader?["unit"]?.stringValue {
            Swift.print("  seen by 查看单位: \(unit), \(Words.role(reader?["role"]?.stringValue ?? ""))")
        }
        var table = TextTable(
            ["field 字段", "type 类型", "class 类别", "required 必填"] + (reader == nil ? [] : ["visible 可见"]) + ["meaning 含义"])
        for row in rows(of: contract, "fields", under: "", showsVisible: reader != nil) { table.append(row) }
        table.print(indent: 2)
    }

    /// The fields of a contract, or of a field that is an object, with their
    /// parts below each.
    private func rows(of owner: JSONValue, _ member: String, under path: String, showsVisible: Bool) -> [[String]] {
        let required = owner["required"]?.arrayValue ?? []
        return (owner[member]?.arrayValue ?? []).flatMap { field in
            let name = field["name"]?.stringValue ?? ""
            let row =
                [
                    path + name, (field["format"]?.stringValue ?? "") + (field["list"]?.boolValue == true ? "[]" : ""),
                    field["class"]?.stringValue ?? "", Self.need(of: name, required),
                ] + (showsVisible ? [Words.visibility(field["visible"]?.stringValue ?? "")] : [])
                + [[field["zh"], field["en"]].compactMap { $0?.stringValue }.joined(separator: " ")]
            return [row] + rows(of: field, "parts", under: path + name + ".", showsVisible: showsVisible)
        }
    }

    /// A list within the required names is of alternatives.
    private static func need(of name: String, _ required: [JSONValue]) -> String {
        if required.contains(.string(name)) { return "✓" }
        let choice = required.first { $0.arrayValue?.contains(.string(name)) ?? false }
        let names = (choice?.arrayValue ?? []).compactMap(\.stringValue)
        return names.isEmpty ? "" : "one of 任一: \(names.joined(separator: ", "))"
    }
}
