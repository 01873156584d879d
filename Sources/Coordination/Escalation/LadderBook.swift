/// The ladders of a county, by id.
package struct LadderBook: Sendable, Hashable {
    /// In the order of the file.
    package let ladders: [Ladder]

    /// Precondition: ids are distinct.
    package init(ladders: [Ladder]) {
        self.ladders = ladders
    }

    /// A ladder by its id; nil where there is none.
    package subscript(name: String) -> Ladder? {
        ladders.first { $0.id == name }
    }

    /// The ids of all ladders.
    package var names: Set<String> { Set(ladders.map(\.id)) }
}
