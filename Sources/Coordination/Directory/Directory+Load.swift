extension Directory {
    /// The sections a file of the directory may have. A section may be spread
    /// over several files.
    private static let sections: Set<String> = ["county", "units", "jointMeeting", "clauses", "officers"]

    /// Reads `county`, `units`, `jointMeeting`, `clauses` and `officers` from
    /// the files, whatever the files are called. All faults come back at once.
    package static func load(
        files: [(name: String, text: String)],
    ) -> Result<Directory, ConfigurationFaults> {
        var loader = DirectoryLoader()
        var found: [String: [ConfigurationNode]] = [:]
        for file in files {
            guard let root = loader.reader.root(file: file.name, text: file.text) else { continue }
            let record = loader.reader.record(root, keys: sections)
            for (section, node) in record.values { found[section, default: []].append(node) }
        }
        loader.readCounty(found["county", default: []], in: files.first?.name ?? "county.yaml")
        for node in found["officers", default: []] { loader.readOfficers(node) }
        for node in found["units", default: []] { loader.readUnits(node) }
        for node in found["jointMeeting", default: []] { loader.readJointMeeting(node) }
        for node in found["clauses", default: []] { loader.readClauses(node) }
        loader.checkReferences()
        guard let county = loader.county, loader.reader.faults.isEmpty else {
            return .failure(ConfigurationFaults(loader.reader.sortedFaults))
        }
        return .success(
            Directory(county: county, units: loader.units, officers: loader.officers.map(\.officer)),
        )
    }
}
