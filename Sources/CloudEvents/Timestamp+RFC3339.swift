extension Timestamp {
    /// Reads a time.
    public init?(rfc3339 text: String) { return nil }

    /// The time as text.
    public func rfc3339(offset: Int = Timestamp.beijingOffset) -> String { "" }
}
