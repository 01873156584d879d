import ArgumentParser
import CloudEvents
import Coordination
import Hub
import Store

/// Lets hubs answer reads only, and go on again.
struct MaintenanceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "maintenance",
        abstract: "Let the hub answer reads only for a while, and go on again. 维护模式。",
        discussion: """
            Meanwhile whatever would write is answered 503 'maintenance' with Retry-After and the reason; reads, feeds, \
            streams and the board go on, and no step fires. Running hubs follow within two seconds.

              liankong maintenance on --reason "升级数据库，预计20分钟 database upgrade, 20 min"
              liankong maintenance status
              liankong maintenance off

            After a restore: let units sign again before anybody is reminded. 恢复数据后，先由各单位补签，再恢复催办：

              liankong maintenance off --hold-sweeps 4h
            """,
        subcommands: [On.self, Off.self, Status.self],
        defaultSubcommand: Status.self,
    )

    /// Begins it.
    struct On: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "on", abstract: "From now on only reads are answered. 进入维护模式。")

        @Option(help: "One county alone, by its key; else all. 县。")
        var county: String?

        @Option(help: "What those who are refused are told, in one line. 原因。")
        var reason = ""

        @OptionGroup var database: DatabaseOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            if let fault = MaintenanceReason.fault(of: reason) {
                throw ValidationError("--reason: \(fault.en) / \(fault.zh)")
            }
        }

        func run() async throws {
            try await database.withStore { store in
                let id = try await MaintenanceText.county(county, in: store)
                try await store.beginMaintenance(county: id, reason: reason)
                try await MaintenanceText.print(of: store, asJSON: output.isJSON)
            }
        }
    }

    /// Ends it.
    struct Off: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "off",
            abstract: "Everything goes on, in all counties or in one. 结束维护模式。",
            discussion: """
                What fell due meanwhile fires at the next sweep: of each duty the highest step alone, once. \
                With --hold-sweeps that waits; 'off' once more ends the waiting.

                  liankong maintenance off --hold-sweeps 4h
                  liankong maintenance off --county mengjin
                """)

        @Option(help: "One county alone, by its key; else all. 县。")
        var county: String?

        @Option(
            name: .customLong("hold-sweeps"),
            help: "Remind nobody for so long: 4h, 30m, 2d. 暂停催办。", transform: Distance.read)
        var holdSweeps: Distance?

        @OptionGroup var database: DatabaseOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await database.withStore { store in
                let id = try await MaintenanceText.county(county, in: store)
                try await store.endMaintenance(county: id, holdingSweepsFor: holdSweeps?.seconds)
                try await MaintenanceText.print(of: store, asJSON: output.isJSON)
            }
        }
    }

    /// Tells what holds.
    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "status", abstract: "What holds now. 当前状态。")

        @OptionGroup var database: DatabaseOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await database.withStore { try await MaintenanceText.print(of: $0, asJSON: output.isJSON) }
        }
    }
}

/// What holds, as people and scripts read it.
private enum MaintenanceText {
    /// A county by its key; nil for all of them.
    static func county(_ key: String?, in store: Store) async throws -> CountyID? {
        guard let key else {
            guard try await store.schemaIsCurrent() else { throw HubCore.Fault.schemaNotCurrent }
            return nil
        }
        return try await Installation(store: store).county(key).id
    }

    static func print(of store: Store, asJSON: Bool) async throws {
        let (records, isWritable) = try await store.maintenance()
        let keys = Dictionary(try await store.counties().map { ($0.id, $0.key) }, uniquingKeysWith: { $1 })
        func name(_ record: MaintenanceRecord) -> String? { record.county.map { keys[$0] ?? "\($0.rawValue)" } }
        guard !asJSON else {
            return Output.json([
                "databaseWritable": .bool(isWritable),
                "items": .array(
                    records.map { record in
                        [
                            "county": name(record).map { .string($0) } ?? .null,
                            "readOnly": .bool(record.isReadOnly),
                            "sweepsHeldUntil": record.sweepsHeldUntil.map { .string($0.rfc3339()) } ?? .null,
                            "reason": .string(record.reason), "since": .string(record.since.rfc3339()),
                        ]
                    }),
            ])
        }
        if !isWritable { Swift.print("the database takes no writes 数据库处于只读状态") }
        if records.isEmpty { Swift.print("no maintenance 未在维护：all goes on 一切照常") }
        for record in records {
            Swift.print(
                (name(record) ?? "all counties 各县") + ": "
                    + (record.isReadOnly ? "reads only 仅可查询" : "sweeps held 暂停催办")
                    + (record.sweepsHeldUntil.map { " until 至 \($0.beijingText)" } ?? "")
                    + " since 自 \(record.since.beijingText)" + (record.reason.isEmpty ? "" : " · \(record.reason)"))
        }
    }
}
