extension JSONValue {
    /// The canonical form of RFC 8785: no spaces, members sorted, numbers and
    /// escapes in one way only, so that equal content gives equal bytes.
    ///
    /// A `number` that is not finite, which no reader gives, becomes `null`.
    public func canonicalBytes() -> [UInt8] {
        var writer = JSONWriter(sortsMembers: true)
        writer.write(self)
        return writer.bytes
    }

    /// The same with the members in the order they stand in.
    public func encodedBytes() -> [UInt8] {
        var writer = JSONWriter(sortsMembers: false)
        writer.write(self)
        return writer.bytes
    }
}
