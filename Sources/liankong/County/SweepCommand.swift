import ArgumentParser
import CloudEvents
import HubClient

/// Reminds and escalates.
struct SweepCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweep",
        abstract: "Remind and escalate what is due. 时限巡查。",
        discussion: """
            A hub sweeps by itself; this sweeps at once. Every step fires once, however often one sweeps. \
            A time ahead of the clock needs --dry-run, or a sandbox county.

              liankong sweep --as jm-office-01 --dry-run
              liankong sweep --as jm-office-01 --dry-run \\
                --as-of 2020-11-30T00:00:00+08:00
            """,
    )

    @Option(
        name: .customLong("as-of"), help: "Judge as of this time; now where absent. 截至。", transform: Instant.read)
    var asOf: Instant?

    @Flag(name: .customLong("dry-run"), help: "Tell what would happen; do nothing. 试算。")
    var isDryRun = false

    @OptionGroup var hub: HubOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let result = try await hub.withClient { try await $0.sweep(asOf: asOf?.timestamp, dryRun: isDryRun) }
        guard !output.isJSON else { return Output.json(result) }
        SweepText.print(result, isDryRun: isDryRun)
    }
}

/// What a sweep did, as people read it.
enum SweepText {
    static func print(_ result: JSONValue, isDryRun: Bool = false) {
        func number(_ name: String) -> Int64 { result[name]?.integerValue ?? 0 }
        let asOf = result["asOf"]?.stringValue.flatMap { Timestamp(rfc3339: $0) }
        Swift.print(
            (isDryRun ? "dry run 试算 · " : "") + "as of 截至 \(asOf?.beijingText ?? "—")"
                + " · steps fired 触发 \(number("stepsFired")) · collapsed 合并 \(number("collapsed"))"
                + " · spawned 依法转办 \(number("spawned")) · drafts 拟稿 \(number("drafts"))")
        guard let byUnit = result["byUnit"]?.objectValue, !byUnit.isEmpty else { return }
        var table = TextTable(["unit 单位", "steps fired 触发"])
        for member in byUnit { table.append([member.key, member.value.shortText]) }
        table.print(indent: 2)
    }
}
