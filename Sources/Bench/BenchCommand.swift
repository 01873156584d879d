import ArgumentParser
import CloudEvents
import Foundation

/// Measures a running hub; `deploy/bench` prepares one and calls this.
@main
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "liankong-bench",
        abstract: "Measure a hub against plain SQL and against itself without the database.",
        discussion: """
            Call deploy/bench, which makes a cluster, starts a hub over it and passes the rest. The load comes from \
            one thread of this process, over loopback.
            """,
    )

    @Option(help: "The port of the hub, on loopback.")
    var port: UInt16

    @Option(help: "The file of tokens.")
    var tokens: String

    @Option(help: "A sample of attendance.dropout.suspected.")
    var sample: String

    @Option(help: "How long each scenario is measured, in seconds.")
    var seconds = 10.0

    @Option(help: "Only scenarios whose name contains this.")
    var only: String?

    @Option(help: "A database for the floor; none is measured without one.")
    var floorURL: String?

    @Option(help: "The folder of the floor's scripts.")
    var floorScripts = "deploy/floor"

    @Option(help: "pgbench.")
    var pgbench = "/usr/bin/pgbench"

    @Option(help: "A fact for the head of the report, NAME=VALUE.")
    var fact: [String] = []

    @Flag(help: "Write JSON.")
    var json = false

    func run() throws {
        guard let data = FileManager.default.contents(atPath: sample),
            case .success(let sample) = JSONReader.read(Array(data))
        else { throw BenchFailure("the sample \(self.sample) cannot be read") }
        let floor = floorURL.map {
            Floor(databaseURL: $0, pgbench: pgbench, scripts: floorScripts, seconds: max(1, Int(seconds)))
        }
        let scenarios = try Scenarios(
            hub: HubUnderTest(port: port, tokenFile: tokens), sample: sample, floor: floor, seconds: seconds)
        let shape = try scenarios.probe()
        var report = BenchReport(facts: facts)
        report.facts.append(("event", "\(shape.bytes) bytes, \(shape.recipients) recipients, \(shape.duties) duties"))
        let all: [(name: String, run: () throws -> Measurement)] = [
            ("http-only-64", { try scenarios.serverAlone() }),
            ("publish-single-64", { try scenarios.publishSingle(connections: 64, of: shape) }),
            ("publish-batch-100", { try scenarios.publishBatch(of: shape) }),
            ("sign-64", { try scenarios.sign(of: shape) }),
            ("latency-200", { try scenarios.latency() }),
        ]
        var failed = false
        for (name, run) in all where only.map(name.contains) ?? true {
            progress("measuring \(name)")
            do {
                report.measurements.append(try run())
            } catch {
                failed = true
                var line = Measurement(name, "", unit: "")
                line.failure = "\(error)"
                report.measurements.append(line)
            }
        }
        print(json ? String(decoding: report.jsonValue.encodedBytes(), as: UTF8.self) : report.text)
        if failed { throw ExitCode(1) }
    }

    private var facts: [(name: String, value: String)] {
        fact.map { text in
            let parts = text.split(separator: "=", maxSplits: 1)
            return (String(parts.first ?? ""), parts.count > 1 ? String(parts[1]) : "")
        }
    }

    private func progress(_ text: String) {
        FileHandle.standardError.write(Data("  \(text)\n".utf8))
    }
}
