import ArgumentParser
import CloudEvents
import Foundation
import UnixSignals

/// Breaks a hub and its database under load, and compares what was answered
/// with what is stored; `deploy/chaos` builds what it needs and calls this.
@main
struct ChaosCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "liankong-chaos",
        abstract: "Break hubs and their database under load, and check that nothing answered is lost or double. 故障演练。",
        discussion: """
            Call deploy/chaos, which builds the hub, finds PostgreSQL and passes the rest. Everything of a round \
            follows from the seed and its number:

              deploy/chaos --rounds 500 --seed 7
              deploy/chaos --seed 7 --from 123 --rounds 1
              deploy/chaos --faults hub-kill,lost-commit --rounds 20
              deploy/chaos --list

            Ends with status 0 when nothing was found and 1 when something was. 无问题时退出码为0，有问题为1。
            """,
    )

    @Option(help: "How many rounds. 轮数。")
    var rounds = 10

    @Option(help: "The seed of everything random; one is drawn and told without it. 随机种子。")
    var seed: UInt64?

    @Option(help: "The number of the first round. 起始轮次。")
    var from = 1

    @Option(
        help: ArgumentHelp("Only these faults, separated by commas. 仅这些故障。", valueName: "fault,…"),
        transform: ChaosCommand.faults)
    var faults: [Fault] = Fault.allCases

    @Flag(help: "List the faults and end. 列出故障。")
    var list = false

    @Flag(help: "Write the report as JSON on standard output. 以JSON输出报告。")
    var json = false

    @Option(help: "How many hubs. 平台进程数。")
    var hubs = 3

    @Option(help: "Events a second of the load. 每秒事件数。")
    var pace = 80.0

    @Option(name: .customLong("longest-stop"), help: "The longest time without a database, in seconds. 停库最长秒数。")
    var longestStop = 30

    @Option(help: "Rounds over one database, before a fresh one. 每个数据库的轮数。")
    var every = 10

    @Flag(help: "At the end do damage on purpose, and show that the check finds it. 验证检查本身。")
    var prove = false

    @Option(help: "The built command liankong.")
    var liankong = ".build/release/liankong"

    @Option(name: .customLong("postgres"), help: "The folder of PostgreSQL's programs.")
    var programs = "/usr/lib/postgresql/15/bin"

    @Option(help: "A folder for the cluster, sockets and keys, which is removed; its path is short.")
    var home = "/tmp/liankong-chaos.\(getpid())"

    @Option(help: "A folder for logs, ledgers and histories, which stays.")
    var state = ".build/deploy-chaos"

    @Option(help: "The county that is loaded.")
    var county = "deploy/mengjin"

    func validate() throws {
        guard rounds > 0, from > 0 else { throw ValidationError("--rounds and --from are at least 1 / 应不小于1") }
        guard (1...9).contains(hubs) else { throw ValidationError("--hubs is 1 to 9 / 应为1至9") }
        guard every > 0, pace > 0, (1...600).contains(longestStop) else {
            throw ValidationError("--every and --pace are above 0, --longest-stop is 1 to 600 / 数值超出范围")
        }
    }

    private static func faults(_ text: String) throws -> [Fault] {
        try text.split(separator: ",").map { name in
            guard let fault = Fault(rawValue: String(name)) else {
                throw ValidationError("there is no fault \(name); see --list / 没有此故障，见--list")
            }
            return fault
        }
    }

    func run() async throws {
        if list {
            for fault in Fault.allCases {
                print(fault.rawValue.padding(toLength: 18, withPad: " ", startingAt: 0) + fault.explanation)
            }
            return
        }
        let report = try await withThrowingTaskGroup(of: Report?.self) { group in
            group.addTask { try await execute() }
            group.addTask {
                for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm, .sighup) {
                    ChaosRun.tell("stopping, and cleaning up 正在停止并清理")
                    return nil
                }
                return nil
            }
            // Who comes first: the end, or a signal, after which the run cleans up.
            let first = try await group.next() ?? nil
            group.cancelAll()
            return first
        }
        guard let report else { throw ExitCode(130) }
        print(json ? String(decoding: report.jsonValue.encodedBytes(), as: UTF8.self) : report.text)
        if report.findings > 0 { throw ExitCode(1) }
    }

    private func execute() async throws -> Report {
        let places = Places(
            liankong: Self.absolute(liankong), programs: programs, home: home, state: Self.absolute(state),
            county: Self.absolute(county))
        for folder in [places.home, places.state] {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        }
        // Who sweeps up later knows by this whether the run still lives.
        let owner = URL(fileURLWithPath: places.home + "/owner")
        if (try? owner.checkResourceIsReachable()) != true { try Data("\(getpid())\n".utf8).write(to: owner) }
        // The account of the server passes through.
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: places.home)
        let run = ChaosRun(
            places: places, seed: seed ?? UInt64.random(in: 1...999_999), first: from, rounds: rounds, faults: faults,
            longestStop: .seconds(longestStop), hubs: hubs, pace: pace, every: every, provesChecker: prove)
        defer { try? FileManager.default.removeItem(atPath: places.home) }
        return try await run.execute()
    }

    private static func absolute(_ path: String) -> String { URL(fileURLWithPath: path).path }
}
