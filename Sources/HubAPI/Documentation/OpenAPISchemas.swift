import CloudEvents
import Coordination

/// The schemas of the API's bodies by name.
enum OpenAPISchemas {
    static func reference(_ name: String) -> JSONValue { ["$ref": .string("#/components/schemas/\(name)")] }

    static let all: JSONObject = {
        var schemas = basics
        for (name, schema) in events { schemas[name] = schema }
        for (name, schema) in duties { schemas[name] = schema }
        for (name, schema) in consumers { schemas[name] = schema }
        for (name, schema) in operation { schemas[name] = schema }
        return schemas
    }()

    /// The bodies that name persons or tell of them.
    static let personal: Set = ["Opened", "AccessLog", "OfficerList", "DeadDeliveries"]

    // MARK: - Parts

    static let text: JSONValue = ["type": "string"]
    static let nullableText: JSONValue = ["type": ["string", "null"]]
    static let flag: JSONValue = ["type": "boolean"]
    static let count: JSONValue = ["type": "integer", "minimum": 0]
    static let instant: JSONValue = ["type": "string", "format": "date-time"]
    static let nullableInstant: JSONValue = ["type": ["string", "null"], "format": "date-time"]
    static let nullableDate: JSONValue = ["type": ["string", "null"], "format": "date"]
    static let position: JSONValue = ["type": "string", "pattern": "^[0-9]+$"]
    static let nullablePosition: JSONValue = ["type": ["string", "null"], "pattern": "^[0-9]+$"]
    static let caseID: JSONValue = ["type": ["string", "null"], "pattern": "^c-[0-9]+$"]
    static let texts: JSONValue = list(text)
    static let anyObject: JSONValue = ["type": "object"]

    static let role: JSONValue = choice(Role.allCases.map(\.rawValue))
    static let planRole: JSONValue = choice(PlanRole.allCases.map(\.rawValue))
    static let dutyState: JSONValue = choice(DutyState.allCases.map(\.rawValue))
    static let eventStatus: JSONValue = choice(RoutingDecision.Status.allCases.map(\.rawValue))

    static func choice(_ words: [String]) -> JSONValue {
        ["type": "string", "enum": .array(words.map { .string($0) })]
    }

    static func list(_ items: JSONValue) -> JSONValue { ["type": "array", "items": items] }

    /// An object whose members are all there, but for those that are optional.
    static func object(_ properties: JSONObject, optional: Set<String> = []) -> JSONValue {
        let required = properties.keys.filter { !optional.contains($0) }
        var schema: JSONObject = ["type": "object", "properties": .object(properties)]
        if !required.isEmpty { schema["required"] = .array(required.map { .string($0) }) }
        return .object(schema)
    }

    /// `{items, next}`.
    static func page(_ items: JSONValue) -> JSONValue { object(["items": list(items), "next": nullableText]) }

    // MARK: - Basics

    private static let basics: JSONObject = [
        "AnyObject": anyObject,
        "Problem": problem,
        "Fault": object(["path": text, "code": text, "message": text, "messageZh": text]),
        "Warning": object(["code": text, "path": text, "message": text, "messageZh": text]),
        "Count": object(["count": count]),
        "Me": object([
            "unit": text, "unitName": text, "officer": nullableText, "county": text, "countyName": text,
            "scopes": texts, "expiresAt": instant, "mayPublish": texts, "sources": texts, "serverTime": instant,
        ]),
        "Officer": object(
            [
                "id": text, "unit": text, "name": text, "duty": choice(OfficerDuty.allCases.map(\.rawValue)),
                "scopes": list(choice(Officer.knownScopes)), "validFrom": nullableDate, "validTo": nullableDate,
            ], optional: ["duty", "scopes", "validFrom", "validTo"]),
        "OfficerList": page(reference("Officer")),
        "OfficerRegistration": object(["officers": list(reference("Officer"))]),
        "UnitRate": object(
            ["unit": text, "requestsPerSecond": ["type": ["integer", "null"], "minimum": 1, "maximum": 1_000_000]],
            optional: ["unit"]),
        "Unit": object([
            "id": text, "name": text, "shortName": text, "nameEn": text,
            "kind": choice(UnitKind.allCases.map(\.rawValue)), "parent": nullableText, "regionCode": nullableText,
            "jointMeeting": flag, "hasAccount": flag, "successorOf": texts, "validFrom": nullableDate,
            "validTo": nullableDate,
        ]),
        "UnitList": page(reference("Unit")),
        "Policy": object([
            "version": text, "effectiveFrom": nullableDate, "projection": text, "calendar": anyObject,
            "clauses": list(anyObject), "sentences": list(anyObject), "rules": list(anyObject),
        ]),
        "ContractList": page(
            object([
                "type": text, "family": text, "zh": text, "en": text, "version": text, "sealed": flag,
                "case": nullableText, "mayPublish": flag,
            ])),
        "Contract": object(
            [
                "type": text, "family": text, "zh": text, "en": text, "version": text, "sealed": flag,
                "case": nullableText, "publishers": texts, "required": ["type": "array"], "fields": list(anyObject),
                "attributes": texts, "setByHub": texts, "outcomes": nullableText, "schema": text, "sample": text,
                "legalBasis": list(
                    object(["law": text, "article": text, "validFrom": nullableDate, "validTo": nullableDate])),
                "as": object(["unit": text, "role": role]),
            ], optional: ["as"]),
        "Code": object([
            "code": text, "zh": text, "en": text, "validFrom": nullableDate, "validTo": nullableDate,
        ]),
        "CodeListIndex": page(object(["name": text, "zh": text, "en": text, "codes": count])),
        "CodeList": object([
            "name": text, "zh": text, "en": text, "items": list(reference("Code")), "next": nullableText,
        ]),
    ]
}
