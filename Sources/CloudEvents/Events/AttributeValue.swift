/// The value of an extension attribute, in the types of CloudEvents 1.0.2,
/// section "Type System". URIs and times are text.
public enum AttributeValue: Sendable, Hashable {
    /// A truth value.
    case boolean(Bool)
    /// A whole number of 32 bits.
    case integer(Int32)
    /// Text without control characters.
    case string(String)
    /// Bytes. Nothing that was read has this type: neither headers nor JSON
    /// tell bytes from the text that stands for them.
    case binary([UInt8])

    /// The canonical text, as it stands in a header: `true`, `12`, bytes as
    /// Base64.
    public var text: String {
        switch self {
        case .boolean(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .string(let text): text
        case .binary(let bytes): Base64.encode(bytes)
        }
    }

    /// The value in the JSON format.
    var jsonValue: JSONValue {
        switch self {
        case .boolean(let value): .bool(value)
        case .integer(let value): .integer(Int64(value))
        case .string, .binary: .string(text)
        }
    }
}
