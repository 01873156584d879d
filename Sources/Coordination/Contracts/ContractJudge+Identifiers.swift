import ChineseIdentifiers
import CloudEvents

extension ContractJudge {
    /// Text in place of a code for the kinds of documents a number may stand on.
    private enum Document {
        static let citizenID = "citizen-id"
        static let residencePermit = "residence-permit"
        static let none = "none"
    }

    /// The written form of an identifier; nil when that is the text itself.
    mutating func identifier(
        _ text: String, _ format: FieldFormat, _ siblings: JSONObject,
    ) throws(ValueFault) -> String? {
        let written: String
        switch format {
        case .uscc: written = try parsed(UnifiedSocialCreditCode.parse(text)).text
        case .registrationNumber: written = try parsed(RegistrationNumber.parse(text)).text
        case .studentNumber: written = try parsed(StudentNumber.parse(text, today: day)).text
        case .disabilityCard: written = try parsed(DisabilityCardNumber.parse(text, today: day)).text
        case .citizenID: written = try adultID(text)
        case .idNumber: written = try number(text, on: siblings["idType"]?.stringValue ?? Document.citizenID)
        case .school, .anySchool: written = try school(text, format)
        default: return nil
        }
        return written.utf8.elementsEqual(text.utf8) ? nil : written
    }

    private func parsed<Identifier>(
        _ result: Result<Identifier, IdentifierFault>,
    ) throws(ValueFault) -> Identifier {
        switch result {
        case .success(let identifier): return identifier
        case .failure(let fault): throw ValueFault(fault)
        }
    }

    /// Parents and householders may still be on file under an old number of 15
    /// digits; it is kept as it is, and told.
    private mutating func adultID(_ text: String) throws(ValueFault) -> String {
        switch CitizenID.parse(text, today: day) {
        case .success(let id): return id.text
        case .failure(let fault):
            guard case .success = CitizenID.parse(text, today: day, upgradingFifteenDigits: true) else {
                throw ValueFault(fault)
            }
            warn(ValueFault(fault))
            return text
        }
    }

    /// The type of the document decides what its number must look like: permits
    /// have the check character of the citizen ID, passports have none.
    private func number(_ text: String, on document: String) throws(ValueFault) -> String {
        switch document {
        case Document.citizenID: return try parsed(CitizenID.parse(text, today: day)).text
        case Document.residencePermit: return try parsed(ResidencePermit.parse(text, today: day)).text
        case Document.none: throw .numberWithoutDocument
        default:
            let plain = TextHygiene.halfWidth(TextHygiene.trimmed(text)).uppercased()
            let isNumber = plain.utf8.allSatisfy {
                ($0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9"))
                    || ($0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z"))
            }
            guard isNumber, (4...30).contains(plain.utf8.count) else { throw .documentNumber }
            return plain
        }
    }

    private mutating func school(_ text: String, _ format: FieldFormat) throws(ValueFault) -> String {
        let code = try parsed(SchoolCode.parse(text)).text
        if directory.school(code) == nil {
            if case .school = format { throw .unknownSchool }
            warn(.schoolNotOnFile)
        }
        return code
    }

    // MARK: Regions

    /// A place that is not on file is told and never refused: a person then
    /// says who acts.
    mutating func region(_ text: String, _ form: RegionForm) throws(ValueFault) -> String? {
        let code = try parsed(RegionCode.parse(text))
        let isInCounty = directory.isInCounty(region: code.text)
        switch (form, code.level) {
        case (.town, .town), (.townOrCounty, .town), (.townOrCounty, .county), (.county, .county),
            (.village, .village), (.any, _):
            break
        case (.town, .county):
            if isInCounty { throw .regionLevel(form) }
        default: throw .regionLevel(form)
        }
        if isInCounty, code.level != .county, directory.town(region: code.text) == nil { warn(.townNotOnFile) }
        return code.text.utf8.elementsEqual(text.utf8) ? nil : code.text
    }
}
