/// A national student number: a letter and 18 characters.
public struct StudentNumber: Sendable, Hashable {
    /// What the first letter says.
    public enum Kind: String, Sendable, Hashable {
        /// `G`: with the ID number of the student at the time it was given.
        case withID = "G"
        /// `J`: for a student without an ID number; region of the school, date
        /// of birth, sequence and the same check character.
        case withoutID = "J"
        /// `L`: temporary; the last four digits are random and check nothing.
        case temporary = "L"
    }

    /// The number: 19 characters, letters upper case.
    public let text: String
    /// What the first letter says.
    public let kind: Kind
    /// The day of birth.
    public let birthDate: CivilDate

    /// Reads a number. Faults: `student-number-length`, `-prefix`, `-charset`,
    /// `-region`, `-birth-date`, `-checksum`, `spreadsheet-precision-loss`.
    public static func parse(_ raw: String, today: CivilDate?) -> Result<StudentNumber, IdentifierFault> {
        let input = IdentifierText(raw)
        if input.isPrecisionLost { return .failure(.precisionLoss) }
        guard let first = input.bytes.first, input.bytes.count == 19 else { return .failure(.studentNumberLength) }
        guard let kind = Kind(rawValue: String(decoding: [first], as: UTF8.self)) else {
            return .failure(.studentNumberPrefix)
        }
        let body = input.bytes[1...]
        guard body.dropLast().allSatisfy(IdentifierText.isDigit), let last = body.last,
            IdentifierText.isDigit(last) || (last == UInt8(ascii: "X") && kind != .temporary)
        else { return .failure(.studentNumberCharset) }
        guard Province.isKnown(body.prefix(2)) else { return .failure(.studentNumberRegion) }
        guard let birthDate = Decimal.birthDate(input.bytes[7..<15], today: today) else {
            return .failure(.studentNumberBirthDate)
        }
        guard kind == .temporary || last == CitizenID.checkByte(for: body.dropLast()) else {
            return .failure(.studentNumberChecksum)
        }
        return .success(StudentNumber(text: input.text, kind: kind, birthDate: birthDate))
    }

    /// The six digits of the region: of first registration for `G`, of the
    /// school for `J` and `L`.
    public var region: String { String(text.dropFirst().prefix(6)) }

    /// The ID number inside a `G` number, nil for the other kinds.
    public var citizenID: CitizenID? {
        guard kind == .withID else { return nil }
        return try? CitizenID.parse(String(text.dropFirst()), today: nil).get()
    }

    /// The warning `student-number-mismatch` where a `G` number contains
    /// another ID number; nil where it fits or cannot be compared. The two
    /// rightly differ after a change of the ID number: never refuse for it.
    public func mismatch(with id: CitizenID) -> IdentifierFault? {
        guard kind == .withID, !text.utf8.dropFirst().elementsEqual(id.text.utf8) else { return nil }
        return .studentNumberMismatch
    }
}

/// Keeps the number out of logs and messages.
extension StudentNumber: CustomStringConvertible, CustomDebugStringConvertible {
    /// A word in place of the number.
    public var description: String { "student number (hidden)" }
    /// A word in place of the number.
    public var debugDescription: String { description }
}
