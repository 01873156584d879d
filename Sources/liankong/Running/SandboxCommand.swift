import ArgumentParser
import CloudEvents
import Hub
import Store

/// What only a demonstration can do.
struct SandboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sandbox",
        abstract: "Move the clock of a demonstration. 演示县。",
        subcommands: [Clock.self],
    )

    /// Shows or moves the clock of a sandbox county.
    struct Clock: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "clock",
            abstract: "Show or move the clock of a sandbox county, to see deadlines pass. 调整演示县的时钟。",
            discussion: """
                  liankong sandbox clock --county mengjin-demo
                  liankong sandbox clock --county mengjin-demo --by 3d
                  liankong sandbox clock --county mengjin-demo \\
                    --to 2027-01-04T09:00:00+08:00
                  liankong sandbox clock --county mengjin-demo --reset

                Running hubs follow within seconds; what they judge before that they judge by the time it was. A real county's clock is the database's and never moves.
                """,
        )

        @Option(help: "The county's key; may be left out where there is one. 县。")
        var county: String?

        @Option(help: "Ahead to this time. 调至。", transform: Instant.read)
        var to: Instant?

        @Option(help: "Ahead by so much: 3d, 12h, 30m, 45s. 前进。", transform: Distance.read)
        var by: Distance?

        @Flag(help: "Back to the database's clock. 恢复。")
        var reset = false

        @Flag(name: .customLong("start"), help: "With --to: only if the clock was never moved, also back. 仅首次。")
        var isStart = false

        @OptionGroup var database: DatabaseOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            if [to != nil, by != nil, reset].filter({ $0 }).count > 1 {
                throw ValidationError("--to, --by and --reset exclude each other / 不能同时使用")
            }
            if isStart, to == nil { throw ValidationError("--start goes with --to / --start须与--to同用") }
        }

        func run() async throws {
            let now = try await database.withStore { store in
                let county = try await Installation(store: store).county(self.county)
                let database = try await store.databaseNow()
                let now = database.advanced(byMicroseconds: county.record.clockOffset)
                guard let target = target(now: now, database: database) else { return now }
                if isStart, county.record.clockOffset != 0 { return now }
                guard reset || isStart || target >= now else {
                    throw CommandFailure(
                        .refused, code: "backwards", "the clock moves ahead only", "时钟只能向前",
                        hints: ["--reset takes it back to the database's clock"])
                }
                guard try await store.moveClock(of: county.id, to: target) else {
                    throw CommandFailure(
                        .refused, code: "not-a-sandbox",
                        "'\(county.record.key)' is a real county; its clock never moves",
                        "正式县的时钟不能调整")
                }
                return target
            }
            if output.isJSON {
                Output.json(["now": .string(now.rfc3339())])
            } else {
                print("the county's clock 县时钟 \(now.beijingText)")
                if to != nil || by != nil || reset {
                    print("running hubs take it up within seconds; wait before a sweep 运行中的平台数秒后生效，请稍候再巡查")
                }
            }
        }

        private func target(now: Timestamp, database: Timestamp) -> Timestamp? {
            if reset { return database }
            if let by { return now.advanced(bySeconds: by.seconds) }
            return to?.timestamp
        }
    }
}

extension Timestamp {
    /// The instant this long after this one.
    func advanced(byMicroseconds microseconds: Int64) -> Timestamp {
        Timestamp(microseconds: self.microseconds + microseconds)
    }
}
