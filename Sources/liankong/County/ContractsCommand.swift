import ArgumentParser
import CloudEvents
import HubClient

/// The event contracts.
struct ContractsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "contracts",
        abstract: "What an event of a type must say. 事件合同。",
        discussion: """
              liankong contracts list --as hrss
              liankong contracts show labour.child-labour.reported --as hrss
              liankong contracts schema labour.child-labour.reported --as hrss
              liankong contracts sample labour.child-labour.reported --as hrss
            """,
        subcommands: [List.self, Show.self, Schema.self, Sample.self],
    )

    /// Runs a question about a type; one that there is not is told by its name.
    fileprivate static func asking<Result>(
        about type: String, _ body: () async throws -> Result,
    ) async throws -> Result {
        do {
            return try await body()
        } catch let error as HubClientError where error.code == "not-found" {
            throw CommandFailure(
                .refused, code: "unknown-type", "there is no event type \(type)", "没有事件类型\(type)",
                hints: ["liankong contracts list tells them 列出全部类型"])
        }
    }

    /// All contracts.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "The event types, and which this unit publishes. 事件类型。",
            discussion: "  liankong contracts list --as hrss")

        @OptionGroup var hub: HubOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let contracts = try await hub.withClient { try await $0.contracts() }
            guard !output.isJSON else { return Output.json(contracts) }
            var table = TextTable(["type 类型", "version 版本", "yours to publish 本单位可报送", "meaning 含义"])
            for item in contracts["items"]?.arrayValue ?? [] {
                table.append([
                    item["type"]?.stringValue ?? "", item["version"]?.shortText ?? "",
                    item["mayPublish"]?.boolValue == true ? "✓" : "",
                    [item["zh"], item["en"]].compactMap { $0?.stringValue }.joined(separator: " "),
                ])
            }
            table.print()
        }
    }

    /// One contract.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Who publishes a type, its fields, and who sees them. 字段。",
            discussion: """
                  liankong contracts show labour.child-labour.reported --as hrss
                  liankong contracts show labour.child-labour.reported --as hrss \\
                    --as-unit culture-tourism
                """,
        )

        @Argument(help: "The event type. 类型。")
        var type: String

        @Option(name: .customLong("as-unit"), help: "Show which fields this unit would see. 该单位可见的字段。")
        var unit: String?

        @OptionGroup var hub: HubOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let contract = try await ContractsCommand.asking(about: type) {
                try await hub.withClient { try await $0.contract(type, asUnit: unit) }
            }
            if output.isJSON { Output.json(contract) } else { ContractText(contract: contract).print() }
        }
    }

    /// The JSON Schema of a type.
    struct Schema: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "schema", abstract: "The JSON Schema of a type's data. JSON Schema。",
            discussion: """
                  liankong contracts schema labour.child-labour.reported \\
                    --as hrss > schema.json
                """,
        )

        @Argument(help: "The event type. 类型。")
        var type: String

        @OptionGroup var hub: HubOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            Output.json(
                try await ContractsCommand.asking(about: type) {
                    try await hub.withClient { try await $0.contractSchema(type) }
                })
        }
    }

    /// A sample of a type.
    struct Sample: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "sample", abstract: "An event of a type that can be published as it stands. 样例。",
            discussion: """
                  liankong contracts sample labour.child-labour.reported \\
                    --as hrss > event.json
                """,
        )

        @Argument(help: "The event type. 类型。")
        var type: String

        @OptionGroup var hub: HubOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            Output.json(
                try await ContractsCommand.asking(about: type) {
                    try await hub.withClient { try await $0.contractSample(type) }
                })
        }
    }
}
