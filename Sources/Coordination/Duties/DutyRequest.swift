import ChineseIdentifiers
package import CloudEvents

/// A command with what its sender says, read from the body of a request.
package struct DutyRequest: Sendable, Hashable {
    package var command: DutyCommand
    /// The officer the body names; a person's token names itself.
    package var officer: OfficerID?
    /// What a person wrote: `note`, `reason`, `missing`, trimmed.
    package var texts: [DutyField: String] = [:]
    package var outcome: String?
    package var milestone: String?
    package var unit: UnitID?
    package var role: Role?
    /// When it was signed on paper.
    package var signedAt: Timestamp?
    package var isPaper = false
    /// Whether references to stored evidence came with it.
    package var hasEvidence = false
    /// What is wrong with the body itself; the machine adds what it finds.
    package var faults: [InputFault] = []

    /// The longest text a person may write, in Unicode scalars.
    package static let textLimit = 4_000
    private static let codeLimit = 128

    /// A command with nothing said.
    package init(_ command: DutyCommand) {
        self.command = command
    }

    /// Reads a body. Faults are kept, not thrown: who may act at all is judged
    /// before what is said.
    package init(_ command: DutyCommand, body: JSONObject) {
        self.command = command
        let taken = DutyTable.row(of: command).fields
        for member in body {
            guard let field = DutyField(rawValue: member.key), taken.contains(field) else {
                fault(member.key, "unknown-field", "this command does not take this field", "此操作没有该字段")
                continue
            }
            if member.value == .null { continue }
            read(field, member.value)
        }
    }

    private mutating func read(_ field: DutyField, _ value: JSONValue) {
        switch field {
        case .note, .reason, .missing: texts[field] = text(field, value)
        case .officer: officer = code(field, value).map { OfficerID($0) }
        case .outcome: outcome = code(field, value)
        case .milestone: milestone = code(field, value)
        case .unit: unit = code(field, value).map { UnitID($0) }
        case .role:
            guard let name = code(field, value) else { return }
            role = Role(rawValue: name)
            if role == nil { fault(field, "unknown-code", "there is no such role", "没有此角色") }
        case .signedAt:
            signedAt = value.stringValue.flatMap { Timestamp(rfc3339: $0) }
            if signedAt == nil {
                fault(
                    field, "bad-time", "write a time such as 2020-10-22T09:12:00+08:00",
                    "时间格式应如2020-10-22T09:12:00+08:00")
            }
        case .paper:
            guard let flag = value.boolValue else { return wrongType(field, "true or false", "true或false") }
            isPaper = flag
        case .evidence:
            guard let list = value.arrayValue else { return wrongType(field, "a list", "数组") }
            hasEvidence = !list.isEmpty
        }
    }

    /// Nil for a text of blanks, which says nothing.
    private mutating func text(_ field: DutyField, _ value: JSONValue) -> String? {
        guard let text = value.stringValue else {
            wrongType(field, "a text", "文本")
            return nil
        }
        let trimmed = TextHygiene.trimmed(text)
        if trimmed.unicodeScalars.count > Self.textLimit {
            fault(field, "too-long", "at most \(Self.textLimit) characters", "最多\(Self.textLimit)个字符")
        }
        return trimmed.isEmpty ? nil : trimmed
    }

    private mutating func code(_ field: DutyField, _ value: JSONValue) -> String? {
        guard let text = value.stringValue else {
            wrongType(field, "a text", "文本")
            return nil
        }
        guard text.unicodeScalars.count <= Self.codeLimit else {
            fault(field, "too-long", "at most \(Self.codeLimit) characters", "最多\(Self.codeLimit)个字符")
            return nil
        }
        return text.isEmpty ? nil : text
    }

    // MARK: Faults

    private mutating func wrongType(_ field: DutyField, _ wanted: String, _ wantedZh: String) {
        fault(field, "wrong-type", "must be \(wanted)", "应为\(wantedZh)")
    }

    private mutating func fault(_ field: DutyField, _ code: String, _ message: String, _ messageZh: String) {
        fault(field.rawValue, code, message, messageZh)
    }

    private mutating func fault(_ name: String, _ code: String, _ message: String, _ messageZh: String) {
        // A JSON Pointer escapes these two.
        let escaped = name.replacing("~", with: "~0").replacing("/", with: "~1")
        faults.append(InputFault(path: "/\(escaped)", code: code, message: message, messageZh: messageZh))
    }
}

extension DutyRequest {
    /// Whether a field was said.
    func has(_ field: DutyField) -> Bool {
        switch field {
        case .note, .reason, .missing: texts[field] != nil
        case .officer: officer != nil
        case .outcome: outcome != nil
        case .milestone: milestone != nil
        case .unit: unit != nil
        case .role: role != nil
        case .signedAt: signedAt != nil
        case .paper: isPaper
        case .evidence: hasEvidence
        }
    }

    /// What goes on record in the open: codes, never what a person wrote.
    package var codes: JSONObject {
        var object = JSONObject()
        object["outcome"] = outcome.map { .string($0) }
        object["milestone"] = milestone.map { .string($0) }
        object["unit"] = unit.map { .string($0.rawValue) }
        object["role"] = role.map { .string($0.rawValue) }
        object["signedAt"] = signedAt.map { .string($0.rfc3339()) }
        if isPaper { object["paper"] = true }
        return object
    }

    /// What goes on record sealed; empty when nothing was written.
    package var writings: JSONObject {
        var object = JSONObject()
        for field in DutyField.allCases {
            if let text = texts[field] { object[field.rawValue] = .string(text) }
        }
        return object
    }
}
