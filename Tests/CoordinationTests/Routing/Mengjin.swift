import ChineseIdentifiers
import CloudEvents
import Foundation
import Testing

@testable import Coordination

/// The county as it is shipped, read by the real loaders, and what tests ask of
/// it.
struct Mengjin: Sendable {
    let directory: Directory
    let catalogue: ContractCatalogue
    let calendar: WorkCalendar
    let ladders: LadderBook
    let projection: ProjectionMatrix
    let policy: Policy

    /// The plan was issued on a Thursday.
    static let planDay = Timestamp(rfc3339: "2020-10-22T09:12:00+08:00")!

    /// Loaded once: the value is the same for every test.
    static let loaded: Result<Mengjin, ConfigurationFaults> = load()

    /// Fails the test with every fault where the files are not in order.
    static func county() throws -> Mengjin {
        try loaded.get()
    }

    private static func load() -> Result<Mengjin, ConfigurationFaults> {
        do throws(ConfigurationFaults) {
            let catalogue = try ContractCatalogue.load(files: ShippedFiles.contracts).get()
            let directory = try Directory.load(files: ShippedFiles.directory).get()
            let calendar = try WorkCalendar.load(files: ShippedFiles.calendar).get()
            let ladders = try LadderBook.load(files: ShippedFiles.ladders).get()
            let projection = try ProjectionMatrix.load(files: ShippedFiles.projection, directory: directory).get()
            let policy = try Policy.load(
                files: ShippedFiles.policy, catalogue: catalogue, directory: directory, calendar: calendar,
                ladders: ladders.names, projection: projection.version,
            ).get()
            return .success(
                Mengjin(
                    directory: directory, catalogue: catalogue, calendar: calendar, ladders: ladders,
                    projection: projection, policy: policy,
                ))
        } catch {
            return .failure(error)
        }
    }

    /// What the policy makes of an event of which the router reads these values.
    func route(
        _ type: EventType, _ routable: [String: RoutableValue] = [:], by publisher: UnitID = "jm-office",
        at instant: Timestamp = planDay,
    ) -> RoutingDecision {
        policy.route(Self.input(type, routable, by: publisher, at: instant))
    }

    static func input(
        _ type: EventType, _ routable: [String: RoutableValue], by publisher: UnitID, at instant: Timestamp,
    ) -> RoutingInput {
        RoutingInput(
            type: type, publisher: publisher,
            attributes: [
                "specversion": .string("1.0"), "id": .string("T-1"), "type": .string(type.rawValue),
                "source": .string("/410322/units/\(publisher.rawValue)"), "time": .string(instant.rfc3339()),
            ],
            routable: routable, time: instant, recordedAt: instant,
        )
    }
}

/// The files of the tree that a county consists of, by the names under which
/// faults in them are reported.
enum ShippedFiles {
    typealias Files = [(name: String, text: String)]

    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    private static let county = root.appendingPathComponent("deploy/mengjin")

    static let contracts = all(in: root.appendingPathComponent("schema/events"))
    static let directory = some(["county.yaml", "units.yaml", "officers.yaml"])
    static let calendar = some(["calendar.yaml"])
    static let ladders = some(["ladders.yaml"])
    static let projection = some(["policy/projection.yaml"])
    static let policy = all(in: county.appendingPathComponent("policy"), prefix: "policy/")
        .filter { $0.name != "policy/projection.yaml" }

    /// The sample reports, in the order in which they are played.
    static let samples = all(in: county.appendingPathComponent("samples"), extension: "json")

    private static func some(_ names: [String]) -> Files {
        names.map { ($0, text(at: county.appendingPathComponent($0))) }
    }

    private static func all(in folder: URL, prefix: String = "", extension suffix: String = "yaml") -> Files {
        let entries = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        return entries.filter { $0.pathExtension == suffix }
            .map { (prefix + $0.lastPathComponent, text(at: $0)) }
            .sorted { $0.name < $1.name }
    }

    private static func text(at url: URL) -> String {
        (try? String(contentsOf: url, encoding: .utf8)) ?? ""
    }
}

extension ShippedFiles {
    /// The files with a passage of one of them written otherwise, and the line
    /// at which the passage begins. Records a failure where it does not stand
    /// exactly once.
    static func changing(_ files: Files, _ passage: String, to text: String) -> (files: Files, name: String, line: Int)
    {
        var files = files
        let found = files.indices.filter { files[$0].text.contains(passage) }
        guard found.count == 1, let index = found.first,
            files[index].text.components(separatedBy: passage).count == 2
        else {
            Issue.record("the passage must stand once in the files: \(passage)")
            return (files, "", 0)
        }
        let before = files[index].text.components(separatedBy: passage)[0]
        files[index].text = files[index].text.replacing(passage, with: text)
        return (files, files[index].name, before.filter { $0 == "\n" }.count + 1)
    }
}
