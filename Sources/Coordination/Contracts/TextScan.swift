/// What is looked for in a text that every recipient reads.
enum TextScan: String, Sendable, Hashable, CaseIterable {
    /// ID and phone numbers, and the names of the persons the event is about.
    case words
    /// The same; a name is only doubtful, because firms are often called after
    /// their owner.
    case organisation
    /// A number of something, which may look like an ID number itself.
    case number
    /// A key of another system, often random.
    case reference
    /// Nothing: the text is sealed, or its form leaves no room for a person.
    case nothing

    /// The words of the file; what it does not say follows from the format.
    static let choices: [String: TextScan] = [
        "true": .words, "organisation": .organisation, "number": .number, "false": .nothing,
    ]

    /// What is looked for in an open field of a format whose file says nothing.
    /// Codes, dates, places and identifiers with a check of their own hold
    /// nothing else.
    static func standard(for format: FieldFormat) -> TextScan {
        switch format {
        case .text, .unitOrText: .words
        case .reference: .reference
        default: .nothing
        }
    }
}
