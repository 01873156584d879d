/// A citizen ID number (GB 11643): region of first registration, date of
/// birth, sequence and check character.
///
/// The region need not exist today: children keep the code of a county that is
/// gone. Any code of a province that ever was is accepted.
public struct CitizenID: Sendable, Hashable {
    /// The number: 18 characters, `X` upper case.
    public let text: String
    /// The day of birth.
    public let birthDate: CivilDate

    /// Reads a number as people and exports write it.
    ///
    /// Blanks, full-width digits and a small `x` are cleaned silently. Faults:
    /// `id-length`, `id-charset`, `id-region`, `id-birth-date`, `id-checksum`,
    /// `id-15-digit`, `spreadsheet-precision-loss`.
    ///
    /// - Parameters:
    ///   - raw: the text.
    ///   - today: the last possible day of birth; nil does not ask.
    ///   - upgradingFifteenDigits: whether an old number of 15 digits is made
    ///     into one of 18, born in the twentieth century. Never silently.
    public static func parse(
        _ raw: String,
        today: CivilDate?,
        upgradingFifteenDigits: Bool = false,
    ) -> Result<CitizenID, IdentifierFault> {
        let input = IdentifierText(raw)
        if input.isPrecisionLost { return .failure(.precisionLoss) }
        if input.bytes.count == 15, input.isNumeric {
            return upgradingFifteenDigits ? upgrade(input.bytes, today: today) : .failure(.idFifteenDigits)
        }
        return parse(input.bytes[...], today: today)
    }

    /// Reads 18 cleaned bytes.
    static func parse(_ bytes: ArraySlice<UInt8>, today: CivilDate?) -> Result<CitizenID, IdentifierFault> {
        guard bytes.count == 18 else { return .failure(.idLength) }
        guard let check = checkByte(for: bytes.dropLast()), let last = bytes.last,
            IdentifierText.isDigit(last) || last == UInt8(ascii: "X")
        else { return .failure(.idCharset) }
        if last != check, bytes.suffix(3).allSatisfy({ $0 == UInt8(ascii: "0") }) { return .failure(.precisionLoss) }
        guard Province.isKnown(bytes.prefix(2)) else { return .failure(.idRegion) }
        let dateStart = bytes.startIndex + 6
        guard let birthDate = Decimal.birthDate(bytes[dateStart..<dateStart + 8], today: today) else {
            return .failure(.idBirthDate)
        }
        guard last == check else { return .failure(.idChecksum) }
        return .success(CitizenID(text: String(decoding: bytes, as: UTF8.self), birthDate: birthDate))
    }

    private init(text: String, birthDate: CivilDate) {
        self.text = text
        self.birthDate = birthDate
    }

    private static func upgrade(_ bytes: [UInt8], today: CivilDate?) -> Result<CitizenID, IdentifierFault> {
        var upgraded = bytes
        upgraded.insert(contentsOf: [UInt8(ascii: "1"), UInt8(ascii: "9")], at: 6)
        if let check = checkByte(for: upgraded[...]) { upgraded.append(check) }
        return parse(upgraded[...], today: today)
    }

    // MARK: Parts

    /// What the number says about sex.
    public enum Sex: String, Sendable, Hashable {
        /// An odd sequence number.
        case male
        /// An even sequence number.
        case female
    }

    /// The six digits of the region of first registration.
    public var region: String { String(text.prefix(6)) }

    /// The sex after the last digit of the sequence. Registers contain numbers
    /// where it is wrong: warn, never refuse.
    public var sex: Sex {
        let sequence = text.utf8.dropLast().last ?? 0
        return sequence % 2 == 1 ? .male : .female
    }

    // MARK: Check character

    private static let weights: [Int] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    private static let characters: [UInt8] = Array("10X98765432".utf8)

    /// The check character for the first 17 digits; nil for anything else than
    /// 17 digits. For making synthetic numbers.
    public static func checkCharacter(for digits: String) -> Character? {
        let bytes = Array(digits.utf8)
        return checkByte(for: bytes[...]).map { Character(Unicode.Scalar($0)) }
    }

    /// The same on bytes.
    static func checkByte(for digits: ArraySlice<UInt8>) -> UInt8? {
        guard digits.count == weights.count else { return nil }
        var sum = 0
        for (digit, weight) in zip(digits, weights) {
            guard IdentifierText.isDigit(digit) else { return nil }
            sum += Int(digit - UInt8(ascii: "0")) * weight
        }
        return characters[sum % 11]
    }
}

/// Keeps the number out of logs and messages.
extension CitizenID: CustomStringConvertible, CustomDebugStringConvertible {
    /// A word in place of the number.
    public var description: String { "citizen ID (hidden)" }
    /// A word in place of the number.
    public var debugDescription: String { description }
}
