/// An identifier as a person or an export wrote it, cleaned for validation.
///
/// Spreadsheets and web exports add blanks, tabs, apostrophes, `="…"` and
/// full-width digits: all of that goes without a word. What a spreadsheet's
/// arithmetic destroyed is never repaired, even where the checksum happens to
/// pass, because a double keeps about 16 digits.
struct IdentifierText {
    /// One byte a character, upper case. A character outside ASCII is 0x80, so
    /// that it counts for the length and fits no alphabet.
    let bytes: [UInt8]
    /// Whether the form betrays that the value was a number on its way.
    let isPrecisionLost: Bool

    init(_ raw: String) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(24)
        for scalar in raw.unicodeScalars {
            guard !TextHygiene.isBlank(scalar) else { continue }
            let plain = TextHygiene.halfWidth(scalar)
            bytes.append(plain.isASCII ? Self.upperCase(UInt8(plain.value)) : 0x80)
        }
        Self.unwrap(&bytes)
        isPrecisionLost = Self.isScientific(bytes) || Self.cutDecimals(&bytes)
        self.bytes = bytes
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Whether all characters of a range are digits.
    func isNumeric(_ range: Range<Int>) -> Bool {
        bytes[range].allSatisfy(Self.isDigit)
    }

    var isNumeric: Bool { isNumeric(bytes.indices) }

    /// Whether it ends as a number does whose last digits a double dropped.
    var endsInZeros: Bool { bytes.count >= 16 && isNumeric && bytes.suffix(3).allSatisfy { $0 == UInt8(ascii: "0") } }

    static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    // MARK: Spreadsheets

    /// Removes what marks a cell as text: `'123`, `="123"`, `"123"`.
    private static func unwrap(_ bytes: inout [UInt8]) {
        if bytes.first == UInt8(ascii: "="), bytes.count > 1, bytes[1] == UInt8(ascii: "\"") {
            bytes.removeFirst()
        }
        if bytes.count >= 2, bytes.first == UInt8(ascii: "\""), bytes.last == UInt8(ascii: "\"") {
            bytes.removeFirst()
            bytes.removeLast()
        }
        if bytes.first == UInt8(ascii: "'") {
            bytes.removeFirst()
        }
    }

    /// `4.10322E+17` and `4E17`.
    private static func isScientific(_ bytes: [UInt8]) -> Bool {
        guard let exponent = bytes.firstIndex(of: UInt8(ascii: "E")) else { return false }
        let mantissa = bytes[..<exponent]
        let isMantissa =
            mantissa.first.map(isDigit) == true
            && (mantissa.count == 1
                || (mantissa.dropFirst().first == UInt8(ascii: ".") && mantissa.count > 2
                    && mantissa.dropFirst(2).allSatisfy(isDigit)))
        var power = bytes[(exponent + 1)...]
        let hasSign = power.first == UInt8(ascii: "+")
        if hasSign { power = power.dropFirst() }
        // Without a point and a sign it could be a code with an E in it.
        let isDistinct = hasSign || mantissa.count > 1
        return isMantissa && isDistinct && !power.isEmpty && power.count <= 3 && power.allSatisfy(isDigit)
    }

    /// Cuts a trailing `.0`; true where the number was too long to survive.
    private static func cutDecimals(_ bytes: inout [UInt8]) -> Bool {
        guard let point = bytes.firstIndex(of: UInt8(ascii: ".")), point > 0, point < bytes.count - 1,
            bytes[..<point].allSatisfy(isDigit),
            bytes[(point + 1)...].allSatisfy({ $0 == UInt8(ascii: "0") })
        else { return false }
        bytes.removeSubrange(point...)
        return bytes.count >= 16
    }

    private static func upperCase(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) ? byte - 0x20 : byte
    }
}
