import ArgumentParser
import CloudEvents
import Foundation
import Glibc

/// Measures a running hub; `deploy/bench` prepares one and calls this.
@main
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "liankong-bench",
        abstract: "Measure a hub against plain SQL and against itself without the database.",
        discussion: """
            Call deploy/bench, which makes a cluster, starts a hub over it and passes the rest. The load comes from \
            one thread of this process, over loopback. The tokens are of three sandbox counties, bench, sweep and \
            month.
            """,
    )

    @Option(help: "The port of the hub, on loopback.")
    var port: UInt16

    @Option(help: "The process of the hub.")
    var hubPID: Int32

    @Option(help: "The database of the hub.")
    var hubURL: String

    @Option(help: "The file of tokens.")
    var tokens: String

    @Option(help: "A sample of attendance.dropout.suspected.")
    var sample: String

    @Option(help: "A folder for files of the run.")
    var work: String

    @Option(help: "How long each scenario is measured, in seconds.")
    var seconds = 10.0

    @Option(help: "Only scenarios whose name contains this, or one of these between commas.")
    var only: String?

    @Flag(help: "The scenarios over large tables, too.")
    var full = false

    @Option(help: "How many events and duties the large tables have.")
    var rows: Int64 = 10_000_000

    @Option(help: "A database for the floor; none is measured without one.")
    var floorURL: String?

    @Option(help: "The folder of the SQL of floor and large tables.")
    var scripts = "deploy/floor"

    @Option(help: "The folder of pgbench and psql.")
    var postgres = "/usr/bin"

    @Option(help: "The command of the hub, for a second process.")
    var liankong: String

    @Option(help: "The calendar of holidays of the month that is simulated.")
    var calendar: String

    @Option(help: "A folder for what perf records.")
    var profile: String?

    @Option(help: "A fact for the head of the report, NAME=VALUE.")
    var fact: [String] = []

    @Flag(help: "Write JSON.")
    var json = false

    func validate() throws {
        guard seconds >= 1 else { throw ValidationError("--seconds is at least 1") }
        guard rows >= 1000 else { throw ValidationError("--rows is at least 1000") }
    }

    func run() throws {
        // A psql that ended is told of by what it said, not by a signal.
        signal(SIGPIPE, SIG_IGN)
        let scenarios = try prepared()
        defer { scenarios.accounting.session.close() }
        var report = BenchReport(facts: facts)
        report.facts.append(("event", scenarios.shape.text))
        report.facts.append(("stored", try scenarios.storedText()))
        if rows != 10_000_000 { report.facts.append(("scale", "large tables of \(rows) events, not of 10000000")) }
        if profile != nil { report.facts.append(("profile", "perf ran beside publish-single-64 and sign-64")) }
        var failed = false
        for scenario in all(of: scenarios) where isWanted(scenario) {
            Command.progress("measuring \(scenario.name)")
            do {
                report.measurements.append(try scenario.run())
            } catch {
                failed = true
                var line = Measurement(scenario.name, "", unit: "")
                line.failure = "\(error)"
                report.measurements.append(line)
            }
        }
        if let month = scenarios.monthTally { report.facts.append(("month", month)) }
        print(json ? String(decoding: report.jsonValue.encodedBytes(), as: UTF8.self) : report.text)
        if failed { throw ExitCode(1) }
    }

    // MARK: - Preparing

    private func prepared() throws -> Scenarios {
        guard let data = FileManager.default.contents(atPath: sample),
            case .success(let sample) = JSONReader.read(Array(data))
        else { throw BenchFailure("the sample \(self.sample) cannot be read") }
        let accounting = Accounting(session: try SQLSession(psql: psql, url: hubURL), hubs: [hubPID])
        let floor = try floorURL.map {
            Floor(
                databaseURL: $0, pgbench: "\(postgres)/pgbench", folder: work, scripts: scripts, seconds: Int(seconds),
                accounting: Accounting(session: try SQLSession(psql: psql, url: $0)))
        }
        let profiler = try profile.map {
            try Profiler(folder: $0, scripts: scripts, accounting: accounting, seconds: seconds)
        }
        let scenarios = try Scenarios(
            hub: HubUnderTest(port: port, tokenFile: tokens), sample: sample, accounting: accounting, floor: floor,
            profiler: profiler, scripts: scripts, seconds: seconds)
        Command.progress("learning what the hub writes")
        try scenarios.learn()
        return scenarios
    }

    private var psql: String { "\(postgres)/psql" }

    private var facts: [(name: String, value: String)] {
        fact.map { text in
            let parts = text.split(separator: "=", maxSplits: 1)
            return (String(parts.first ?? ""), parts.count > 1 ? String(parts[1]) : "")
        }
    }

    // MARK: - Scenarios

    private struct Scenario {
        var name: String
        /// Needs large tables, so that it takes long.
        var isLarge = false
        var run: () throws -> Measurement
    }

    private func isWanted(_ scenario: Scenario) -> Bool {
        (full || !scenario.isLarge) && (only?.split(separator: ",").contains { scenario.name.contains($0) } ?? true)
    }

    /// All of them in order: the tables are empty for the first.
    private func all(of scenarios: Scenarios) -> [Scenario] {
        quick(of: scenarios) + large(of: scenarios)
    }

    private func quick(of scenarios: Scenarios) -> [Scenario] {
        let second = SecondHub(command: liankong, folder: work)
        return [
            Scenario(name: "http-only-64") { try scenarios.serverAlone() },
            Scenario(name: "publish-single-64") {
                try scenarios.publishSingleOverFloor(connections: 64, goal: Goal(rate: 8_000, aim: 12_000))
            },
            Scenario(name: "publish-single-256") {
                try scenarios.publishSingleOverFloor(connections: 256, goal: Goal(rate: 12_000, aim: 16_000))
            },
            Scenario(name: "publish-single-64-two-hubs") { try scenarios.publishTwoHubs(second) },
            Scenario(name: "publish-pinned-ratio") { try scenarios.publishPinned(psql: psql, url: hubURL) },
            Scenario(name: "publish-batch-100") { try scenarios.publishBatch() },
            Scenario(name: "sign-64") { try scenarios.signOverFloor() },
            Scenario(name: "coordinated-steady") { try scenarios.coordinated() },
            Scenario(name: "latency-200") { try scenarios.latency() },
        ]
    }

    private func large(of scenarios: Scenarios) -> [Scenario] {
        let sweeps = Once { try scenarios.prepareSweeps(idle: rows / 10 - rows / 100, due: rows / 100) }
        let month = Once { try scenarios.prepareMonth(command: liankong, tokens: tokens, calendar: calendar) }
        let years = Once { try scenarios.prepareYears(rows, psql: psql, url: hubURL) }
        let afterMonth = Scenarios.MonthPart.allCases.map { part in
            Scenario(name: "month-\(part.rawValue)-ratio", isLarge: true) {
                try month.done()
                return try scenarios.month(part)
            }
        }
        return afterMonth + [
            Scenario(name: "sweep-idle-1m", isLarge: true) {
                try sweeps.done()
                return try scenarios.sweepIdle(rows / 10)
            },
            Scenario(name: "sweep-100k", isLarge: true) {
                try sweeps.done()
                return try scenarios.sweepDue(rows / 100)
            },
            Scenario(name: "publish-10m-ratio", isLarge: true) {
                _ = try scenarios.reference()
                try years.done()
                return try scenarios.publishOverYears(rows)
            },
            Scenario(name: "board-10m", isLarge: true) {
                try years.done()
                return try scenarios.board()
            },
        ]
    }
}

/// Something that is done when it is first needed, and once.
private final class Once {
    private let work: () throws -> Void
    private var isDone = false

    init(_ work: @escaping () throws -> Void) { self.work = work }

    func done() throws {
        guard !isDone else { return }
        isDone = true
        try work()
    }
}
