import ChineseIdentifiers
import CloudEvents

extension ContractJudge {
    /// An open text, to be searched for names once all of them are known.
    struct OpenText {
        let path: [PathStep]
        let text: String
        let limit: Int
        let scan: TextScan
    }

    /// Long enough that whoever wrote it can say the same without a name.
    private static let rewritableLength = 500

    /// Takes down a person's name, and refuses open text with a number of a
    /// person, whoever that is.
    mutating func examine(_ text: String, _ limit: Int, _ field: FieldDefinition) throws(ValueFault) {
        if field.isPersonName { names.append(text) }
        guard field.scan != .nothing else { return }
        let kinds: Set<PersonalPatternScanner.Kind> =
            switch field.scan {
            case .words, .organisation: PersonalPatternScanner.kinds(in: text)
            case .number: PersonalPatternScanner.kinds(inNumber: text)
            case .reference: PersonalPatternScanner.kinds(inReference: text)
            case .nothing: []
            }
        if !kinds.isEmpty { throw .personalDataInOpenField }
        guard contract.layout.holdsNames else { return }
        openTexts.append(OpenText(path: path, text: text, limit: limit, scan: field.scan))
    }

    /// Searches open text for the names of the persons the event is about:
    /// children, guardians, who reported. Numbers were searched for when the
    /// text was read.
    ///
    /// A name of two characters is often part of another word (a road, a firm):
    /// in short fields, which cannot be put otherwise, it is only a warning.
    mutating func searchOpenTexts() {
        result.personNames = PersonNames(names)
        for open in openTexts {
            let text = open.scan == .reference ? TextHygiene.percentDecoded(open.text) : open.text
            guard let finding = result.personNames.search(text) else { continue }
            let isCertain = finding == .certain || open.limit >= Self.rewritableLength
            note(.personalDataInOpenField, at: open.path, asWarning: !isCertain || open.scan == .organisation)
        }
    }
}
