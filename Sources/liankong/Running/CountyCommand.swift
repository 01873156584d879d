import ArgumentParser
import CloudEvents
import Coordination
import Hub

/// The files of a county.
struct CountyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "county",
        abstract: "Check and load the files of a county: units, policy, ladders, calendar. 县级配置。",
        subcommands: [Load.self, Check.self],
    )

    /// Checks files without a database.
    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract: "Check a county's files; tells every fault with file and line. 检查配置。",
            discussion: """
                  liankong county check deploy/mengjin

                Exit status: 0 no fault; 1 faults, each as FILE:LINE: CODE: English / 中文.
                """,
        )

        @Argument(help: "The folder. 文件夹。")
        var folder: String

        @OptionGroup var output: OutputOptions

        func run() async throws {
            let checked = try CountyLoader.check(folder: folder).get()
            let counts: [(name: String, count: Int)] = [
                ("units", checked.parsed.directory.units.count), ("officers", checked.parsed.directory.officers.count),
                ("rules", checked.parsed.policy.rules.count),
            ]
            guard !output.isJSON else {
                var object: JSONObject = ["policyVersion": .string(checked.parsed.policy.version)]
                for (name, count) in counts { object[name] = .integer(Int64(count)) }
                return Output.json(.object(object))
            }
            print(
                "no fault 无误: policy 规则版本 \(checked.parsed.policy.version), "
                    + counts.map { "\($0.count) \($0.name)" }.joined(separator: ", "))
        }
    }

    /// Loads files into the database.
    struct Load: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "load",
            abstract: "Check a county's files and put them in force. 加载配置。",
            discussion: """
                The same files again change nothing. Running hubs take a new version up within seconds; what was \
                stamped on old events and duties stays.

                  liankong county load deploy/mengjin --key mengjin

                A demonstration 演示县:

                  liankong county load deploy/mengjin --key mengjin-demo --sandbox
                """,
        )

        @Argument(help: "The folder. 文件夹。")
        var folder: String

        @Option(help: "What the installation calls the county. 名称。")
        var key: String

        @Flag(help: "A demonstration: its clock can be moved, and everything says so. 演示县。")
        var sandbox = false

        @OptionGroup var database: DatabaseOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let loaded = try await database.withStore {
                try await CountyLoader(store: $0, logger: Logs.quiet).load(folder: folder, key: key, sandbox: sandbox)
            }
            guard !output.isJSON else {
                return Output.json([
                    "key": .string(loaded.key), "version": .integer(Int64(loaded.version)),
                    "changed": .bool(loaded.isNew), "policyVersion": .string(loaded.policyVersion),
                    "effectiveFrom": loaded.effectiveFrom.map { .string("\($0)") } ?? .null,
                    "units": .integer(Int64(loaded.units)), "officers": .integer(Int64(loaded.officers)),
                    "rules": .integer(Int64(loaded.rules)), "sandbox": .bool(sandbox),
                ])
            }
            print(
                "\(loaded.key)\(sandbox ? " (demonstration 演示)" : ""): "
                    + (loaded.isNew ? "loaded 已加载" : "unchanged 无变化")
                    + ", version 版本 \(loaded.version), policy 规则版本 \(loaded.policyVersion) "
                    + (loaded.effectiveFrom.map { "from 自\($0)起, " } ?? "")
                    + "\(loaded.units) units, \(loaded.officers) officers, \(loaded.rules) rules")
        }
    }
}
