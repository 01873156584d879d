/// What an event says, as its content type has it.
public enum EventData: Sendable, Hashable {
    /// The value of a JSON content type (`application/json`, `…+json`), which
    /// is also what an event without a content type says in the JSON format.
    case json(JSONValue)
    /// The text of another content type.
    case text(String)
    /// The bytes of another content type.
    case binary([UInt8])
}
