import CloudEvents

/// JSON with a member a line, for files that people open and simple tools read.
enum IndentedJSON {
    static func text(_ value: JSONValue) -> String {
        lines(value, indent: "") + "\n"
    }

    private static func lines(_ value: JSONValue, indent: String) -> String {
        let deeper = indent + "  "
        switch value {
        case .object(let object) where !object.isEmpty:
            let members = object.map { member in
                "\(deeper)\(JSONValue.string(member.key).shortJSON): \(lines(member.value, indent: deeper))"
            }
            return "{\n" + members.joined(separator: ",\n") + "\n\(indent)}"
        case .array(let elements) where elements.contains { $0.objectValue != nil }:
            return "[\n" + elements.map { deeper + $0.shortJSON }.joined(separator: ",\n") + "\n\(indent)]"
        default: return value.shortJSON
        }
    }
}

extension JSONValue {
    /// The value as JSON on one line.
    var shortJSON: String { String(decoding: encodedBytes(), as: UTF8.self) }
}
