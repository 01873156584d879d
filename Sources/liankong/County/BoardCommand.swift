import ArgumentParser
import CloudEvents
import HubClient

/// Counts by unit and type.
struct BoardCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "board",
        abstract: "Exact counts by unit and event type. 总览。",
        discussion: "  liankong board --as jm-office-01",
    )

    @OptionGroup var hub: HubOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let board = try await hub.withClient { try await $0.board() }
        guard !output.isJSON else { return Output.json(board) }
        let asOf = board["asOf"]?.stringValue.flatMap { Timestamp(rfc3339: $0) }
        print("as of 截至 \(asOf?.beijingText ?? "—")")
        let rows = board["items"]?.arrayValue ?? board["rows"]?.arrayValue ?? board["units"]?.arrayValue ?? []
        var table = TextTable(["unit 单位", "type 类型", "open 未结", "unsigned 未签收", "overdue by step 各步超期"])
        for row in rows {
            table.append([
                row["unitName"]?.stringValue ?? row["unit"]?.stringValue ?? "", row["type"]?.stringValue ?? "",
                row["open"]?.shortText ?? "", row["unsigned"]?.shortText ?? "",
                (row["overdueByStep"] ?? row["steps"] ?? row["overdue"])?.shortText ?? "",
            ])
        }
        table.print()
    }
}
