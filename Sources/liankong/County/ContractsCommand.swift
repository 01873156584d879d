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
              liankong contracts show labour.child-labour.reported --as hrss --as-unit culture-tourism
              liankong contracts schema labour.child-labour.reported --as hrss > schema.json
              liankong contracts sample labour.child-labour.reported --as hrss > event.json
            """,
        subcommands: [List.self, Show.self, Schema.self, Sample.self],
    )

    /// All contracts.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "The event types and who publishes them. 事件类型。")

        @OptionGroup var hub: HubOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let contracts = try await hub.withClient { try await $0.contracts() }
            guard !output.isJSON else { return Output.json(contracts) }
            var table = TextTable(["type 类型", "version 版本", "meaning 含义"])
            for item in contracts["items"]?.arrayValue ?? [] {
                table.append([
                    item["type"]?.stringValue ?? "", item["version"]?.shortText ?? "",
                    [item["zh"], item["en"]].compactMap { $0?.stringValue }.joined(separator: " "),
                ])
            }
            table.print()
        }
    }

    /// One contract.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "The fields of a type, their classes, and who sees them. 字段。")

        @Argument(help: "The event type. 类型。")
        var type: String

        @Option(name: .customLong("as-unit"), help: "Show which fields this unit would see. 该单位可见的字段。")
        var unit: String?

        @OptionGroup var hub: HubOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let contract = try await hub.withClient { try await $0.contract(type, asUnit: unit) }
            guard !output.isJSON else { return Output.json(contract) }
            print("\(type)  \([contract["zh"], contract["en"]].compactMap { $0?.stringValue }.joined(separator: " "))")
            var table = TextTable(["field 字段", "type 类型", "class 类别", "required 必填", "meaning 含义"])
            for field in contract["fields"]?.arrayValue ?? [] {
                table.append([
                    field["path"]?.stringValue ?? field["name"]?.stringValue ?? "",
                    field["type"]?.stringValue ?? field["format"]?.stringValue ?? "",
                    field["class"]?.stringValue ?? "", field["required"]?.boolValue == true ? "✓" : "",
                    [field["zh"], field["en"]].compactMap { $0?.stringValue }.joined(separator: " "),
                ])
            }
            table.print(indent: 2)
        }
    }

    /// The JSON Schema of a type.
    struct Schema: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "schema", abstract: "The JSON Schema of a type's data. JSON Schema。")

        @Argument(help: "The event type. 类型。")
        var type: String

        @OptionGroup var hub: HubOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            Output.json(try await hub.withClient { try await $0.contractSchema(type) })
        }
    }

    /// A sample of a type.
    struct Sample: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "sample", abstract: "An event of a type that can be published as it stands. 样例。")

        @Argument(help: "The event type. 类型。")
        var type: String

        @OptionGroup var hub: HubOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            Output.json(try await hub.withClient { try await $0.contractSample(type) })
        }
    }
}
