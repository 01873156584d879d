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
    /// The receipt as the API answers it.
    package var jsonValue: JSONValue {
        let number = String(position.rawValue)
        return [
            "position": .string(number),
            "source": .string(source),
            "id": .string(eventID),
            "type": .string(type.rawValue),
            "caseId": caseID.map { .string($0.text) } ?? .null,
            "policyVersion": .string(policyVersion),
            "recordedAt": .string(recordedAt.rfc3339()),
            "contentHash": .string(contentHash.hexadecimal),
            "duplicate": .bool(duplicate),
            "status": .string(status),
            "clause": clause.map { .string($0) } ?? .null,
            "recipients": .array(recipients.map(\.jsonValue)),
            "warnings": .array(warnings.map(\.warningValue)),
            "links": [
                "event": .string("/v1/events/\(number)"),
                "duties": .string("/v1/events/\(number)/duties"),
                "explanation": .string("/v1/events/\(number)/explanation"),
            ],
        ]
    }
}

extension Receipt.Recipient {
    /// One recipient as the API shows it.
    package var jsonValue: JSONValue {
        [
            "unit": .string(unit.rawValue),
            "unitName": .string(unitName),
            "role": .string(role.rawValue),
            "alsoRoles": .array(alsoRoles.map { .string($0.rawValue) }),
            "planRole": .string(planRole.rawValue),
            "dutyId": duty.map { .string(String($0.rawValue)) } ?? .null,
            "joined": .bool(joined),
            "signBy": signBy.map { .string($0.rfc3339()) } ?? .null,
            "settleBy": settleBy.map { .string($0.rfc3339()) } ?? .null,
            "milestones": .array(milestones.map(\.shownValue)),
            "provisional": .bool(provisional),
            "sentence": .string(sentence),
            "rule": .string(rule),
        ]
    }
}

extension Milestone {
    /// A milestone as the API shows it.
    package var shownValue: JSONValue {
        [
            "name": .string(name),
            "due": due.map { .string($0.rfc3339()) } ?? .null,
            "basis": basis.map { .string($0) } ?? .null,
            "basisZh": basisZh.map { .string($0) } ?? .null,
            "provisional": .bool(provisional),
            "met": met.map { .string($0.rfc3339()) } ?? .null,
            "explanation": .string(explanation),
            "explanationZh": .string(explanationZh),
        ]
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
