import ArgumentParser
import CloudEvents
import Store

/// Brings a database's schema up to date.
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Bring the database's schema up to date. 升级数据库结构。",
        discussion: """
            Applies what is missing, each migration in a transaction of its own; again: nothing. Refuses a database \
            that holds somebody else's tables.

              liankong migrate --database-url postgresql:///liankong

            Hubs may be at work meanwhile, older ones too: what they call stays beside what newer ones call. When the \
            last of them has ended, and none will come back, it goes 旧版平台全部停用后清理:

              liankong migrate --contract
            """,
    )

    @Flag(help: "Drop what only older programs call; refused while one is at work. 清理旧版函数。")
    var contract = false

    @Option(
        name: .customLong("lock-timeout"),
        help: "How long one attempt waits for a lock, with everybody waiting behind it; 2s. 单次等锁时长。",
        transform: Distance.read)
    var lockTimeout: Distance?

    @Option(
        name: .customLong("patience"),
        help: "How long attempts are repeated that did not get their locks; 10m. 重试总时长。", transform: Distance.read)
    var patience: Distance?

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        var options = MigrationOptions()
        options.contracts = contract
        if let lockTimeout { options.lockTimeout = .seconds(lockTimeout.seconds) }
        if let patience { options.patience = .seconds(patience.seconds) }
        let report = try await database.withStore { store in
            let report = try await store.migrate(options: options)
            _ = try await store.makePartitions()
            return report
        }
        guard !output.isJSON else {
            return Output.json([
                "applied": .array(report.applied.map { .string($0) }),
                "functions": .array(report.functions.map { .string($0) }),
                "dropped": .array(report.dropped.map { .string($0) }),
                "kept": .array(report.kept.map { .string($0) }), "otherHubs": .integer(report.otherHubs),
            ])
        }
        for name in report.applied { print("applied 已执行 \(name)") }
        for name in report.functions { print("function 函数 \(name)") }
        for name in report.dropped { print("dropped 已清理 \(name)") }
        if report.applied.isEmpty, report.functions.isEmpty, report.dropped.isEmpty {
            print("the schema is current 数据库结构已是最新")
        }
        if report.otherHubs > 0 {
            print("\(Words.count(Int(report.otherHubs), "hub", "hubs")) of other releases at work 其他版本的平台进程正在运行")
        }
        if !report.kept.isEmpty {
            print(
                "\(Words.count(report.kept.count, "function", "functions")) kept for older programs; "
                    + "when none is left 为旧版保留，全部停用后执行: liankong migrate --contract")
        }
    }
}
