/// The order of members in the canonical form: by the UTF-16 code units of
/// their keys (RFC 8785, section 3.2.3).
enum MemberOrder {
    /// The places of the members in the order in which they are written.
    static func order(of members: [(key: String, value: JSONValue)]) -> [Int] {
        // Places are cheaper to move than members.
        members.indices.sorted { precedes(members[$0].key, members[$1].key) }
    }

    /// Whether the members stand in that order already.
    static func isKept(by members: [(key: String, value: JSONValue)]) -> Bool {
        members.indices.dropFirst().allSatisfy { precedes(members[$0 - 1].key, members[$0].key) }
    }

    private static func precedes(_ left: String, _ right: String) -> Bool {
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
