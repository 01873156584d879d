import ChineseIdentifiers
package import CloudEvents

extension Code {
    /// `{code, zh, en, validFrom, validTo}`; null where a code always held or
    /// still does.
    package var jsonValue: JSONValue {
        [
            "code": .string(code), "zh": .string(zh), "en": .string(en),
            "validFrom": validFrom.map { .string($0.description) } ?? .null,
            "validTo": validTo.map { .string($0.description) } ?? .null,
        ]
    }
}

extension CodeList {
    /// `{name, zh, en, families, codes}`.
    package var jsonValue: JSONValue {
        [
            "name": .string(name), "zh": .string(zh), "en": .string(en),
            "families": .array(families.map { .string($0) }), "codes": .array(codes.map(\.jsonValue)),
        ]
    }
}
