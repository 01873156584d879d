/// A unified social credit code of an organisation (GB 32100): authority, kind,
/// region, organisation code and check character.
public struct UnifiedSocialCreditCode: Sendable, Hashable, CustomStringConvertible {
    /// The code: 18 characters, letters upper case.
    public let text: String

    /// Reads a code; small letters and blanks are cleaned silently. Faults:
    /// `uscc-length`, `uscc-charset`, `uscc-checksum`,
    /// `spreadsheet-precision-loss`. `today` is not asked.
    public static func parse(
        _ raw: String,
        today: CivilDate? = nil,
    ) -> Result<UnifiedSocialCreditCode, IdentifierFault> {
        let input = IdentifierText(raw)
        if input.isPrecisionLost { return .failure(.precisionLoss) }
        guard input.bytes.count == 18 else { return .failure(.usccLength) }
        guard let last = input.bytes.last, value(of: last) != nil, let check = checkByte(for: input.bytes.dropLast())
        else { return .failure(.usccCharset) }
        guard last == check else { return .failure(input.endsInZeros ? .precisionLoss : .usccChecksum) }
        return .success(UnifiedSocialCreditCode(text: input.text))
    }

    // MARK: Parts

    /// The authority that registered it: `1`, `5`, `9`, `N`, `Y` and others. It
    /// can be a letter.
    public var authority: Character { text.first ?? "?" }

    /// The kind of organisation within the authority.
    public var kind: Character { text.dropFirst().first ?? "?" }

    /// The six characters of the region of registration.
    public var region: String { String(text.dropFirst(2).prefix(6)) }

    /// The nine characters of the organisation code.
    public var organisationCode: String { String(text.dropFirst(8).prefix(9)) }

    /// The code itself: it names an organisation, not a person.
    public var description: String { text }

    // MARK: Check character

    private static let alphabet: [UInt8] = Array("0123456789ABCDEFGHJKLMNPQRTUWXY".utf8)
    private static let weights: [Int] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]

    /// The check character for the first 17 characters, in capitals; nil for
    /// anything else. For making synthetic codes.
    public static func checkCharacter(for characters: String) -> Character? {
        let bytes = Array(characters.utf8)
        return checkByte(for: bytes[...]).map { Character(Unicode.Scalar($0)) }
    }

    private static func checkByte(for characters: ArraySlice<UInt8>) -> UInt8? {
        guard characters.count == weights.count else { return nil }
        var sum = 0
        for (character, weight) in zip(characters, weights) {
            guard let value = value(of: character) else { return nil }
            sum += value * weight
        }
        // The outer remainder matters: a sum that 31 divides has the check
        // character 0, where the published formula falls off the alphabet.
        return alphabet[(31 - sum % 31) % 31]
    }

    private static func value(of character: UInt8) -> Int? {
        alphabet.firstIndex(of: character)
    }
}
