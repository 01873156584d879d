import ChineseIdentifiers
import CloudEvents

extension ContractJudge {
    /// A single value, checked by its field's format and in its written form.
    mutating func admitted(
        _ value: JSONValue, _ field: FieldDefinition, _ siblings: JSONObject,
    ) throws(ValueFault) -> JSONValue {
        switch field.format {
        case .bool:
            guard case .bool = value else { throw .wrongType(.flag, isNull: value == .null) }
            return value
        case .integer(let range): return .integer(try Self.integer(value, in: range))
        case .number:
            switch value {
            case .integer, .number: return value
            default: throw .wrongType(.number, isNull: value == .null)
            }
        case .counts: return try Self.counts(value)
        case .object: return value
        default: break
        }
        guard case .string(let text) = value else { throw .wrongType(.text, isNull: value == .null) }
        // Nearly every text comes back as it is: the value then costs nothing.
        let written = try written(text, field, siblings)
        return written == nil ? value : .string(written ?? text)
    }

    /// The written form of a text; nil when that is the text itself.
    private mutating func written(
        _ text: String, _ field: FieldDefinition, _ siblings: JSONObject,
    ) throws(ValueFault) -> String? {
        switch field.format {
        case .text(let limit), .unitOrText(let limit): try free(text, limit, field)
        case .code(let list): try code(text, of: list)
        case .date: _ = try Self.date(text)
        case .pastDate: if try Self.date(text) > day { throw .dateInFuture }
        case .dateTime: try Self.dateTime(text)
        case .month: if !Self.isMonth(text.utf8) { throw .badMonth }
        case .period: if !Self.isPeriod(text.utf8) { throw .badPeriod }
        case .yuan: if !Self.isAmount(text.utf8) { throw .badAmount }
        case .unit: if directory.unit(UnitID(text)) == nil { throw .unknownUnit }
        case .reference:
            if !Self.isReference(text.utf8) { throw .badReference }
            try examine(text, Self.maximumReference, field)
        case .position: if !Self.isPosition(text.utf8) { throw .badPosition }
        case .region(let form): return try region(text, form)
        case .school, .anySchool, .idNumber, .citizenID, .studentNumber, .disabilityCard, .uscc, .registrationNumber:
            return try identifier(text, field.format, siblings)
        case .bool, .integer, .number, .counts, .object: break
        }
        return nil
    }

    // MARK: Text and codes

    private mutating func free(_ text: String, _ limit: Int, _ field: FieldDefinition) throws(ValueFault) {
        if Self.isBlank(text) { throw .empty }
        if text.utf8.count > limit, text.unicodeScalars.count > limit { throw .tooLong(limit) }
        try examine(text, limit, field)
    }

    private static func isBlank(_ text: String) -> Bool {
        guard let first = text.utf8.first else { return true }
        // All blanks of Unicode begin with one of these bytes.
        switch first {
        case ...0x20, 0xC2, 0xE1...0xE3, 0xEF: return TextHygiene.trimmed(text).isEmpty
        default: return false
        }
    }

    private func code(_ text: String, of list: CodeList) throws(ValueFault) {
        if list.isUsable(text, on: day) { return }
        throw list[text] == nil ? .unknownCode(list, on: day) : .codeNotInUse
    }

    // MARK: Time

    static func date(_ text: String) throws(ValueFault) -> CivilDate {
        guard let date = CivilDate(text) else { throw .badDate }
        return date
    }

    private static func dateTime(_ text: String) throws(ValueFault) {
        if Timestamp(rfc3339: text) != nil { return }
        throw Timestamp(rfc3339: text + "+08:00") == nil ? .badTime : .timeWithoutOffset
    }

    /// 2020-10.
    private static func isMonth(_ bytes: String.UTF8View) -> Bool {
        guard bytes.count == 7, bytes.dropFirst(4).first == UInt8(ascii: "-"), isDigits(bytes.prefix(4)) else {
            return false
        }
        guard let month = Int(String(Substring(bytes.suffix(2)))), isDigits(bytes.suffix(2)) else { return false }
        return (1...12).contains(month)
    }

    /// 2020-10, 2020-Q4, 2020-autumn or 2020.
    private static func isPeriod(_ bytes: String.UTF8View) -> Bool {
        guard bytes.count >= 4, isDigits(bytes.prefix(4)) else { return false }
        if bytes.count == 4 || isMonth(bytes) { return true }
        let rest = String(Substring(bytes.dropFirst(4)))
        return ["-Q1", "-Q2", "-Q3", "-Q4", "-spring", "-autumn"].contains(rest)
    }

    // MARK: Numbers

    private static func integer(_ value: JSONValue, in range: ClosedRange<Int64>) throws(ValueFault) -> Int64 {
        let number: Int64
        switch value {
        case .integer(let exact): number = exact
        // 3.0 and 3e0 are whole numbers too (JSON Schema 2020-12, 6.1.1).
        case .number(let double):
            guard let exact = Int64(exactly: double) else { throw .wrongType(.integer, isNull: false) }
            number = exact
        default: throw .wrongType(.integer, isNull: value == .null)
        }
        guard range.contains(number) else { throw .outOfRange(range) }
        return number
    }

    /// Digits with two decimals, at most twelve before the point.
    private static func isAmount(_ bytes: String.UTF8View) -> Bool {
        let whole = bytes.prefix { $0 != UInt8(ascii: ".") }
        guard (1...12).contains(whole.count), isDigits(whole), bytes.count == whole.count + 3 else { return false }
        if whole.count > 1, whole.first == UInt8(ascii: "0") { return false }
        return isDigits(bytes.suffix(2))
    }

    /// As many entries as any sheet of figures could have.
    private static let maximumCounts = 500

    private static func counts(_ value: JSONValue, depth: Int = 1) throws(ValueFault) -> JSONValue {
        guard case .object(let object) = value else { throw .wrongType(.object, isNull: value == .null) }
        if object.count > maximumCounts { throw .tooManyItems(maximumCounts) }
        for (name, member) in object.members {
            guard !name.isEmpty, name.utf8.count <= 60, name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
                throw .badCounts
            }
            switch member {
            case .integer(let number) where number >= 0: break
            case .object where depth == 1: _ = try counts(member, depth: 2)
            default: throw .badCounts
            }
        }
        return value
    }

    // MARK: References

    private static let maximumReference = 200

    /// Printable ASCII without blanks.
    private static func isReference(_ bytes: String.UTF8View) -> Bool {
        (1...maximumReference).contains(bytes.count) && bytes.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }

    private static func isPosition(_ bytes: String.UTF8View) -> Bool {
        (1...18).contains(bytes.count) && bytes.first != UInt8(ascii: "0") && isDigits(bytes)
    }

    private static func isDigits(_ bytes: some Sequence<UInt8>) -> Bool {
        bytes.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
    }
}
