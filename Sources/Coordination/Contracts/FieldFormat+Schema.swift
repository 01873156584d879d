import CloudEvents

extension FieldFormat {
    /// The format in JSON Schema 2020-12: of values in their written form. What
    /// the hub cleans silently (blanks, small letters) is not part of it.
    var schema: JSONObject {
        switch self {
        case .text(let limit), .unitOrText(let limit): Self.text(pattern: #"\S"#, limit: limit)
        case .code(let list): ["type": "string", "enum": .array(list.codes.map { .string($0.code) })]
        case .date, .pastDate: ["type": "string", "format": "date", "pattern": #"^\d{4}-\d{2}-\d{2}$"#]
        case .dateTime: ["type": "string", "format": "date-time"]
        case .month: Self.text(pattern: #"^\d{4}-(0[1-9]|1[0-2])$"#)
        case .period: Self.text(pattern: #"^\d{4}(-(0[1-9]|1[0-2]|Q[1-4]|spring|autumn))?$"#)
        case .integer(let range):
            ["type": "integer", "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound)]
        case .number: ["type": "number"]
        case .bool: ["type": "boolean"]
        case .yuan: Self.text(pattern: #"^(0|[1-9]\d{0,11})\.\d{2}$"#)
        case .region(let form): Self.text(pattern: form.pattern)
        case .unit: Self.text(pattern: "^[a-z0-9:-]{1,60}$")
        case .school, .anySchool: Self.text(pattern: #"^\d{10}$"#)
        case .reference: Self.text(pattern: "^[!-~]{1,200}$")
        case .position: Self.text(pattern: #"^[1-9]\d{0,17}$"#)
        case .idNumber: Self.text(pattern: "^[0-9A-Z]{4,30}$")
        case .citizenID: Self.text(pattern: #"^\d{15}(\d{2}[0-9X])?$"#)
        case .studentNumber: Self.text(pattern: #"^[GJL]\d{17}[0-9X]$"#)
        case .disabilityCard: Self.text(pattern: #"^\d{17}[0-9X][1-7][1-4](B\d{1,2})?$"#)
        case .uscc: Self.text(pattern: "^[0-9A-HJ-NPQRTUWXY]{18}$")
        case .registrationNumber: Self.text(pattern: #"^\d{15}$"#)
        case .counts: Self.countsSchema
        case .object(let layout): layout.schema(isTop: false)
        }
    }

    private static func text(pattern: String, limit: Int? = nil) -> JSONObject {
        var schema: JSONObject = ["type": "string", "pattern": .string(pattern)]
        if let limit { schema["maxLength"] = .integer(Int64(limit)) }
        return schema
    }

    private static var countsSchema: JSONObject {
        let count: JSONValue = ["type": "integer", "minimum": 0]
        let group: JSONValue = ["type": "object", "additionalProperties": count]
        return ["type": "object", "additionalProperties": ["anyOf": [count, group]]]
    }
}

extension RegionForm {
    /// Six, nine or twelve digits, as the form takes them.
    var pattern: String {
        switch self {
        case .town, .townOrCounty: #"^\d{6}(\d{3})?$"#
        case .county: #"^\d{6}$"#
        case .village: #"^\d{12}$"#
        case .any: #"^\d{6}(\d{3}){0,2}$"#
        }
    }
}

extension ObjectLayout {
    /// An object with these fields and no others.
    func schema(isTop: Bool) -> JSONObject {
        var schema: JSONObject = ["type": "object"]
        var properties = JSONObject()
        for field in fields { properties[field.name] = .object(field.schema) }
        schema["properties"] = .object(properties)
        schema["additionalProperties"] = false
        var required: [JSONValue] = []
        var groups: [JSONValue] = []
        for requirement in requirements {
            let ways = requirement.alternatives.flatMap { fields[$0].ways(in: self, isTop: isTop) }
            if ways.count == 1, requirement.alternatives.count == 1 {
                let field = fields[requirement.alternatives[0]]
                required.append(.string(field.name))
                if !field.isList { continue }
            }
            groups.append(ways.count == 1 ? ways[0] : ["anyOf": .array(ways)])
        }
        if !required.isEmpty { schema["required"] = .array(required) }
        if !groups.isEmpty { schema["allOf"] = .array(groups) }
        return schema
    }
}

extension FieldDefinition {
    /// The field with its class and marks as annotations.
    var schema: JSONObject {
        var schema: JSONObject = ["title": .string(zh), "description": .string(en)]
        let one = format.schema
        if isList {
            schema["type"] = "array"
            if items.lowerBound > 0 { schema["minItems"] = .integer(Int64(items.lowerBound)) }
            schema["maxItems"] = .integer(Int64(items.upperBound))
            schema["items"] = .object(one)
        } else {
            for (key, value) in one { schema[key] = value }
        }
        schema["x-class"] = .string(fieldClass.rawValue)
        if let attribute { schema["x-attribute"] = .string(attribute) }
        if isRoutable, fieldClass.isPersonal { schema["x-routed"] = true }
        if case .code(let list) = format { schema["x-codes"] = .string("/v1/codes/\(list.name)") }
        return schema
    }

    /// How a requirement of this field is met: by the field, not left empty, or
    /// by the personal part that it follows from.
    fileprivate func ways(in layout: ObjectLayout, isTop: Bool) -> [JSONValue] {
        var own: JSONObject = ["required": [.string(name)]]
        if isList { own["properties"] = [name: ["minItems": 1]] }
        guard isTop, let address = derivation?.address, let child = layout.fields.first(where: \.isChild) else {
            return [.object(own)]
        }
        let withRegion: JSONValue = [
            "required": [.string(address)],
            "properties": [address: ["required": ["regionCode"]]],
        ]
        let childSchema: JSONValue = child.isList ? ["contains": withRegion] : withRegion
        return [
            .object(own), ["required": [.string(child.name)], "properties": [child.name: childSchema]],
        ]
    }
}
