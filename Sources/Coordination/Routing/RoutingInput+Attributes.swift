import CloudEvents

extension RoutingInput {
    /// The attributes every event has, which a condition may name beside the
    /// fields of its contract. `publisher` is the id of the sending unit.
    static let envelopeAttributes: Set<String> = [
        "specversion", "id", "source", "type", "time", "subject", "datacontenttype", "dataschema", "county", "caseid",
        "causeid", "publisher",
    ]

    /// Those of them that no event lacks.
    static let requiredAttributes: Set<String> = ["specversion", "id", "source", "type", "time", "publisher"]

    /// The field in which the hub says what kind of day it was.
    static let dayKindField = EventContract.dayKindField

    /// The value a condition sees under a name.
    func conditionValue(_ name: String, fields: [String: String]) -> CESQLValue? {
        if let field = fields[name], let value = routable[field] { return value.conditionValue }
        if name == "publisher" { return .string(publisher.rawValue) }
        return attributes[name]
    }

    /// The text of a field; nil when absent, empty or no text.
    func text(_ field: String) -> String? {
        guard case .text(let text)? = routable[field], !text.isEmpty else { return nil }
        return text
    }
}

extension RoutableValue {
    /// The value as conditions see it; a list as `,a,b,`.
    var conditionValue: CESQLValue {
        switch self {
        case .text(let text): return .string(text)
        case .flag(let flag): return .boolean(flag)
        case .integer(let number): return Int32(exactly: number).map(CESQLValue.integer) ?? .string(String(number))
        case .list(let elements):
            var text = ","
            for element in elements {
                text += element
                text += ","
            }
            return .string(text)
        }
    }
}
