/// The number of a residence permit for people from Hong Kong, Macao and
/// Taiwan: 18 characters with the check character of a citizen ID number.
///
/// The kind of document decides which validator applies. Passports and travel
/// permits have no check character at all and no validator here.
public struct ResidencePermit: Sendable, Hashable {
    /// Where the holder comes from.
    public enum Origin: String, Sendable, Hashable {
        /// Region 810000.
        case hongKong = "810000"
        /// Region 820000.
        case macao = "820000"
        /// Region 830000.
        case taiwan = "830000"
    }

    /// The number: 18 characters, `X` upper case.
    public let text: String
    /// The day of birth.
    public let birthDate: CivilDate
    /// Where the holder comes from.
    public let origin: Origin

    /// Reads a number; the faults are those of a citizen ID number.
    public static func parse(_ raw: String, today: CivilDate?) -> Result<ResidencePermit, IdentifierFault> {
        let input = IdentifierText(raw)
        if input.isPrecisionLost { return .failure(.precisionLoss) }
        return CitizenID.parse(input.bytes[...], today: today).flatMap { number in
            guard let origin = Origin(rawValue: number.region) else { return .failure(.permitRegion) }
            return .success(ResidencePermit(text: number.text, birthDate: number.birthDate, origin: origin))
        }
    }
}

/// Keeps the number out of logs and messages.
extension ResidencePermit: CustomStringConvertible, CustomDebugStringConvertible {
    /// A word in place of the number.
    public var description: String { "residence permit (hidden)" }
    /// A word in place of the number.
    public var debugDescription: String { description }
}
