extension PersonalPatternScanner {
    /// The kinds of numbers in a reference: the id of something, an address,
    /// a key.
    ///
    /// References are often random: in a row of hexadecimal digits eleven
    /// happen to look like a phone number once in a few hundred times. So a
    /// hexadecimal word with letters in it is searched for whole ID numbers
    /// only, which do not happen by chance. In words with other letters
    /// (`tel13000000000`) a row of digits counts when it has the length of a
    /// phone or an ID number.
    /// Percent-encoded bytes count as what they stand for.
    public static func kinds(inReference reference: String) -> Set<Kind> {
        let reference = TextHygiene.percentDecoded(reference)
        guard mayHoldNumber(reference) else { return [] }
        var text = String.UnicodeScalarView()
        var word = String.UnicodeScalarView()
        for scalar in reference.unicodeScalars {
            if isAlphanumeric(scalar) {
                word.append(scalar)
            } else {
                appendSearchable(word, to: &text)
                text.append(scalar)
                word.removeAll()
            }
        }
        appendSearchable(word, to: &text)
        return kinds(in: String(text))
    }

    /// Whether a text has as many digits as the shortest number that is looked
    /// for, with nothing between them that ends a number for certain; what is
    /// not ASCII may be digits of another width, or separate nothing.
    private static func mayHoldNumber(_ text: String) -> Bool {
        var digits = 0
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                digits += 1
                if digits >= phoneLength { return true }
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: " "),
                UInt8(ascii: "-"), UInt8(ascii: "."), 0:
                break
            case 0x80...: return true
            default: digits = 0
            }
        }
        return false
    }

    /// A word as it is when it is a number, else its rows of digits that are
    /// searched for numbers.
    private static func appendSearchable(
        _ word: String.UnicodeScalarView, to text: inout String.UnicodeScalarView,
    ) {
        if word.dropLast().allSatisfy(isDigit), word.last.map(isNumberEnd) ?? true {
            text.append(contentsOf: word)
            return
        }
        let isHexadecimal = word.allSatisfy { $0.properties.isASCIIHexDigit }
        let rows = word.split { !isNumberEnd($0) }.filter {
            $0.count >= idLength || (!isHexadecimal && isPhoneLong($0))
        }
        for row in rows {
            text.append("|")
            text.append(contentsOf: row)
            text.append("|")
        }
    }

    /// Whether a row has the length of a phone number, with a country code or
    /// without. Fifteen digits are that only with one; else they are a number
    /// of something, such as region, day and count.
    private static func isPhoneLong(_ row: Substring.UnicodeScalarView) -> Bool {
        switch row.reduce(0, { isDigit($1) ? $0 + 1 : $0 }) {
        case phoneLength, phoneLength + 2: true
        case phoneLength + 4: row.starts(with: "0086".unicodeScalars)
        default: false
        }
    }

    private static let idLength = 18
    private static let phoneLength = 11

    private static func isAlphanumeric(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "0"..."9", "a"..."z", "A"..."Z": true
        default: false
        }
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { scalar >= "0" && scalar <= "9" }

    /// A digit, or the X that an ID number may end in.
    private static func isNumberEnd(_ scalar: Unicode.Scalar) -> Bool {
        isDigit(scalar) || scalar == "X" || scalar == "x"
    }
}
