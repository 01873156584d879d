/// Finds numbers of persons in free text, so that a field that everybody may
/// read can refuse it. It says what kinds it found, never where or which.
///
/// It rather finds too much than too little: an ID number need not pass its
/// checksum when it stands alone, because a mistyped one still names somebody.
/// Inside longer rows of digits (card numbers, serial numbers) the checksum
/// has to fit. One pass over the UTF-8 bytes.
public enum PersonalPatternScanner {
    /// A kind of number that names a person.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// A citizen ID number, present or of 15 digits, alone or inside a
        /// student or disability card number.
        case citizenID = "citizen-id"
        /// A mobile phone number.
        case mobilePhone = "mobile-phone"
    }

    /// The kinds of numbers in a text; empty for a clean one.
    public static func kinds(in text: String) -> Set<Kind> {
        kinds(in: text, certainOnly: false)
    }

    /// The kinds of numbers in a text that is itself a number of something: a
    /// permit, a registration, a case. Such numbers have 15 or 18 digits of
    /// their own, so an ID number counts only with 18 digits and a checksum
    /// that fits.
    public static func kinds(inNumber text: String) -> Set<Kind> {
        kinds(in: text, certainOnly: true)
    }

    private static func kinds(in text: String, certainOnly: Bool) -> Set<Kind> {
        var text = text
        return text.withUTF8 { kinds(in: $0, certainOnly: certainOnly) }
    }

    private static func kinds(in bytes: UnsafeBufferPointer<UInt8>, certainOnly: Bool) -> Set<Kind> {
        var found: Set<Kind> = []
        var chain = Chain(certainOnly: certainOnly)
        var index = 0
        while index < bytes.count {
            let (byte, length) = plainByte(bytes, index)
            index += length
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                chain.append(byte)
            case UInt8(ascii: "X"), UInt8(ascii: "x"):
                chain.appendX()
            case UInt8(ascii: " "), UInt8(ascii: "-"), UInt8(ascii: "."):
                if !chain.separate() { chain.finish(&found) }
            case nothing:
                break
            default:
                chain.finish(&found)
            }
        }
        chain.finish(&found)
        return found
    }

    /// Stands for a character that nobody sees: it separates nothing.
    private static let nothing: UInt8 = 0

    /// The character at an index as the plain one it looks like, and how many
    /// bytes it took: full-width signs, the many blanks, hyphens and dots.
    private static func plainByte(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int) -> (UInt8, Int) {
        guard bytes[index] >= 0x80 else { return (bytes[index], 1) }
        if bytes[index] == 0xC2, index + 1 < bytes.count {
            switch bytes[index + 1] {
            case 0xA0: return (UInt8(ascii: " "), 2)
            case 0xAD: return (nothing, 2)
            case 0xB7: return (UInt8(ascii: "."), 2)
            default: return (bytes[index], 1)
            }
        }
        guard index + 2 < bytes.count else { return (bytes[index], 1) }
        let plain: UInt8? =
            switch (bytes[index], bytes[index + 1], bytes[index + 2]) {
            // U+FF01 to U+FF3F and U+FF40 to U+FF5E.
            case (0xEF, 0xBC, let low) where low >= 0x81: low - 0x60
            case (0xEF, 0xBD, let low) where low <= 0x9E: low - 0x20
            case (0xE3, 0x80, 0x80): UInt8(ascii: " ")
            case (0xE2, 0x80, let low): plainPunctuation(low)
            case (0xE2, 0x81, 0x9F): UInt8(ascii: " ")
            // The word joiner and the marks of writing direction.
            case (0xE2, 0x81, 0xA0...0xAF), (0xEF, 0xBB, 0xBF): nothing
            case (0xE2, 0x88, 0x92): UInt8(ascii: "-")
            case (0xE2, 0x88, 0x99), (0xE2, 0x8B, 0x85), (0xE3, 0x83, 0xBB), (0xEF, 0xBD, 0xA5): UInt8(ascii: ".")
            default: nil
            }
        return plain.map { ($0, 3) } ?? (bytes[index], 1)
    }

    /// U+2000 to U+203F, by the last byte.
    private static func plainPunctuation(_ low: UInt8) -> UInt8? {
        switch low {
        case 0x80...0x8A, 0xAF: UInt8(ascii: " ")
        case 0x8B...0x8F, 0xAA...0xAE: nothing
        case 0x90...0x95: UInt8(ascii: "-")
        case 0xA2, 0xA7: UInt8(ascii: ".")
        default: nil
        }
    }
}
