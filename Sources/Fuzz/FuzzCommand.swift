import ArgumentParser
import CloudEvents
import Foundation

/// Tries a running hub, and the languages it reads, with made-up input;
/// `deploy/fuzz` prepares one and calls this.
@main
struct FuzzCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "liankong-fuzz",
        abstract: "Look for input that makes a hub break its promises.",
        discussion: """
            Call deploy/fuzz, which makes a cluster, starts a hub over it and passes the rest. The same seed makes the \
            same cases; a finding is printed with the case that shows it, made small. Ends with 1 when there is one.
            """,
    )

    @Option(help: "The port of the hub, on loopback; without one only what needs none is tried.")
    var port: UInt16?

    @Option(help: "The process of the hub, whose memory is watched.")
    var hubPID: Int32?

    @Option(help: "The file of tokens.")
    var tokens: String?

    @Option(help: "The log of the hub, in which no value of an event may be.")
    var hubLog: String?

    @Option(help: "The folder of sample reports.")
    var samples = "deploy/mengjin/samples"

    @Option(help: "How long, in minutes.")
    var minutes = 60.0

    @Option(help: "Where the cases come from.")
    var seed: UInt64 = 1

    @Option(help: "Only publish, framing, json or cesql.")
    var only: String?

    @Option(name: .customLong("case"), help: "Only the case of this number; with --only.")
    var number: Int?

    @Option(help: "The most memory the hub may take, in MiB.")
    var memory = 1024

    @Option(help: "After how many findings it ends.")
    var most = 20

    @Flag(help: "Write JSON.")
    var json = false

    func validate() throws {
        guard minutes > 0, minutes <= 600 else { throw ValidationError("--minutes is at most 600 / 最多600分钟") }
        if let only, FuzzArea(rawValue: only) == nil {
            let names = FuzzArea.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--only is one of \(names) / 应为其中之一")
        }
        if number != nil, only == nil { throw ValidationError("--case needs --only / --case须与--only同用") }
        if port != nil, tokens == nil { throw ValidationError("--port needs --tokens / --port须与--tokens同用") }
    }

    func run() throws {
        var run = try FuzzRun(
            seed: seed, samples: samples,
            hub: try port.map { try HubUnderFuzz(port: $0, tokenFile: tokens ?? "", process: hubPID) })
        let areas = FuzzArea.allCases.filter { only == nil || $0.rawValue == only }
        if let number, let area = areas.first {
            try run.one(area, number)
        } else {
            try run.go(areas, for: .seconds(minutes * 60), most: most)
            try run.close(memory: memory, log: hubLog)
        }
        run.report(json: json)
        if !run.findings.isEmpty { throw ExitCode(1) }
    }
}
