import CloudEvents
import Coordination
import TestSupport

/// An event with a planted value in every sealed field that takes words or
/// numbers of people; what it says otherwise is the sample's.
enum PlantedEvent {
    /// A shipped sample, with a planted value wherever its contract seals.
    static func make(
        from sample: JSONValue, id: String, contract: EventContract, planted: inout PlantedValues,
    ) -> JSONValue {
        guard case .object(var event) = sample else { return .null }
        event["id"] = .string(id)
        event["data"] = .object(
            filled(event["data"]?.objectValue ?? JSONObject(), contract.fields, planted: &planted))
        return .object(event)
    }

    private static func filled(
        _ object: JSONObject, _ fields: [FieldDefinition], planted: inout PlantedValues,
    ) -> JSONObject {
        var result = object
        for field in fields {
            if !field.parts.isEmpty {
                guard holdsPersonal(field) else { continue }
                let elements = result[field.name]?.arrayValue ?? [result[field.name] ?? .object(JSONObject())]
                let new = elements.map { element in
                    JSONValue.object(filled(element.objectValue ?? JSONObject(), field.parts, planted: &planted))
                }
                result[field.name] = field.isList ? .array(new) : new[0]
            } else if field.fieldClass.isPersonal, !field.isList {
                result[field.name] = value(of: field, planted: &planted) ?? result[field.name]
            }
        }
        makeConsistent(&result)
        return result
    }

    private static func holdsPersonal(_ field: FieldDefinition) -> Bool {
        field.parts.contains { $0.fieldClass.isPersonal || holdsPersonal($0) }
    }

    private static func value(of field: FieldDefinition, planted: inout PlantedValues) -> JSONValue? {
        let format = field.formatText
        if let limit = format.split(separator: "<=").last.flatMap({ Int($0) }), format.contains("text<=") {
            if field.name == "name" || field.name == "headName" { return .string(planted.name()) }
            return .string(field.name == "phone" ? planted.phone() : planted.text(upTo: limit))
        }
        switch format {
        case "id-number": return .string(planted.citizenID(bornIn: 2008))
        case "citizen-id": return .string(planted.citizenID(bornIn: 1980))
        default: return nil
        }
    }

    /// A child's number tells its birth and sex, and its student number repeats it.
    private static func makeConsistent(_ object: inout JSONObject) {
        guard let number = object["idNumber"]?.stringValue, object["hukouAddress"] != nil else { return }
        let digits = Array(number)
        object["idType"] = "citizen-id"
        object["birthDate"] = .string(
            "\(String(digits[6..<10]))-\(String(digits[10..<12]))-\(String(digits[12..<14]))")
        object["sex"] = (digits[16].wholeNumberValue ?? 0).isMultiple(of: 2) ? "female" : "male"
        object["studentNumber"] = .string("G" + number)
    }
}

/// The samples of the plan's world, as they are shipped.
enum ShippedSample: String, CaseIterable {
    case childLabour = "01-illegal-child-labour"
    case referral = "02-assistance-referral"
    case internetCafe = "03-internet-cafe-minors"
    case absence = "04-three-day-absence"

    /// The event as the file has it.
    func event() throws -> JSONValue {
        let text = try Repository.text("deploy/mengjin/samples/\(rawValue).json")
        return try JSONReader.read(Array(text.utf8)).get()
    }
}

extension JSONValue {
    /// The type of an event.
    var eventType: EventType { EventType(self["type"]?.stringValue ?? "") }

    /// The unit an event's source names.
    var sender: String {
        let segments = (self["source"]?.stringValue ?? "").split(separator: "/")
        return segments.count > 2 ? String(segments[2]) : ""
    }

    /// With other members.
    func with(_ changes: JSONObject) -> JSONValue {
        guard case .object(var object) = self else { return self }
        for (key, value) in changes { object[key] = value }
        return .object(object)
    }

    /// With other members of `data`.
    func withData(_ changes: JSONObject) -> JSONValue {
        with(["data": (self["data"] ?? .null).with(changes)])
    }
}
