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
            """,
    )

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let report = try await database.withStore { store in
            let report = try await store.migrate()
            _ = try await store.makePartitions()
            return report
        }
        guard !output.isJSON else {
            return Output.json([
                "applied": .array(report.applied.map { .string($0) }),
                "functions": .array(report.functions.map { .string($0) }),
            ])
        }
        for name in report.applied { print("applied 已执行 \(name)") }
        for name in report.functions { print("function 函数 \(name)") }
        if report.applied.isEmpty, report.functions.isEmpty { print("the schema is current 数据库结构已是最新") }
    }
}
