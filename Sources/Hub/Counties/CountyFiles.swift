import CloudEvents
package import Coordination
import Crypto
import Foundation
import HubSchema
import Synchronization

/// The files of a county as one edits them.
///
/// `calendar….yaml` is the calendar, `ladders….yaml` the ladders, `policy/`
/// the policy with `policy/projection.yaml`; every other YAML file at the top is
/// the directory: `county.yaml`, `units.yaml`, `officers.yaml`.
package struct CountyFiles: Sendable, Hashable {
    /// Texts by name relative to the folder, sorted.
    package let files: [(name: String, text: String)]

    package static func == (left: CountyFiles, right: CountyFiles) -> Bool {
        left.files.elementsEqual(right.files, by: ==)
    }

    package func hash(into hasher: inout Hasher) {
        for file in files {
            hasher.combine(file.name)
            hasher.combine(file.text)
        }
    }

    /// Reads a folder.
    ///
    /// - Throws: ``ConfigurationFaults`` when it holds no files of a county or
    ///   a file is not UTF-8.
    package init(folder: String) throws {
        var files: [(name: String, text: String)] = []
        var faults: [ConfigurationFault] = []
        let root = URL(fileURLWithPath: folder, isDirectory: true)
        for part in ["", "policy"] {
            let directory = part.isEmpty ? root : root.appendingPathComponent(part, isDirectory: true)
            let entries =
                (try? FileManager.default.contentsOfDirectory(at: directory, includingPropertiesForKeys: nil)) ?? []
            for entry in entries where entry.pathExtension == "yaml" {
                let name = part.isEmpty ? entry.lastPathComponent : part + "/" + entry.lastPathComponent
                guard let data = try? Data(contentsOf: entry), let text = String(bytes: data, encoding: .utf8) else {
                    faults.append(
                        ConfigurationFault(
                            file: name, line: 0, code: "unreadable", message: "the file cannot be read as UTF-8",
                            messageZh: "文件无法以UTF-8读取"))
                    continue
                }
                files.append((name, text))
            }
        }
        if files.isEmpty {
            faults.append(
                ConfigurationFault(
                    file: folder, line: 0, code: "no-files", message: "the folder holds no county files",
                    messageZh: "文件夹中没有县级配置文件"))
        }
        guard faults.isEmpty else { throw ConfigurationFaults(faults) }
        self.files = files.sorted { $0.name < $1.name }
    }

    /// Reads what ``encoded`` wrote.
    package init?(encoded: [UInt8]) {
        guard case .success(.object(let object)) = JSONReader.read(encoded) else { return nil }
        files = object.compactMap { member in member.value.stringValue.map { (member.key, $0) } }
    }

    /// One JSON object, texts by name.
    package var encoded: [UInt8] {
        var object = JSONObject()
        for file in files { object[file.name] = .string(file.text) }
        return JSONValue.object(object).canonicalBytes()
    }

    /// SHA-256 of the files, which tells whether a load changes anything.
    package var checksum: [UInt8] { Array(SHA256.hash(data: encoded)) }

    /// What the files say, checked as a whole.
    package struct Parsed: Sendable {
        package let directory: Directory
        package let catalogue: ContractCatalogue
        package let policy: Policy
        package let ladders: LadderBook
        package let calendar: WorkCalendar
        package let projection: ProjectionMatrix
    }

    /// The projection matrix alone, with the directory it names; nil when
    /// either has faults.
    func projection() -> ProjectionMatrix? {
        guard case .success(let directory) = loadDirectory(),
            case .success(let matrix) = loadProjection(directory: directory)
        else { return nil }
        return matrix
    }

    /// The directory alone; nil when it has faults.
    func directory() -> Directory? {
        try? loadDirectory().get()
    }

    private func loadDirectory() -> Result<Directory, ConfigurationFaults> {
        Directory.load(files: select { part(of: $0) == .directory })
    }

    private func loadProjection(directory: Directory) -> Result<ProjectionMatrix, ConfigurationFaults> {
        ProjectionMatrix.load(files: select { part(of: $0) == .projection }, directory: directory)
    }

    /// The files that a policy version names: the rules, the ladders and the
    /// calendar. Units and officers may change under it.
    var policyFiles: [(name: String, text: String)] { select { part(of: $0) != .directory } }

    private enum Part {
        case directory, calendar, ladders, policy, projection
    }

    private func part(of name: String) -> Part {
        if name == Self.projectionFile { return .projection }
        if name.hasPrefix("policy/") { return .policy }
        if name.hasPrefix("calendar") { return .calendar }
        return name.hasPrefix("ladders") ? .ladders : .directory
    }

    private static let projectionFile = "policy/projection.yaml"

    /// A sealed field that no column holds could never be opened by anybody.
    private static func gaps(in projection: ProjectionMatrix, catalogue: ContractCatalogue) -> [ConfigurationFault] {
        projection.fieldsWithoutColumn(in: catalogue).map { field in
            ConfigurationFault(
                file: projectionFile, line: 0, code: "field-without-column",
                message: "no column holds '\(field)', so nobody could ever open it",
                messageZh: "没有任何一栏包含“\(field)”，任何单位都无法查阅")
        }
    }

    private func select(_ belongs: (String) -> Bool) -> [(name: String, text: String)] {
        files.filter { belongs($0.name) }
    }

    /// Parses and checks everything; collects the faults of all files.
    ///
    /// A county and its demonstration have the same files, so what was parsed
    /// lately is kept.
    package func parsed() -> Result<Parsed, ConfigurationFaults> {
        if let known = Self.recent.withLock({ $0.first { $0.files == self } }) { return .success(known.parsed) }
        let result = parse()
        if case .success(let parsed) = result {
            Self.recent.withLock { $0 = Array(([(self, parsed)] + $0).prefix(Self.recentLimit)) }
        }
        return result
    }

    private static let recent = Mutex<[(files: CountyFiles, parsed: Parsed)]>([])
    private static let recentLimit = 2

    private func parse() -> Result<Parsed, ConfigurationFaults> {
        var faults: [ConfigurationFault] = []
        func taken<Value>(_ result: Result<Value, ConfigurationFaults>) -> Value? {
            switch result {
            case .success(let value): return value
            case .failure(let failure):
                faults += failure.faults
                return nil
            }
        }
        let events: [(name: String, text: String)]
        do {
            events = try HubSchema.events().map { ($0.name, $0.text) }
        } catch {
            return .failure(
                ConfigurationFaults([
                    ConfigurationFault(
                        file: "schema/events", line: 0, code: "unreadable",
                        message: "the event contracts of this program cannot be read",
                        messageZh: "无法读取程序自带的事件合同")
                ]))
        }
        let catalogue = taken(ContractCatalogue.load(files: events))
        let directory = taken(loadDirectory())
        let calendar = taken(WorkCalendar.load(files: select { part(of: $0) == .calendar }))
        let ladders = taken(LadderBook.load(files: select { part(of: $0) == .ladders }, directory: directory))
        guard let catalogue, let directory else { return .failure(ConfigurationFaults(faults)) }

        faults += catalogue.faults(against: directory)
        let projection = taken(loadProjection(directory: directory))
        if let projection { faults += Self.gaps(in: projection, catalogue: catalogue) }
        guard let calendar, let ladders else { return .failure(ConfigurationFaults(faults)) }
        let policy = taken(
            Policy.load(
                files: select { part(of: $0) == .policy }, catalogue: catalogue, directory: directory,
                calendar: calendar, ladders: ladders.names, projection: projection?.version ?? ""))
        guard let policy, let projection, faults.isEmpty else { return .failure(ConfigurationFaults(faults)) }
        return .success(
            Parsed(
                directory: directory, catalogue: catalogue, policy: policy, ladders: ladders, calendar: calendar,
                projection: projection))
    }
}
