extension ContractCatalogue {
    /// Reads code lists (`lists`), the field dictionary (`fields`) and the
    /// families' contracts (`family`, `types`, …) from the files, whatever the
    /// files are called. All faults come back at once.
    package static func load(
        files: [(name: String, text: String)],
    ) -> Result<ContractCatalogue, ConfigurationFaults> {
        var loader = ContractLoader()
        var families: [ConfigurationRecord] = []
        var dictionaries: [ConfigurationNode] = []
        for file in files {
            guard let root = loader.reader.root(file: file.name, text: file.text) else { continue }
            let record = loader.reader.record(root, keys: ContractLoader.topKeys)
            if let lists = record["lists"] { loader.readLists(lists) }
            if let fields = record["fields"] { dictionaries.append(fields) }
            if record["family"] != nil || record["types"] != nil { families.append(record) }
        }
        for node in dictionaries { loader.readFields(node) }
        for record in families { loader.readFamily(record) }
        guard loader.reader.faults.isEmpty else {
            return .failure(ConfigurationFaults(loader.reader.sortedFaults))
        }
        return .success(
            ContractCatalogue(
                contracts: loader.contracts, codeLists: loader.lists, publisherPlaces: loader.publisherPlaces,
            ),
        )
    }
}
