extension ProjectionMatrix {
    /// Reads the matrix: `projection`, `columns`, `rows`. All faults come back
    /// at once.
    package static func load(
        files: [(name: String, text: String)], directory: Directory
    ) -> Result<ProjectionMatrix, ConfigurationFaults> {
        var loader = ProjectionLoader(directory: directory)
        var heads: [ConfigurationNode] = []
        var rows: [ConfigurationNode] = []
        for file in files {
            guard let root = loader.reader.root(file: file.name, text: file.text) else { continue }
            let record = loader.reader.record(root, keys: ["projection", "columns", "rows"])
            if let columns = record["columns"] { loader.readColumns(columns) }
            if let head = record["projection"] { heads.append(head) }
            if let node = record["rows"] { rows.append(node) }
        }
        for node in rows { loader.readRows(node) }
        loader.readHead(heads, in: files.first?.name ?? "projection.yaml")
        guard loader.reader.faults.isEmpty else {
            return .failure(ConfigurationFaults(loader.reader.sortedFaults))
        }
        return .success(loader.matrix)
    }

    /// The sealed fields of contracts that no column holds, so that nobody
    /// would ever see them.
    package func fieldsWithoutColumn(in catalogue: ContractCatalogue) -> [String] {
        var missing: Set<String> = []
        for type in catalogue.types {
            for field in catalogue.contract(type)?.fields ?? [] { collect(field, path: field.name, into: &missing) }
        }
        return missing.sorted()
    }

    private func collect(_ field: FieldDefinition, path: String, into missing: inout Set<String>) {
        switch field.fieldClass {
        case .public, .internal:
            for part in field.parts { collect(part, path: "\(path).\(part.name)", into: &missing) }
        case .routedOnly, .sealedReporter, .sealedOfficials: break
        case .minorPI, .minorSensitive:
            if fields[path] != nil { return }
            if field.parts.isEmpty { missing.insert(path) }
            for part in field.parts { collect(part, path: "\(path).\(part.name)", into: &missing) }
        }
    }
}
