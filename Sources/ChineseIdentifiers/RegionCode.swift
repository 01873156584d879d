/// An administrative region code: county (GB/T 2260, 6 digits), town (9) or
/// village (12).
///
/// Codes of regions that are gone stay valid: which list and revision a code
/// comes from is for the reader to keep with it.
public struct RegionCode: Sendable, Hashable, CustomStringConvertible {
    /// How far down a code reaches.
    public enum Level: Int, Sendable, Hashable {
        /// Six digits.
        case county = 6
        /// Nine digits.
        case town = 9
        /// Twelve digits.
        case village = 12
    }

    /// The code: 6, 9 or 12 digits.
    public let text: String
    /// How far down it reaches.
    public let level: Level

    /// Reads a code. Faults: `region-length`, `region-charset`,
    /// `region-province`, `spreadsheet-precision-loss`. `today` is not asked.
    public static func parse(_ raw: String, today: CivilDate? = nil) -> Result<RegionCode, IdentifierFault> {
        let input = IdentifierText(raw)
        if input.isPrecisionLost { return .failure(.precisionLoss) }
        guard let level = Level(rawValue: input.bytes.count) else { return .failure(.regionLength) }
        guard input.isNumeric else { return .failure(.regionCharset) }
        guard Province.isKnown(input.bytes[..<2]) else { return .failure(.regionProvince) }
        return .success(RegionCode(text: input.text, level: level))
    }

    /// The two digits of the province.
    public var province: String { String(text.prefix(2)) }
    /// The four digits of the city.
    public var city: String { String(text.prefix(4)) }
    /// The six digits of the county.
    public var county: String { String(text.prefix(6)) }
    /// The nine digits of the town; nil for a county.
    public var town: String? { level == .county ? nil : String(text.prefix(9)) }
    /// The twelve digits of the village; nil for a county or a town.
    public var village: String? { level == .village ? text : nil }

    /// Whether this region is the other one or lies inside it, by the codes.
    public func isWithin(_ other: RegionCode) -> Bool { text.utf8.starts(with: other.text.utf8) }

    /// The code itself.
    public var description: String { text }
}
