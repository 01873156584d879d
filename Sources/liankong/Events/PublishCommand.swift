import ArgumentParser
import CloudEvents
import HubClient

/// Publishes events.
struct PublishCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish",
        abstract: "Publish events, and see who received them. 报送事件。",
        discussion: """
            Each file is a CloudEvent in structured JSON, or an array of them, which goes as a batch; - is standard \
            input. The same event again gives the first receipt again, so a script that is in doubt repeats.

              liankong publish --as hrss report.json
              liankong publish --as hrss --dry-run report.json     who would receive it? stores nothing 试算
              liankong contracts sample labour.child-labour.reported --as hrss | liankong publish --as hrss -

            Exit status: 0 stored, now or before; 1 refused, with every fault; 2 unreadable; 4 no hub answers.
            """,
    )

    @Argument(help: "Files, or - for standard input. 文件。")
    var files: [String]

    @Flag(name: .customLong("dry-run"), help: "Tell what would happen; store nothing. 试算。")
    var isDryRun = false

    @Option(help: "With --dry-run: the policy of this time, 2020-10-22T09:00:00+08:00. 按此时的规则试算。")
    var at: Instant?

    @Flag(help: "Drop unknown fields and name them, instead of refusing. 忽略未知字段。")
    var lenient = false

    @OptionGroup var hub: HubOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let bodies = try files.map { (name: $0, bytes: try Output.file($0)) }
        let refused = try await hub.withClient { client in
            var refused = 0
            for body in bodies { refused += try await publish(body.bytes, through: client) }
            return refused
        }
        if refused > 0 {
            throw CommandFailure(.refused, code: "partly-refused", "\(refused) events were refused", "\(refused)个事件被拒收")
        }
    }

    /// Publishes what a file holds; gives how many events were refused, and
    /// throws where a single one was.
    private func publish(_ bytes: [UInt8], through client: HubClient) async throws -> Int {
        let isBatch = bytes.first { !" \t\r\n".utf8.contains($0) } == UInt8(ascii: "[")
        if isBatch {
            guard !isDryRun else {
                throw CommandFailure(
                    .unreadable, code: "batch-dry-run", "a dry run takes one event, not a batch", "试算一次只能一个事件")
            }
            return show(try await client.publish(batch: bytes, lenient: lenient))
        }
        let receipt =
            isDryRun
            ? try await client.dryRun(structured: bytes, at: at?.timestamp)
            : try await client.publish(structured: bytes, lenient: lenient)
        if output.isJSON {
            Output.json(receipt.json)
        } else {
            if isDryRun { print("dry run, nothing is stored 试算，未入库") }
            ReceiptText(receipt: receipt).print()
        }
        return 0
    }

    private func show(_ answer: HubBatchAnswer) -> Int {
        var refused = 0
        for (index, result) in answer.results.enumerated() {
            switch result {
            case .stored(let receipt):
                if !output.isJSON { ReceiptText(receipt: receipt).print() }
            case .refused(let problem):
                refused += 1
                guard !output.isJSON else { continue }
                print("✗ \(index): \(problem.code): \(problem.title)")
                for fault in problem.faults { print("    \(fault.path): \(fault.message) / \(fault.messageZh)") }
            }
        }
        if output.isJSON { Output.json(answer.json) }
        return refused
    }
}
