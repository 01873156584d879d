package import CloudEvents
package import Coordination

/// What the publisher of an event learns of it, and learns again whenever it
/// sends the same event.
package struct Receipt: Sendable, Hashable {
    /// A unit that received the event.
    package struct Recipient: Sendable, Hashable {
        package var unit: UnitID
        package var unitName: String
        package var role: Role
        package var alsoRoles: [Role]
        package var planRole: PlanRole
        package var duty: DutyID?
        package var joined: Bool
        package var signBy: Timestamp?
        package var settleBy: Timestamp?
        package var milestones: [Milestone]
        package var provisional: Bool
        package var sentence: String
        package var rule: String
    }

    package var position: Position
    package var source: String
    package var eventID: String
    package var type: EventType
    package var caseID: CaseID?
    package var policyVersion: String
    package var recordedAt: Timestamp
    package var contentHash: [UInt8]
    package var duplicate: Bool
    package var status: String
    package var clause: String?
    package var recipients: [Recipient]
    package var warnings: [InputFault]
}

extension CaseID {
    /// As it is written outside: `c-10481`.
    package var text: String { "c-\(rawValue)" }

    /// A case written outside; nil for any other text.
    package init?(text: String) {
        guard text.hasPrefix("c-"), let number = Int64(text.dropFirst(2)), number > 0,
            String(number) == text.dropFirst(2)
        else { return nil }
        self.init(rawValue: number)
    }
}

extension Receipt {
    /// Writes the members of the receipt as the API answers it, into an object
    /// that is open.
    ///
    /// - Parameter isForeseen: nothing was stored, and what only storing gives is null.
    package func writeMembers(to writer: inout JSONWriter, isForeseen: Bool = false) {
        let number = String(position.rawValue)
        writer.member("position", isForeseen ? nil : number)
        writer.member("source", source)
        writer.member("id", eventID)
        writer.member("type", type.rawValue)
        writer.member("caseId", caseID?.text)
        writer.member("policyVersion", policyVersion)
        writer.member("recordedAt", recordedAt)
        writer.member("contentHash", isForeseen ? nil : contentHash.hexadecimal)
        writer.member("duplicate", duplicate)
        writer.member("status", status)
        writer.member("clause", clause)
        writer.name("recipients")
        writer.beginArray()
        for recipient in recipients { recipient.write(to: &writer) }
        writer.endArray()
        writer.name("warnings")
        writer.beginArray()
        for warning in warnings { writer.write(warning.warningValue) }
        writer.endArray()
        writer.name("links")
        guard !isForeseen else { return writer.writeNull() }
        writer.beginObject()
        writer.member("event", "/v1/events/\(number)")
        writer.member("duties", "/v1/events/\(number)/duties")
        writer.member("explanation", "/v1/events/\(number)/explanation")
        writer.endObject()
    }
}

extension Receipt.Recipient {
    /// Writes one recipient as the API shows it.
    fileprivate func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("unit", unit.rawValue)
        writer.member("unitName", unitName)
        writer.member("role", role.rawValue)
        writer.member("alsoRoles", alsoRoles.map(\.rawValue))
        writer.member("planRole", planRole.rawValue)
        writer.member("dutyId", duty.map { String($0.rawValue) })
        writer.member("joined", joined)
        writer.member("signBy", signBy)
        writer.member("settleBy", settleBy)
        writer.name("milestones")
        writer.beginArray()
        for milestone in milestones { milestone.writeShown(to: &writer) }
        writer.endArray()
        writer.member("provisional", provisional)
        writer.member("sentence", sentence)
        writer.member("rule", rule)
        writer.endObject()
    }
}

extension Milestone {
    /// Writes a milestone as the API shows it.
    package func writeShown(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("name", name)
        writer.member("due", due)
        writer.member("basis", basis)
        writer.member("basisZh", basisZh)
        writer.member("provisional", provisional)
        writer.member("met", met)
        writer.member("explanation", explanation)
        writer.member("explanationZh", explanationZh)
        writer.endObject()
    }
}

extension InputFault {
    /// A warning as a receipt shows it.
    package var warningValue: JSONValue {
        [
            "code": .string(code), "path": .string(path), "message": .string(message),
            "messageZh": .string(messageZh),
        ]
    }

    /// Reads a warning that was kept.
    init?(_ value: JSONValue) {
        guard let path = value["path"]?.stringValue, let code = value["code"]?.stringValue,
            let message = value["message"]?.stringValue, let messageZh = value["messageZh"]?.stringValue
        else { return nil }
        self.init(path: path, code: code, message: message, messageZh: messageZh)
    }
}

extension Sequence<UInt8> {
    /// Two lower-case digits a byte.
    package var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        var bytes: [UInt8] = []
        for byte in self {
            bytes.append(digits[Int(byte >> 4)])
            bytes.append(digits[Int(byte & 15)])
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
