/// Cleaning of text from exports, and signs that a name cannot be trusted.
public enum TextHygiene {
    /// The text without blanks at its ends; tabs, line ends, no-break, ideographic
    /// and zero-width spaces and byte-order marks count as blanks.
    public static func trimmed(_ text: String) -> String {
        let scalars = text.unicodeScalars
        guard let first = scalars.firstIndex(where: { !isBlank($0) }),
            let last = scalars.lastIndex(where: { !isBlank($0) })
        else { return "" }
        return String(scalars[first...last])
    }

    /// The text with full-width digits, Latin letters, signs and spaces
    /// replaced by the usual half-width ones.
    public static func halfWidth(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            scalars.append(halfWidth(scalar))
        }
        return String(scalars)
    }

    /// Signs that characters of a text were lost or replaced on their way.
    public struct Suspicions: OptionSet, Sendable, Hashable {
        /// The signs as bits.
        public let rawValue: UInt8

        /// Signs from their bits.
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// A character of a private-use area: a rare character of another
        /// edition of GB 18030, or of a system's own font.
        public static let privateUse = Suspicions(rawValue: 1)
        /// U+FFFD, which a decoder puts in place of bytes it cannot read.
        public static let replacement = Suspicions(rawValue: 2)
        /// `?` or `□`, which systems print for a character they lack.
        public static let placeholder = Suspicions(rawValue: 4)
    }

    /// What makes a name unreliable; empty for a clean one. Matching of a
    /// person must then rest on a number, not on the name.
    public static func suspicions(in name: String) -> Suspicions {
        var found: Suspicions = []
        for scalar in name.unicodeScalars {
            switch scalar.value {
            case 0xE000...0xF8FF, 0xF_0000...0xF_FFFD, 0x10_0000...0x10_FFFD: found.insert(.privateUse)
            case 0xFFFD: found.insert(.replacement)
            case 0x3F, 0xFF1F, 0x25A1, 0x25A0, 0x3013: found.insert(.placeholder)
            default: break
            }
        }
        return found
    }

    /// The text with percent-encoded bytes decoded, as often as they were
    /// encoded; what is no such escape stands for itself.
    public static func percentDecoded(_ text: String) -> String {
        var text = text
        for _ in 0..<3 {
            guard let decoded = percentDecodedOnce(text) else { break }
            text = decoded
        }
        return text
    }

    private static func percentDecodedOnce(_ text: String) -> String? {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return nil }
        let bytes = Array(text.utf8)
        var decoded: [UInt8] = []
        var position = 0
        while position < bytes.count {
            if bytes[position] == UInt8(ascii: "%"), position + 2 < bytes.count,
                let high = hexadecimal(bytes[position + 1]), let low = hexadecimal(bytes[position + 2])
            {
                decoded.append(high << 4 | low)
                position += 3
            } else {
                decoded.append(bytes[position])
                position += 1
            }
        }
        return decoded.count < bytes.count ? String(decoding: decoded, as: UTF8.self) : nil
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt8? {
        Character(Unicode.Scalar(byte)).hexDigitValue.flatMap { byte < 0x80 ? UInt8($0) : nil }
    }

    /// A personal name in the national form: the parts of a name are separated
    /// by U+00B7 and there are no blanks, except between Latin words.
    public static func normalisedName(_ name: String) -> String {
        let scalars = Array(trimmed(name).unicodeScalars)
        var result = String.UnicodeScalarView()
        for (index, scalar) in scalars.enumerated() {
            let previous = result.last
            let next = scalars[(index + 1)...].first { !isBlank($0) }
            let isBetweenLatin = previous?.isASCII == true && next?.isASCII == true
            if isBlank(scalar) {
                if isBetweenLatin, previous != " " { result.append(" ") }
            } else if isMiddleDot(scalar) || (isFullStop(scalar) && !isBetweenLatin && next != nil) {
                if previous != "\u{B7}" { result.append("\u{B7}") }
            } else {
                result.append(scalar)
            }
        }
        return String(result)
    }

    // MARK: Characters

    static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09...0x0D, 0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200D, 0x2028, 0x2029, 0x202F, 0x205F, 0x2060, 0x3000,
            0xFEFF:
            true
        default: false
        }
    }

    static func halfWidth(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar.value {
        case 0xFF01...0xFF5E: Unicode.Scalar(UInt8(scalar.value - 0xFEE0))
        case 0x3000: " "
        default: scalar
        }
    }

    private static func isMiddleDot(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0xB7, 0x387, 0x2022, 0x2027, 0x2219, 0x22C5, 0x30FB, 0xFF65: true
        default: false
        }
    }

    private static func isFullStop(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "." || scalar.value == 0xFF0E
    }
}
