/// A school identification code of ten digits: kind, province, serial number.
///
/// It has no check digit. A renamed school keeps it, a closed code is never
/// given again; whether a school of this code exists is for a directory to say.
public struct SchoolCode: Sendable, Hashable, CustomStringConvertible {
    /// What the first two digits say.
    public enum Kind: Int, Sendable, Hashable, CaseIterable {
        /// Kindergarten.
        case kindergarten = 11
        /// Primary school.
        case primary = 21
        /// Primary school for adults.
        case adultPrimary = 22
        /// Junior middle school.
        case junior = 31
        /// Vocational junior middle school.
        case vocationalJunior = 32
        /// Junior middle school for adults.
        case adultJunior = 33
        /// Senior or complete middle school.
        case senior = 34
        /// Senior middle school for adults.
        case adultSenior = 35
        /// Secondary vocational school.
        case vocational = 36
        /// Special school for pupils with serious misconduct.
        case correctional = 37
        /// University or college.
        case higher = 41
        /// University or college for adults.
        case adultHigher = 42
        /// Special-education school.
        case special = 51
        /// Research institution that trains postgraduates.
        case research = 91
        /// Other private institution of higher education.
        case otherHigher = 92
        /// Institution of vocational training.
        case training = 93
    }

    /// The code: ten digits.
    public let text: String
    /// What the first two digits say.
    public let kind: Kind

    /// Reads a code. Faults: `school-code-length`, `-charset`, `-kind`,
    /// `-province`, `spreadsheet-precision-loss`. `today` is not asked.
    public static func parse(_ raw: String, today: CivilDate? = nil) -> Result<SchoolCode, IdentifierFault> {
        let input = IdentifierText(raw)
        if input.isPrecisionLost { return .failure(.precisionLoss) }
        guard input.bytes.count == 10 else { return .failure(.schoolCodeLength) }
        guard input.isNumeric else { return .failure(.schoolCodeCharset) }
        guard let kind = Decimal.value(input.bytes[..<2]).flatMap(Kind.init) else { return .failure(.schoolCodeKind) }
        guard Province.isKnown(input.bytes[2..<4]) else { return .failure(.schoolCodeProvince) }
        return .success(SchoolCode(text: input.text, kind: kind))
    }

    /// The two digits of the province, `41` for Henan.
    public var province: String { String(text.dropFirst(2).prefix(2)) }

    /// The code itself: it names a school, not a person.
    public var description: String { text }
}
