extension Policy {
    /// The sections a policy file may have. A section may be spread over
    /// several files; rules are tried in the order of the files.
    private static let sections: Set<String> = [
        "policy", "milestones", "chains", "clauses", "sentences", "bases", "conditions", "rules", "recordedTypes",
        "announcedTypes",
    ]

    /// Reads and checks a policy. All faults come back at once, so that whoever
    /// edits the files mends everything in one round.
    ///
    /// - Parameters:
    ///   - ladders: the ids of the ladders of reminders that exist.
    ///   - projection: the version of the projection matrix to stamp on
    ///     recipients.
    package static func load(
        files: [(name: String, text: String)],
        catalogue: ContractCatalogue,
        directory: Directory,
        calendar: WorkCalendar,
        ladders: Set<String>,
        projection: String,
    ) -> Result<Policy, ConfigurationFaults> {
        var loader = PolicyLoader(catalogue: catalogue, directory: directory, ladders: ladders)
        var found: [String: [ConfigurationNode]] = [:]
        for file in files {
            guard let root = loader.reader.root(file: file.name, text: file.text) else { continue }
            let record = loader.reader.record(root, keys: sections)
            for (section, node) in record.values { found[section, default: []].append(node) }
        }
        for node in found["milestones", default: []] { loader.readMilestoneNames(node) }
        for node in found["chains", default: []] { loader.readChains(node) }
        for node in found["clauses", default: []] { loader.readClauses(node) }
        for node in found["sentences", default: []] { loader.readSentences(node) }
        for node in found["bases", default: []] { loader.readBases(node) }
        for node in found["conditions", default: []] { loader.readConditions(node) }
        for node in found["announcedTypes", default: []] { loader.readAnnouncedTypes(node) }
        loader.readHead(found["policy", default: []], in: files.first?.name ?? "policy.yaml")
        for node in found["rules", default: []] { loader.readRules(node) }
        for node in found["recordedTypes", default: []] { loader.readRecordedTypes(node) }
        loader.checkReach()
        loader.checkTreatments(in: found["policy"]?.first)
        guard loader.reader.faults.isEmpty else {
            return .failure(ConfigurationFaults(loader.reader.sortedFaults))
        }
        return .success(loader.policy(calendar: calendar, projection: projection))
    }
}
