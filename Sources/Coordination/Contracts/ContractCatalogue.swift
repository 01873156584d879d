/// All contracts and code lists. A value; loaded once, read by every event.
package struct ContractCatalogue: Sendable {
    /// By name. `outcome` holds the results of all families.
    package let codeLists: [String: CodeList]
    /// The types there are, in alphabetical order.
    package let types: [EventType]

    private let contracts: [EventType: EventContract]
    private let outcomesByFamily: [String: CodeList]
    private let publisherPlaces: [(rule: PublisherRule, file: String, line: Int)]

    init(
        contracts: [EventType: EventContract], codeLists: [String: CodeList],
        publisherPlaces: [(rule: PublisherRule, file: String, line: Int)],
    ) {
        self.contracts = contracts
        self.codeLists = codeLists.merging([CodeList.outcomes: .union(of: codeLists.values)]) { written, _ in written }
        self.publisherPlaces = publisherPlaces
        types = contracts.keys.sorted()
        outcomesByFamily = codeLists.values.reduce(into: [:]) { index, list in
            for family in list.families { index[family] = list }
        }
    }

    /// The contract of a type; nil for a type that does not exist.
    package func contract(_ type: EventType) -> EventContract? {
        contracts[type]
    }

    /// The results that a duty of a type may end with: its contract's own list,
    /// else the list of its family.
    package func outcomes(of type: EventType) -> CodeList? {
        contracts[type]?.outcomes ?? outcomesByFamily[String(type.family)]
    }

    /// The publishers that a county's directory does not know.
    package func faults(against directory: Directory) -> [ConfigurationFault] {
        publisherPlaces.compactMap { place in
            guard case .unit(let id) = place.rule, directory.unit(id) == nil else { return nil }
            return ConfigurationFault(
                file: place.file, line: place.line, code: "unknown-unit",
                message: "the publisher '\(id.rawValue)' is not in the directory of this county",
                messageZh: "报送单位“\(id.rawValue)”不在本县单位目录中",
            )
        }
    }
}
