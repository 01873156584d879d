/// An old business registration number of 15 digits, which individual traders
/// without a unified social credit code still show.
public struct RegistrationNumber: Sendable, Hashable, CustomStringConvertible {
    /// The number: 15 digits.
    public let text: String

    /// Reads a number by its form. Faults: `registration-number-length`,
    /// `registration-number-charset`, `spreadsheet-precision-loss`. `today` is
    /// not asked.
    public static func parse(_ raw: String, today: CivilDate? = nil) -> Result<RegistrationNumber, IdentifierFault> {
        let input = IdentifierText(raw)
        if input.isPrecisionLost { return .failure(.precisionLoss) }
        guard input.bytes.count == 15 else { return .failure(.registrationNumberLength) }
        guard input.isNumeric else { return .failure(.registrationNumberCharset) }
        return .success(RegistrationNumber(text: input.text))
    }

    /// The six digits of the registering office.
    public var office: String { String(text.prefix(6)) }

    /// Whether the last digit is the check digit of GS 15-2006 (ISO 7064, mod
    /// 11,10). Numbers given before that rule fail it, so that it is a hint and
    /// no reason to refuse.
    public var hasCheckDigit: Bool {
        var remainder = 10
        let digits = text.utf8.map { Int($0 - UInt8(ascii: "0")) }
        for digit in digits.dropLast() {
            let sum = (remainder + digit) % 10
            remainder = (sum == 0 ? 10 : sum) * 2 % 11
        }
        return (remainder + (digits.last ?? 0)) % 10 == 1
    }

    /// The number itself: it names a business, not a person.
    public var description: String { text }
}
