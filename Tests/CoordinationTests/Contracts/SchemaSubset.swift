import CloudEvents

/// As much of JSON Schema 2020-12 as the contracts' schemas use, so that the
/// schemas can be held against data. Under a keyword it does not know nothing is
/// accepted.
enum SchemaSubset {
    private static let annotations: Set<String> = ["$schema", "$id", "title", "description", "format"]

    static func accepts(_ value: JSONValue, _ schema: JSONValue) -> Bool {
        if let flag = schema.boolValue { return flag }
        guard let keywords = schema.objectValue else { return false }
        return keywords.allSatisfy { holds($0.key, $0.value, value, keywords) }
    }

    private static func holds(
        _ keyword: String, _ rule: JSONValue, _ value: JSONValue, _ schema: JSONObject,
    ) -> Bool {
        switch keyword {
        case "type": return rule.stringValue == type(of: value) || (rule == "number" && value.integerValue != nil)
        case "enum": return rule.arrayValue?.contains(value) == true
        case "pattern": return value.stringValue.map { matches($0, rule.stringValue ?? "") } ?? true
        case "maxLength":
            return value.stringValue.map { $0.unicodeScalars.count <= Int(rule.integerValue ?? 0) } ?? true
        case "minimum": return value.integerValue.map { $0 >= rule.integerValue ?? 0 } ?? true
        case "maximum": return value.integerValue.map { $0 <= rule.integerValue ?? 0 } ?? true
        case "minItems": return value.arrayValue.map { $0.count >= Int(rule.integerValue ?? 0) } ?? true
        case "maxItems": return value.arrayValue.map { $0.count <= Int(rule.integerValue ?? 0) } ?? true
        case "items":
            return (value.arrayValue ?? []).allSatisfy { accepts($0, rule) }
        case "contains":
            return value.arrayValue.map { $0.contains { accepts($0, rule) } } ?? true
        case "required":
            guard let object = value.objectValue else { return true }
            return (rule.arrayValue ?? []).allSatisfy { object[$0.stringValue ?? ""] != nil }
        case "properties":
            return (rule.objectValue ?? JSONObject()).allSatisfy { name, part in
                value[name].map { accepts($0, part) } ?? true
            }
        case "additionalProperties":
            return (value.objectValue ?? JSONObject()).allSatisfy { name, member in
                schema["properties"]?[name] != nil || accepts(member, rule)
            }
        case "allOf":
            return (rule.arrayValue ?? []).allSatisfy { accepts(value, $0) }
        case "anyOf":
            return (rule.arrayValue ?? []).contains { accepts(value, $0) }
        default:
            return annotations.contains(keyword) || keyword.hasPrefix("x-")
        }
    }

    private static func type(of value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .bool: "boolean"
        case .integer: "integer"
        case .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }

    private static func matches(_ text: String, _ pattern: String) -> Bool {
        guard let regex = try? Regex(pattern) else { return false }
        return text.contains(regex)
    }
}
