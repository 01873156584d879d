/// A pattern of LIKE, taken apart once.
///
/// `%` stands for any number of characters, `_` for one, `\%` and `\_` for
/// themselves; a backslash before anything else is a backslash. A character is
/// a Unicode code point.
struct CESQLPattern: Sendable {
    /// A character, or nil for any one.
    typealias Element = Unicode.Scalar?

    /// What stands before the first `%`; all of it when there is none.
    private let start: [Element]
    /// What stands between one `%` and the next.
    private let middle: [CESQLPatternPiece]
    /// What stands behind the last `%`; nil when there is none.
    private let end: [Element]?

    init(_ pattern: String) {
        var pieces: [[Element]] = [[]]
        var isEscaped = false
        for scalar in pattern.unicodeScalars {
            let isWildcard = scalar == "%" || scalar == "_"
            if isEscaped, !isWildcard { pieces[pieces.count - 1].append("\\") }
            switch (scalar, isEscaped) {
            case ("\\", _): break
            case ("%", false): pieces.append([])
            case ("_", false): pieces[pieces.count - 1].append(nil)
            default: pieces[pieces.count - 1].append(scalar)
            }
            isEscaped = scalar == "\\"
        }
        if isEscaped { pieces[pieces.count - 1].append("\\") }
        start = pieces.removeFirst()
        end = pieces.popLast()
        middle = pieces.filter { !$0.isEmpty }.map { CESQLPatternPiece($0) }
    }

    /// Whether the whole text follows the pattern.
    ///
    /// Each piece is taken where it occurs first: another choice would leave
    /// less for those behind it. So the text is walked through once, in steps
    /// that take one operation for every 64 characters of the piece.
    func matches(_ text: String) -> Bool {
        let characters = Array(text.unicodeScalars)
        guard let end else { return characters.count == start.count && Self.agree(characters[...], start) }
        guard characters.count >= start.count + end.count,
            Self.agree(characters.prefix(start.count), start), Self.agree(characters.suffix(end.count), end)
        else { return false }
        var rest = characters[start.count..<characters.count - end.count]
        for piece in middle {
            guard let behind = piece.endOfFirst(in: rest) else { return false }
            rest = rest[behind...]
        }
        return true
    }

    private static func agree(_ characters: ArraySlice<Unicode.Scalar>, _ elements: [Element]) -> Bool {
        zip(characters, elements).allSatisfy { $1 == nil || $0 == $1 }
    }
}

/// A piece of a pattern that is searched for.
///
/// The search keeps one bit for every place in the piece: whether what was
/// read last agrees with the piece up to there. A step shifts all of them by
/// one and clears those where the next character does not fit (Baeza-Yates and
/// Gonnet, 1992), so no text makes it go back.
struct CESQLPatternPiece: Sendable {
    /// For each character of the piece, the places where it fits.
    private let places: [Unicode.Scalar: [UInt64]]
    /// The places where any character fits.
    private let anyPlaces: [UInt64]
    private let lastPlace: Int

    /// Precondition: there are elements.
    init(_ elements: [CESQLPattern.Element]) {
        let words = (elements.count + 63) / 64
        var anyPlaces = [UInt64](repeating: 0, count: words)
        for (place, element) in elements.enumerated() where element == nil {
            anyPlaces[place / 64] |= 1 << UInt64(place % 64)
        }
        var places: [Unicode.Scalar: [UInt64]] = [:]
        for case (let place, let character?) in elements.enumerated() {
            places[character, default: anyPlaces][place / 64] |= 1 << UInt64(place % 64)
        }
        self.places = places
        self.anyPlaces = anyPlaces
        lastPlace = elements.count - 1
    }

    /// Where the first occurrence ends; nil without one.
    func endOfFirst(in text: ArraySlice<Unicode.Scalar>) -> Int? {
        var agreeing = [UInt64](repeating: 0, count: anyPlaces.count)
        for index in text.indices {
            let fitting = places[text[index]] ?? anyPlaces
            var carry: UInt64 = 1
            for word in agreeing.indices {
                let next = agreeing[word] >> 63
                agreeing[word] = (agreeing[word] << 1 | carry) & fitting[word]
                carry = next
            }
            if agreeing[lastPlace / 64] >> UInt64(lastPlace % 64) & 1 == 1 { return index + 1 }
        }
        return nil
    }
}
