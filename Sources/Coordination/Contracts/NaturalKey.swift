/// What a case is about.
package enum CaseKind: String, Sendable, Hashable, CaseIterable {
    case child
    case employer
    case venue
    case matter
}

/// One way to tell a case from the data, tried in the order of the contract.
struct NaturalKeyRule: Sendable {
    /// How the parts are written into the key.
    enum Form: String, Sendable, CaseIterable {
        case uscc
        case registration
        case id
        case student
        case permit
        /// A name and the region in which it holds.
        case nameRegion = "name-region"
        /// A number of the matter, or unit and period.
        case number
    }

    /// A field of the data, or a part of a field.
    struct Step: Sendable {
        let field: FieldDefinition
        let part: FieldDefinition?

        /// Where the value is kept.
        var place: SealedClass? { part.map(\.place) ?? field.place }
    }

    let form: Form
    let steps: [Step]
}
