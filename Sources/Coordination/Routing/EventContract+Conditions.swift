/// A field that conditions of rules may ask for.
struct ConditionField: Sendable {
    /// The field's name in lower case.
    let attribute: String
    let name: String
    /// Whether no event of the type lacks it.
    let isRequired: Bool
}

extension EventContract {
    /// What the router can read of an event of this type.
    var conditionFields: [ConditionField] {
        var result = fields.filter { $0.isRoutable || $0.attribute != nil }.map { field in
            ConditionField(attribute: field.name.lowercased(), name: field.name, isRequired: isRequired(field))
        }
        if takesDayKind {
            result.append(ConditionField(attribute: "daykind", name: RoutingInput.dayKindField, isRequired: true))
        }
        return result
    }
}
