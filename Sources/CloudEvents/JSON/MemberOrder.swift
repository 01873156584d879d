/// The order of members in the canonical form: by the UTF-16 code units of
/// their keys (RFC 8785, section 3.2.3).
enum MemberOrder {
    /// The places of the members in the order in which they are written; nil
    /// where they stand in it already.
    ///
    /// Objects are small: the first eight bytes of the keys are compared as
    /// numbers, and most pairs are told apart by them.
    static func order(of members: [(key: String, value: JSONValue)]) -> [Int]? {
        guard members.count > 1 else { return nil }
        var places: [(beginning: UInt64, index: Int)] = []
        places.reserveCapacity(members.count)
        var isKept = true
        for index in members.indices {
            let new = (beginning: beginning(of: members[index].key), index: index)
            // From the end, as most objects are nearly in order.
            var place = places.count
            while place > 0, precedes(new, places[place - 1], in: members) { place -= 1 }
            if place == places.count { places.append(new) } else { places.insert(new, at: place); isKept = false }
            // A long object out of order is sorted, not inserted into.
            if !isKept, index >= Self.insertedAtMost { return sorted(members) }
        }
        return isKept ? nil : places.map(\.index)
    }

    private static let insertedAtMost = 64

    private static func sorted(_ members: [(key: String, value: JSONValue)]) -> [Int] {
        members.indices.sorted { precedes(members[$0].key, members[$1].key) }
    }

    private static func precedes(
        _ left: (beginning: UInt64, index: Int), _ right: (beginning: UInt64, index: Int),
        in members: [(key: String, value: JSONValue)],
    ) -> Bool {
        // Bytes beyond ASCII do not order by themselves, see below.
        let isPlain = (left.beginning | right.beginning) & 0x8080_8080_8080_8080 == 0
        if isPlain, left.beginning != right.beginning { return left.beginning < right.beginning }
        return precedes(members[left.index].key, members[right.index].key)
    }

    /// The first eight bytes, the first one highest; what is shorter ends in zeros.
    private static func beginning(of key: String) -> UInt64 {
        var key = key
        return key.withUTF8 { bytes in
            var value: UInt64 = 0
            for byte in bytes.prefix(8) { value = value << 8 | UInt64(byte) }
            return bytes.count < 8 ? value << UInt64(8 * (8 - bytes.count)) : value
        }
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
