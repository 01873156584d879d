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
        var table = TextTable([
            "unit 单位", "type 类型", "open 未结", "unsigned 未签收", "signed 已签收", "settled 已办结",
            "mean to sign 平均签收用时", "mean to settle 平均办结用时", "at step 所至步骤",
        ])
        for row in board["items"]?.arrayValue ?? [] {
            let type = [row["typeName"], row["type"]].compactMap { $0?.stringValue }.joined(separator: " ")
            table.append(
                [row["unitName"]?.stringValue ?? row["unit"]?.stringValue ?? "", type]
                    + ["open", "unsigned", "signed", "settled"].map { row[$0]?.shortText ?? "" }
                    + ["meanTimeToSign", "meanTimeToSettle"].map { BoardText.duration(row[$0]?.stringValue) }
                    + [BoardText.steps(row["overdueByStep"]?.objectValue ?? [:])])
        }
        table.print()
        print("3:2 in the last column: step 3 of the reminders has gone out for 2 duties 3:2表示有2件已催办至第3步")
    }
}

/// Parts of the board as people read them.
enum BoardText {
    /// `1:4 3:2`: at which step of their ladders how many duties stand; steps
    /// that none stands at are left out.
    static func steps(_ counts: JSONObject) -> String {
        let shown = counts.filter { ($0.value.integerValue ?? 0) > 0 }.map { "\($0.key):\($0.value.shortText)" }
        return shown.isEmpty ? "—" : shown.sorted().joined(separator: " ")
    }

    /// `2d 3h`, `3h 20m`, `45s`: the two largest units of seconds such as
    /// `PT3600S`; other forms as they are.
    static func duration(_ text: String?) -> String {
        guard let text else { return "—" }
        guard text.hasPrefix("PT"), text.hasSuffix("S"), let total = Int(text.dropFirst(2).dropLast()) else {
            return text
        }
        let parts = [(total / 86_400, "d"), (total / 3600 % 24, "h"), (total / 60 % 60, "m"), (total % 60, "s")]
        let shown = parts.drop { $0.0 == 0 }.prefix(2).filter { $0.0 > 0 }
        return shown.isEmpty ? "0s" : shown.map { "\($0.0)\($0.1)" }.joined(separator: " ")
    }
}
