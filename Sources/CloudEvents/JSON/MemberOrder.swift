/// The order of members in the canonical form: by the UTF-16 code units of
/// their keys (RFC 8785, section 3.2.3).
enum MemberOrder {
    static func sorted(_ members: [(key: String, value: JSONValue)]) -> [(key: String, value: JSONValue)] {
        let isSorted = zip(members, members.dropFirst()).allSatisfy { !precedes($1.key, $0.key) }
        return isSorted ? members : members.sorted { precedes($0.key, $1.key) }
    }

    static func precedes(_ left: String, _ right: String) -> Bool {
        var (left, right) = (left, right)
        return left.withUTF8 { left in right.withUTF8 { right in precedes(left, right) } }
    }

    /// Bytes of UTF-8 sort like code points. UTF-16 differs from that in one
    /// thing: characters above U+FFFF, four bytes that begin with F0 or more,
    /// become surrogates, which sort before U+E000 to U+FFFF (first byte EE
    /// or EF).
    private static func precedes(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Bool {
        for (one, other) in zip(left, right) where one != other {
            if one >= 0xF0, other == 0xEE || other == 0xEF { return true }
            if other >= 0xF0, one == 0xEE || one == 0xEF { return false }
            return one < other
        }
        return left.count < right.count
    }
}
