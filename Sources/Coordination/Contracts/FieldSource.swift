/// A field as the dictionary describes it, before a contract fixes its class
/// and place.
struct FieldSource {
    var name: String
    var zh: String
    var en: String
    var formatText: String
    var fieldClass: FieldClass
    /// Families in which the class is another one.
    var classIn: [String: FieldClass]
    var isList: Bool
    var items: ClosedRange<Int>
    /// Whether every recipient sees it as an attribute.
    var isPromoted: Bool
    var isRoutable: Bool
    /// What is looked for in it where it is open; nil as its format has it.
    var scan: TextScan?
    /// Whether it is the name of a person the event is about.
    var isPersonName: Bool
    var parts: [FieldSource]
    /// Among the parts: of each group, one must be there.
    var required: [[String]]
    var node: ConfigurationNode

    /// The attribute's name: the field's in lower case.
    var attribute: String { name.lowercased() }
}
