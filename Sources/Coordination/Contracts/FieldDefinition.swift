/// What a contract says of one field, with everything looked up that can be
/// looked up before the first event comes.
package final class FieldDefinition: Sendable {
    package let name: String
    package let zh: String
    package let en: String
    package let fieldClass: FieldClass
    /// The attribute that repeats it for every recipient; nil when it is not
    /// promoted.
    package let attribute: String?
    /// Whether the router reads it.
    package let isRoutable: Bool
    package let isList: Bool

    let format: FieldFormat
    /// The format as the file writes it, for messages, schema and version.
    package let formatText: String
    /// Where it is kept; nil is open. Differs from the class's own place when
    /// the whole type is sealed.
    package let place: SealedClass?
    let items: ClosedRange<Int>
    /// Whether parts of it are kept elsewhere than the field itself.
    let isSplit: Bool
    /// What is looked for in it, because every recipient reads it.
    let scan: TextScan
    /// Whether it is the sealed name of a person the event is about.
    let isPersonName: Bool
    /// Whether it holds a child, or a list of children. One name means one thing
    /// in all contracts.
    let isChild: Bool
    /// How the value follows from the personal part, where it does.
    let derivation: Derivation?

    init(_ source: FieldSource, format: FieldFormat, fieldClass: FieldClass, place: SealedClass?, isPromoted: Bool) {
        name = source.name
        zh = source.zh
        en = source.en
        self.format = format
        formatText = source.formatText
        self.fieldClass = fieldClass
        self.place = place
        isList = source.isList
        items = source.items
        attribute = isPromoted ? source.attribute : nil
        isRoutable = source.isRoutable
        scan = place == nil ? source.scan ?? .standard(for: format) : .nothing
        isPersonName = source.isPersonName && place != nil
        isChild = source.name == "child" || source.name == "children"
        derivation = fieldClass == .routedOnly ? Derivation(rawValue: source.name) : nil
        if case .object(let layout) = format {
            isSplit = layout.fields.contains { $0.place != place || $0.isSplit }
        } else {
            isSplit = false
        }
    }

    /// The parts of an object, or of each object of a list; none for a scalar.
    package var parts: [FieldDefinition] {
        if case .object(let layout) = format { layout.fields } else { [] }
    }
}

/// At least one of these fields must be there. Indices into the layout.
struct Requirement: Sendable {
    let alternatives: [Int]
    let mask: UInt64
}

/// The fields that an object may have and those it must have.
package final class ObjectLayout: Sendable {
    /// More would not fit the set of fields seen, kept in one word.
    static let maximumFields = 64

    package let fields: [FieldDefinition]
    let requirements: [Requirement]
    let index: [String: Int]
    /// The fields that may follow from the personal part.
    let derived: [Int]
    /// Whether the name of a person is among what it describes, at any depth.
    let holdsNames: Bool

    /// Precondition: at most `maximumFields` fields.
    init(fields: [FieldDefinition], requirements: [Requirement]) {
        self.fields = fields
        self.requirements = requirements
        derived = fields.indices.filter { fields[$0].derivation != nil }
        holdsNames = fields.contains { field in
            if case .object(let layout) = field.format { return layout.holdsNames }
            return field.isPersonName
        }
        index = Dictionary(fields.enumerated().map { ($1.name, $0) }) { first, _ in first }
    }
}
