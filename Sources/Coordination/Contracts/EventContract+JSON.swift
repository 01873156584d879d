import ChineseIdentifiers
package import CloudEvents

extension EventContract {
    /// The JSON Schema (2020-12) of `data`, with the class and the marks of each
    /// field as annotations `x-…`.
    ///
    /// It describes values in their written form and the shape of things; check
    /// characters, dates that do not exist and units of the directory are
    /// judged by the hub alone.
    ///
    /// - Parameter id: the address under which it is served.
    package func jsonSchema(id: String? = nil) -> JSONValue {
        var schema: JSONObject = ["$schema": "https://json-schema.org/draft/2020-12/schema"]
        schema["$id"] = .string(id ?? address)
        schema["title"] = .string(zh)
        schema["description"] = .string(en)
        for (key, value) in layout.schema(isTop: true) { schema[key] = value }
        schema["x-type"] = .string(type.rawValue)
        schema["x-version"] = .string(version)
        return .object(schema)
    }

    /// The contract for people and programs: who may send it, its fields with
    /// class and marks, its laws.
    ///
    /// - Parameter visibility: a word for how the field of a path (`child.name`)
    ///   appears to whoever asks, shown as `visible`; nil shows none.
    package func jsonValue(visibility: ((_ field: FieldDefinition, _ path: String) -> String?)? = nil) -> JSONValue {
        [
            "type": .string(type.rawValue), "family": .string(family), "zh": .string(zh), "en": .string(en),
            "version": .string(version), "sealed": .bool(isSealed),
            "case": caseKind.map { .string($0.rawValue) } ?? .null,
            "publishers": .array(publishers.map { .string($0.text) }),
            "required": .array(layout.requirements.map(names)),
            "fields": .array(layout.fields.map { $0.jsonValue(path: $0.name, visibility) }),
            "attributes": .array(promotedNames.sorted().map { .string($0) }),
            "setByHub": takesDayKind ? [.string(Self.dayKindField)] : [],
            "outcomes": outcomes.map { .string("/v1/codes/\($0.name)") } ?? .null,
            "legalBasis": .array(legalBases.map(\.jsonValue)),
            "schema": .string(address), "sample": .string("\(address)/sample"),
        ]
    }

    private var address: String { "/v1/contracts/\(type.rawValue)" }

    /// A required field by name, alternatives as a list.
    private func names(_ requirement: Requirement) -> JSONValue {
        let names = requirement.alternatives.map { JSONValue.string(layout.fields[$0].name) }
        return names.count == 1 ? names[0] : .array(names)
    }
}

extension FieldDefinition {
    /// What the contract says of the field and its parts.
    fileprivate func jsonValue(path: String, _ visibility: ((FieldDefinition, String) -> String?)?) -> JSONValue {
        var json: JSONObject = [
            "name": .string(name), "zh": .string(zh), "en": .string(en), "format": .string(formatText),
            "list": .bool(isList), "class": .string(fieldClass.rawValue),
            "storage": .string(place == nil ? "open" : "sealed"),
        ]
        if isList { json["atMost"] = .integer(Int64(items.upperBound)) }
        if items.lowerBound > 0 { json["atLeast"] = .integer(Int64(items.lowerBound)) }
        if let attribute { json["attribute"] = .string(attribute) }
        if isRoutable, fieldClass.isPersonal { json["routed"] = true }
        if let derivation { json["followsFrom"] = .string(derivation.source) }
        if case .code(let list) = format { json["codes"] = .string("/v1/codes/\(list.name)") }
        if let visible = visibility?(self, path) { json["visible"] = .string(visible) }
        if case .object(let layout) = format {
            json["required"] = .array(
                layout.requirements.map { requirement in
                    let names = requirement.alternatives.map { JSONValue.string(layout.fields[$0].name) }
                    return names.count == 1 ? names[0] : .array(names)
                },
            )
            json["parts"] = .array(layout.fields.map { $0.jsonValue(path: "\(path).\($0.name)", visibility) })
        }
        return .object(json)
    }
}

extension StatuteCitation {
    /// `{law, article, validFrom, validTo}`.
    package var jsonValue: JSONValue {
        [
            "law": .string(law), "article": .string(article),
            "validFrom": validFrom.map { .string($0.description) } ?? .null,
            "validTo": validTo.map { .string($0.description) } ?? .null,
        ]
    }
}
