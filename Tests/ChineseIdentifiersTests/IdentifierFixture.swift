import ChineseIdentifiers
import Testing

/// Single identifiers with what a validator has to say about each. All are
/// synthetic: sequence numbers from 900 on, invented organisations.
struct IdentifierFixture: Sendable, CustomTestStringConvertible {
    enum Kind: String, Sendable {
        case citizenID, uscc, studentNumber, disabilityCard
    }

    var kind: Kind
    var value: String
    /// The normalised form, or the code of the fault.
    var expected: Result<String, FaultCode>

    struct FaultCode: Error, Hashable, ExpressibleByStringLiteral {
        var code: String
        init(stringLiteral value: String) { code = value }
        init(_ code: String) { self.code = code }
    }

    static func valid(_ kind: Kind, _ value: String, _ normalised: String) -> IdentifierFixture {
        IdentifierFixture(kind: kind, value: value, expected: .success(normalised))
    }

    static func invalid(_ kind: Kind, _ value: String, _ code: FaultCode) -> IdentifierFixture {
        IdentifierFixture(kind: kind, value: value, expected: .failure(code))
    }

    var testDescription: String { "\(kind.rawValue) \(value)" }

    /// What the validator of the kind says.
    func outcome(today: CivilDate?) -> Result<String, FaultCode> {
        func code(_ fault: IdentifierFault) -> FaultCode { FaultCode(fault.code) }
        switch kind {
        case .citizenID: return CitizenID.parse(value, today: today).map(\.text).mapError(code)
        case .uscc: return UnifiedSocialCreditCode.parse(value, today: today).map(\.text).mapError(code)
        case .studentNumber: return StudentNumber.parse(value, today: today).map(\.text).mapError(code)
        case .disabilityCard: return DisabilityCardNumber.parse(value, today: today).map(\.text).mapError(code)
        }
    }

    static let all: [IdentifierFixture] = [
        .valid(.citizenID, "410323200607259814", "410323200607259814"),
        .valid(.citizenID, "410322200506169194", "410322200506169194"),
        .valid(.citizenID, "41088120120507971X", "41088120120507971X"),
        // lower-case x
        .valid(.citizenID, "41032320081109966x", "41032320081109966X"),
        // 29 February of a leap year
        .valid(.citizenID, "410322200802299778", "410322200802299778"),
        // first registered in another province
        .valid(.citizenID, "653125201101049426", "653125201101049426"),
        .invalid(.citizenID, "410322201004189652", "id-checksum"),
        // 0 where X belongs
        .invalid(.citizenID, "410881201003159050", "id-checksum"),
        // two neighbours swapped
        .invalid(.citizenID, "410305201012045996", "id-checksum"),
        // no such date, checksum right
        .invalid(.citizenID, "410322201302299071", "id-birth-date"),
        // born in the future, checksum right
        .invalid(.citizenID, "410322209901159122", "id-birth-date"),
        // no such province, checksum right
        .invalid(.citizenID, "99032220091224923X", "id-region"),
        .invalid(.citizenID, "41032320131105900", "id-length"),
        // letter O for zero
        .invalid(.citizenID, "4108812009O8099093", "id-charset"),
        .invalid(.citizenID, "410322200603219000", "spreadsheet-precision-loss"),
        .invalid(.citizenID, "4.10323E+17", "spreadsheet-precision-loss"),
        // old number: upgraded only on an explicit flag
        .invalid(.citizenID, "410322790204917", "id-15-digit"),
        // trailing tab of a web export
        .valid(.citizenID, "410881201105269196\t", "410881201105269196"),
        // a double on its way
        .invalid(.citizenID, "410305200603029312.0", "spreadsheet-precision-loss"),
        .valid(.uscc, "91410322MA9QYJBD0W", "91410322MA9QYJBD0W"),
        .valid(.uscc, "92410322MA9UEX5332", "92410322MA9UEX5332"),
        .valid(.uscc, "52410322MJ98YRRK86", "52410322MJ98YRRK86"),
        // check character 0: the weighted sum is a multiple of 31
        .valid(.uscc, "91410322MA9A3TDA20", "91410322MA9A3TDA20"),
        // begins with a letter
        .valid(.uscc, "N2410322MF91AB5B9M", "N2410322MF91AB5B9M"),
        // lower case
        .valid(.uscc, "91410322ma93b3ab88", "91410322MA93B3AB88"),
        .invalid(.uscc, "92410322MA95L7TB6N", "uscc-checksum"),
        // i is not in the alphabet
        .invalid(.uscc, "91410322MAI9HNC89T", "uscc-charset"),
        .valid(.studentNumber, "G410322200608069784", "G410322200608069784"),
        .valid(.studentNumber, "g41032320121004975x", "G41032320121004975X"),
        // no ID number; same check character
        .valid(.studentNumber, "J410322200902019147", "J410322200902019147"),
        // temporary: the last four digits are random, no checksum
        .valid(.studentNumber, "L410322200502245023", "L410322200502245023"),
        .invalid(.studentNumber, "G410322200506289834", "student-number-checksum"),
        .invalid(.studentNumber, "J410322201305089355", "student-number-checksum"),
        .invalid(.studentNumber, "K410881201302269494", "student-number-prefix"),
        // valid by itself; differs from the ID number, which happens after an ID change
        .valid(.studentNumber, "G410322200911139765", "G410322200911139765"),
        .valid(.disabilityCard, "41088120090304955643", "41088120090304955643"),
        // iD with X; 1 is sight
        .valid(.disabilityCard, "41032320060130985X11", "41032320060130985X11"),
        // replacement card
        .valid(.disabilityCard, "41030520110610966862B1", "41030520110610966862B1"),
        .invalid(.disabilityCard, "41032220071220962881", "disability-card-kind"),
        .invalid(.disabilityCard, "41030520090615949025", "disability-card-grade"),
    ]
}
