/// The number of a disability card: an ID number, kind and grade of the
/// disability, and on a replacement card `B` with a number.
public struct DisabilityCardNumber: Sendable, Hashable {
    /// The kind of disability in the official order. Pages on the web swap the
    /// first two.
    public enum Kind: Int, Sendable, Hashable, CaseIterable {
        /// Sight, 视力.
        case sight = 1
        /// Hearing, 听力.
        case hearing = 2
        /// Speech, 言语.
        case speech = 3
        /// Limbs, 肢体.
        case limbs = 4
        /// Intellect, 智力.
        case intellect = 5
        /// Mind, 精神.
        case mental = 6
        /// Several kinds, 多重.
        case multiple = 7

        /// The word on the card.
        public var nameZh: String {
            switch self {
            case .sight: "视力"
            case .hearing: "听力"
            case .speech: "言语"
            case .limbs: "肢体"
            case .intellect: "智力"
            case .mental: "精神"
            case .multiple: "多重"
            }
        }
    }

    /// The number: 20 characters, or more on a replacement card.
    public let text: String
    /// The ID number it begins with.
    public let citizenID: CitizenID
    /// The kind of disability.
    public let kind: Kind
    /// The grade, 1 (most severe) to 4.
    public let grade: Int
    /// The number after `B`; nil on a first card.
    public let replacement: Int?

    /// Reads a number. Faults: `disability-card-length`, `-kind`, `-grade`,
    /// `spreadsheet-precision-loss`, and those of the ID number inside.
    public static func parse(_ raw: String, today: CivilDate?) -> Result<DisabilityCardNumber, IdentifierFault> {
        let input = IdentifierText(raw)
        if input.isPrecisionLost { return .failure(.precisionLoss) }
        let bytes = input.bytes
        var replacement: Int?
        if bytes.count > 20 {
            guard bytes[20] == UInt8(ascii: "B"), bytes.count <= 23, let number = Decimal.value(bytes[21...]) else {
                return .failure(.disabilityCardLength)
            }
            replacement = number
        }
        guard bytes.count >= 20 else { return .failure(.disabilityCardLength) }
        return CitizenID.parse(bytes[..<18], today: today).mapError { fault in
            input.endsInZeros ? .precisionLoss : fault
        }.flatMap { id in
            guard let kind = Decimal.value(bytes[18..<19]).flatMap(Kind.init) else {
                return .failure(.disabilityCardKind)
            }
            guard let grade = Decimal.value(bytes[19..<20]), (1...4).contains(grade) else {
                return .failure(.disabilityCardGrade)
            }
            return .success(
                DisabilityCardNumber(
                    text: input.text, citizenID: id, kind: kind, grade: grade, replacement: replacement))
        }
    }
}

/// Keeps the number out of logs and messages.
extension DisabilityCardNumber: CustomStringConvertible, CustomDebugStringConvertible {
    /// A word in place of the number.
    public var description: String { "disability card number (hidden)" }
    /// A word in place of the number.
    public var debugDescription: String { description }
}
