package import ChineseIdentifiers

/// How personal values are shown to units that may know of them and need not
/// know them. Made when a part is opened, never stored and never read back.
///
/// A mask never shows the whole of a value, however short the value is.
package enum Mask {
    /// 张小明 → 张*明, 张明 → 张*, 艾力·热合曼 → 艾*·**曼.
    package static func name(_ name: String) -> String {
        let parts = name.split(separator: "·", omittingEmptySubsequences: false)
        guard parts.count > 1 else { return plainName(Array(name)) }
        var masked: [String] = []
        for (index, part) in parts.enumerated() {
            var characters = [Character](repeating: "*", count: part.count)
            if index == 0, let first = part.first { characters[0] = first }
            if index == parts.count - 1, let last = part.last { characters[characters.count - 1] = last }
            masked.append(String(characters))
        }
        // Two parts of one character each would stand in the clear.
        if !masked.contains(where: { $0.contains("*") }) { masked[masked.count - 1] = "*" }
        return masked.joined(separator: "·")
    }

    private static func plainName(_ name: [Character]) -> String {
        switch name.count {
        case 0: ""
        case 1: "*"
        case 2: "\(name[0])*"
        default: "\(name[0])\(stars(name.count - 2))\(name[name.count - 1])"
        }
    }

    /// 410322********0015, or without the last four where those and the region
    /// would tell a child of one town.
    package static func citizenID(_ number: String, keepsLastFour: Bool) -> String {
        let characters = Array(number)
        guard characters.count == 18 else { return otherNumber(characters) }
        let tail = keepsLastFour ? String(characters[14...]) : stars(4)
        return String(characters[..<6]) + stars(8) + tail
    }

    /// G410322************: kind and region.
    package static func studentNumber(_ number: String) -> String {
        let characters = Array(number)
        guard characters.count > 7 else { return otherNumber(characters) }
        return String(characters[..<7]) + stars(characters.count - 7)
    }

    /// 410322************4*: region and kind of disability. The number holds the
    /// citizen ID in full.
    package static func disabilityCard(_ number: String) -> String {
        let characters = Array(number)
        guard characters.count >= 20 else { return otherNumber(characters) }
        return String(characters[..<6]) + stars(12) + String(characters[18]) + stars(characters.count - 19)
    }

    /// 138****5678. What is too short for that is not shown at all.
    package static func phone(_ number: String) -> String {
        let characters = Array(number)
        guard characters.count >= 11 else { return stars(characters.count) }
        return String(characters[..<3]) + stars(characters.count - 7) + String(characters[(characters.count - 4)...])
    }

    /// 12岁, on a day; nil for a birth after it.
    package static func age(born: CivilDate, on day: CivilDate) -> String? {
        guard born <= day else { return nil }
        let (from, to) = (born.components, day.components)
        let passed = (to.month, to.day) >= (from.month, from.day)
        return "\(to.year - from.year - (passed ? 0 : 1))岁"
    }

    /// A number of some other kind: its first character.
    private static func otherNumber(_ characters: [Character]) -> String {
        guard characters.count > 1 else { return stars(characters.count) }
        return String(characters[0]) + stars(characters.count - 1)
    }

    private static func stars(_ count: Int) -> String {
        String(repeating: "*", count: max(0, count))
    }
}
