/// The members of a JSON object, in order, each key once. Keys are told apart
/// by their bytes, as JSON does, not by canonical equivalence.
///
/// Look-ups are linear up to thirty-two members and hashed above that; most
/// objects of an event are small, keys mostly differ in length, and a hash table
/// for each would cost more than it saves.
public struct JSONObject: Sendable {
    /// The members in order. Keys are distinct.
    public private(set) var members: [(key: String, value: JSONValue)] = []
    private var index: [MemberKey: Int] = [:]

    private static let linearLimit = 32

    /// An object without members.
    public init() {}

    /// The value under a key. Setting an existing key keeps its place; setting
    /// nil removes it.
    public subscript(key: String) -> JSONValue? {
        get {
            position(of: key).map { members[$0].value }
        }
        set {
            switch (position(of: key), newValue) {
            case (let found?, let value?):
                members[found].value = value
            case (let found?, nil):
                members.remove(at: found)
                reindex()
            case (nil, let value?):
                append(key, value)
            case (nil, nil):
                break
            }
        }
    }

    /// How many members there are.
    public var count: Int { members.count }

    /// Whether there are none.
    public var isEmpty: Bool { members.isEmpty }

    /// The keys in order.
    public var keys: [String] { members.map(\.key) }

    /// Adds a member at the end; false, and nothing changes, when the key is
    /// there already.
    mutating func insert(_ key: String, _ value: JSONValue) -> Bool {
        guard position(of: key) == nil else { return false }
        append(key, value)
        return true
    }

    private mutating func append(_ key: String, _ value: JSONValue) {
        members.append((key, value))
        if members.count == Self.linearLimit + 1 {
            reindex()
        } else if members.count > Self.linearLimit {
            index[MemberKey(text: key)] = members.count - 1
        }
    }

    private func position(of key: String) -> Int? {
        guard members.count <= Self.linearLimit else { return index[MemberKey(text: key)] }
        let length = key.utf8.count
        for place in members.indices
        where members[place].key.utf8.count == length && members[place].key.isIdentical(to: key) {
            return place
        }
        return nil
    }

    private mutating func reindex() {
        index = [:]
        guard members.count > Self.linearLimit else { return }
        for (offset, member) in members.enumerated() { index[MemberKey(text: member.key)] = offset }
    }
}

extension JSONObject: Hashable {
    /// Whether both have the same members, in whatever order.
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.count == right.count && left.members.allSatisfy { right[$0.key] == $0.value }
    }

    /// Feeds the members without regard to their order.
    public func hash(into hasher: inout Hasher) {
        var combined = 0
        for member in members {
            var one = Hasher()
            member.key.hashBytes(into: &one)
            one.combine(member.value)
            combined ^= one.finalize()
        }
        hasher.combine(combined)
    }
}

extension JSONObject: Sequence {
    /// The members in order.
    public func makeIterator() -> IndexingIterator<[(key: String, value: JSONValue)]> {
        members.makeIterator()
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    /// An object in the order written. Precondition: no key twice.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self.init(literal: elements)
    }

    init(literal elements: [(String, JSONValue)]) {
        members.reserveCapacity(elements.count)
        for (key, value) in elements { members.append((key, value)) }
        assert(Set(members.map { MemberKey(text: $0.key) }).count == members.count, "a literal has a key twice")
        reindex()
    }
}
