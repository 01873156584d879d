import ChineseIdentifiers
import Coordination
import Store

extension CheckedCounty {
    /// What changes of the officers, seen from what was loaded before.
    ///
    /// - Throws: ``ConfigurationFaults`` when the policy's version was loaded with
    ///   other rules: what is stamped with it would no longer tell by which rules
    ///   it was judged.
    func changes(since past: Store.CountyPast) throws -> Store.OfficerChanges {
        if let other = past.samePolicyVersion.flatMap({ CountyFiles(encoded: $0.files) }) {
            let changed = files.policyFilesChanged(since: other)
            guard changed.isEmpty else { throw ConfigurationFaults([sameVersion(changed)]) }
        }
        let officers = parsed.directory.officers.map(OfficerRecord.init)
        // Files that this program cannot read say nothing about anybody.
        let directory = past.latest.flatMap { CountyFiles(encoded: $0.files) }?.directory()
        let before = (directory?.officers ?? []).map(OfficerRecord.init)
        let known = Set(before)
        let ids = Set(officers.map(\.id))
        return Store.OfficerChanges(
            put: officers.filter { !known.contains($0) }, leaving: before.filter { !ids.contains($0.id) })
    }

    private func sameVersion(_ changed: [String]) -> ConfigurationFault {
        let version = parsed.policy.version
        let names = changed.joined(separator: ", ")
        let place = files.placeOfPolicyVersion
        return ConfigurationFault(
            file: place.file, line: place.line, code: "same-version",
            message: "version \(version) was loaded with other rules; give these a new one (changed: \(names))",
            messageZh: "规则版本\(version)已加载过不同的内容，请改用新的版本号（有变化：\(names)）")
    }
}

extension CountyFiles {
    /// The names of the policy's files that differ, sorted.
    fileprivate func policyFilesChanged(since other: CountyFiles) -> [String] {
        let before = Dictionary(other.policyFiles.map { ($0.name, $0.text) }, uniquingKeysWith: { first, _ in first })
        let after = Dictionary(policyFiles.map { ($0.name, $0.text) }, uniquingKeysWith: { first, _ in first })
        return Set(before.keys).union(after.keys).filter { before[$0] != after[$0] }.sorted()
    }

    /// Where the policy's version stands; line 0 where it is not found.
    fileprivate var placeOfPolicyVersion: (file: String, line: Int) {
        let file = "policy/policy.yaml"
        let lines = files.first { $0.name == file }?.text.split(separator: "\n", omittingEmptySubsequences: false) ?? []
        let line = lines.firstIndex { $0.drop { $0 == " " }.hasPrefix("version:") }
        return (file, line.map { $0 + 1 } ?? 0)
    }
}

extension OfficerRecord {
    /// An officer as the files have one.
    fileprivate init(_ officer: Officer) {
        self.init(
            id: officer.id, unit: officer.unit, name: officer.name, duty: officer.duty.rawValue,
            scopes: officer.scopes, validFrom: officer.validFrom?.description,
            validTo: officer.validTo?.description)
    }
}
