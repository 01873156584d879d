/// What an event says.
public enum EventData: Sendable, Hashable {
    /// A JSON value.
    case json(JSONValue)
    /// Text of another media type.
    case text(String)
    /// Bytes of another media type.
    case binary([UInt8])
}
