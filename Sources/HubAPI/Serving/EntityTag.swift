/// A tag of RFC 9110, section 8.8.3: `"3"`, or `W/"3"` for a weak one.
struct EntityTag: Sendable, Hashable {
    var text: String
    var isWeak: Bool

    /// The tags of a list; nil for a text that is none, or has none. A comma
    /// may stand within a tag.
    static func list(_ text: String) -> [EntityTag]? {
        var rest = text[...]
        var tags: [EntityTag] = []
        while true {
            // Empty elements count for nothing: RFC 9110, section 5.6.1.2.
            rest = rest.drop { $0 == " " || $0 == "\t" || $0 == "," }
            if rest.isEmpty { return tags.isEmpty ? nil : tags }
            let isWeak = rest.hasPrefix("W/")
            if isWeak { rest = rest.dropFirst(2) }
            guard rest.first == "\"", let end = rest.dropFirst().firstIndex(of: "\"") else { return nil }
            let tag = rest[rest.index(after: rest.startIndex)..<end]
            guard tag.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value != 0x7F }) else { return nil }
            tags.append(EntityTag(text: String(tag), isWeak: isWeak))
            rest = rest[rest.index(after: end)...].drop { $0 == " " || $0 == "\t" }
            guard rest.isEmpty || rest.first == "," else { return nil }
        }
    }
}
