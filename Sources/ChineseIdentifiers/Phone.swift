/// A phone number of China, by its form only.
///
/// Keep the raw text too: notes such as extensions are cut here.
public struct Phone: Sendable, Hashable {
    /// What kind of line it is.
    public enum Kind: Sendable, Hashable {
        /// 11 digits that begin with 1.
        case mobile
        /// An area code and 7 or 8 digits.
        case landline
    }

    /// The number: `13800000000`, or `0379-67910000` for a landline.
    public let text: String
    /// What kind of line it is.
    public let kind: Kind

    /// Reads a number with or without `+86`, blanks and hyphens. Fault:
    /// `phone-form`. `today` is not asked.
    ///
    /// A mobile number begins with 13 to 19. 12 is taken as well: nobody has
    /// such a number, which is why made-up data uses it.
    public static func parse(_ raw: String, today: CivilDate? = nil) -> Result<Phone, IdentifierFault> {
        let input = IdentifierText(raw)
        var digits = input.bytes.filter { ![UInt8(ascii: "-"), UInt8(ascii: "("), UInt8(ascii: ")")].contains($0) }
        if digits.starts(with: "+86".utf8) {
            digits.removeFirst(3)
        } else if digits.starts(with: "0086".utf8) {
            digits.removeFirst(4)
        } else if digits.count == 13, digits.starts(with: "861".utf8) {
            digits.removeFirst(2)
        }
        guard digits.allSatisfy(IdentifierText.isDigit) else { return .failure(.phoneForm) }
        let number = String(decoding: digits, as: UTF8.self)
        if isMobile(digits[...]) { return .success(Phone(text: number, kind: .mobile)) }
        guard let areaLength = areaLength(digits) else { return .failure(.phoneForm) }
        return .success(Phone(text: "\(number.prefix(areaLength))-\(number.dropFirst(areaLength))", kind: .landline))
    }

    /// Whether digits have the form of a mobile number.
    static func isMobile(_ digits: ArraySlice<UInt8>) -> Bool {
        digits.count == 11 && digits.first == UInt8(ascii: "1")
            && (UInt8(ascii: "2")...UInt8(ascii: "9")).contains(digits[digits.startIndex + 1])
    }

    /// How many digits the area code has; nil where this is no landline.
    /// 010 and 02x are the codes of three digits, and have local numbers of 8.
    private static func areaLength(_ digits: [UInt8]) -> Int? {
        guard digits.count >= 10, digits[0] == UInt8(ascii: "0"), digits[1] != UInt8(ascii: "0") else { return nil }
        let isShort = digits[1] == UInt8(ascii: "1") || digits[1] == UInt8(ascii: "2")
        let length = isShort ? 3 : 4
        let isLocal = digits.count - length == 8 || (!isShort && digits.count - length == 7)
        return isLocal && digits[length] != UInt8(ascii: "0") && digits[length] != UInt8(ascii: "1") ? length : nil
    }
}

/// Keeps the number out of logs and messages.
extension Phone: CustomStringConvertible, CustomDebugStringConvertible {
    /// A word in place of the number.
    public var description: String { "phone number (hidden)" }
    /// A word in place of the number.
    public var debugDescription: String { description }
}
