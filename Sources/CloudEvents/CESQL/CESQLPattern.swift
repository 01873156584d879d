/// A pattern of LIKE, taken apart once.
///
/// `%` stands for any number of characters, `_` for one, `\%` and `\_` for
/// themselves; a backslash before anything else is a backslash.
struct CESQLPattern: Sendable {
    private enum Element: Sendable, Equatable {
        case byte(UInt8)
        case anyCharacter
        case anything
    }

    private let elements: [Element]

    init(_ pattern: String) {
        var elements: [Element] = []
        var isEscaped = false
        for byte in pattern.utf8 {
            let isWildcard = byte == UInt8(ascii: "%") || byte == UInt8(ascii: "_")
            if isEscaped, !isWildcard {
                elements.append(.byte(UInt8(ascii: "\\")))
                isEscaped = false
            }
            if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if !isEscaped, byte == UInt8(ascii: "%") {
                if elements.last != .anything { elements.append(.anything) }
            } else if !isEscaped, byte == UInt8(ascii: "_") {
                elements.append(.anyCharacter)
            } else {
                elements.append(.byte(byte))
                isEscaped = false
            }
        }
        if isEscaped { elements.append(.byte(UInt8(ascii: "\\"))) }
        self.elements = elements
    }

    /// Whether the whole text follows the pattern.
    ///
    /// Only the last `%` met is ever gone back to: what lies before it has
    /// matched as early as possible, so another choice there cannot help. The
    /// work is at most the length of the text times that of the longest piece
    /// between two `%`, and no memory.
    func matches(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { matches($0) }
    }

    private func matches(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var position = 0
        var element = 0
        var resume: (element: Int, position: Int)?
        while position < text.count {
            if element < elements.count {
                switch elements[element] {
                case .anything:
                    resume = (element, position)
                    element += 1
                    continue
                case .anyCharacter:
                    position = Self.end(ofCharacterAt: position, in: text)
                    element += 1
                    continue
                case .byte(let byte) where byte == text[position]:
                    position += 1
                    element += 1
                    continue
                case .byte:
                    break
                }
            }
            guard let last = resume else { return false }
            let start = Self.end(ofCharacterAt: last.position, in: text)
            resume = (last.element, start)
            (element, position) = (last.element + 1, start)
        }
        return elements[element...].allSatisfy { $0 == .anything }
    }

    private static func end(ofCharacterAt position: Int, in text: UnsafeBufferPointer<UInt8>) -> Int {
        var end = position + 1
        while end < text.count, text[end] & 0xC0 == 0x80 {
            end += 1
        }
        return end
    }
}
