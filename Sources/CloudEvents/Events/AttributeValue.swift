/// The value of an extension attribute.
public enum AttributeValue: Sendable, Hashable {
    /// A truth value.
    case boolean(Bool)
    /// A whole number of 32 bits.
    case integer(Int32)
    /// Text.
    case string(String)
    /// Bytes.
    case binary([UInt8])

    /// The canonical text.
    public var text: String { "" }
}
