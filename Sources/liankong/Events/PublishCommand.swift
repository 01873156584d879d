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

            Who would receive it? Stores nothing 试算:

              liankong publish --as hrss --dry-run report.json

            A sample of a type 样例:

              liankong contracts sample labour.child-labour.reported --as hrss |
                liankong publish --as hrss -

            Of several files each is sent, whatever becomes of the others. \
            Exit status: 0 stored, now or before; 1 refused, with every fault; 2 unreadable; 4 no hub answers.
            """,
    )

    @Argument(help: "Files, or - for standard input. 文件。")
    var files: [String]

    @Flag(name: .customLong("dry-run"), help: "Tell what would happen; store nothing. 试算。")
    var isDryRun = false

    @Option(
        help: "With --dry-run: the policy of this time, 2020-10-22T09:00:00+08:00. 按此时的规则试算。",
        transform: Instant.read)
    var at: Instant?

    @Flag(help: "Drop unknown fields and name them, instead of refusing. 忽略未知字段。")
    var lenient = false

    @OptionGroup var hub: HubOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if at != nil, !isDryRun { throw ValidationError("--at goes with --dry-run / --at须与--dry-run同用") }
    }

    /// What a file holds.
    private struct Report {
        var name: String
        var bytes: [UInt8]

        /// Whether it is an array of events.
        var isBatch: Bool { bytes.first { !" \t\r\n".utf8.contains($0) } == UInt8(ascii: "[") }

        /// The ids of a batch's events, as far as they can be read.
        var ids: [String?] {
            guard case .success(.array(let events)) = JSONReader.read(bytes) else { return [] }
            return events.map { $0["id"]?.stringValue }
        }
    }

    /// How many events were stored, or would be, and how many were not.
    private struct Tally {
        var stored = 0
        var refused = 0
    }

    func run() async throws {
        let reports = try files.map { Report(name: $0, bytes: try Output.file($0)) }
        if isDryRun, reports.contains(where: \.isBatch) {
            throw CommandFailure(
                .unreadable, code: "batch-dry-run", "a dry run takes one event, not a batch", "试算一次只能一个事件")
        }
        let tally = try await hub.withClient { client in
            var tally = Tally()
            for report in reports {
                if reports.count > 1, !output.isJSON { print("── \(report.name)") }
                do {
                    try await publish(report, through: client, tally: &tally)
                } catch let error as HubClientError where reports.count > 1 && error.isFinal {
                    // One file's fault never keeps the others back.
                    tally.refused += 1
                    Complaint(error).about(file: report.name).tell(asJSON: output.isJSON)
                }
            }
            return tally
        }
        let all = tally.stored + tally.refused
        guard tally.refused == 0 else {
            throw CommandFailure(
                .refused, code: "partly-refused",
                "refused \(tally.refused) of \(Words.count(all, "event", "events"))",
                "共\(all)个事件，\(tally.refused)个被拒收")
        }
        if reports.count > 1, !output.isJSON {
            print(
                Words.count(all, "event", "events")
                    + (isDryRun ? " would be stored 试算通过" : " stored 均已入库") + "，共\(all)个")
        }
    }

    /// Publishes what a file holds; throws where a single event was refused.
    private func publish(_ report: Report, through client: HubClient, tally: inout Tally) async throws {
        if report.isBatch {
            show(try await client.publish(batch: report.bytes, lenient: lenient), of: report, tally: &tally)
            return
        }
        let receipt =
            isDryRun
            ? try await client.dryRun(structured: report.bytes, at: at?.timestamp)
            : try await client.publish(structured: report.bytes, lenient: lenient)
        tally.stored += 1
        guard !output.isJSON else { return Output.json(receipt.json) }
        if isDryRun { print("dry run, nothing is stored 试算，未入库 · policy 规则版本 \(receipt.policyVersion)") }
        ReceiptText(receipt: receipt).print()
    }

    private func show(_ answer: HubBatchAnswer, of report: Report, tally: inout Tally) {
        let ids = report.ids
        if output.isJSON { Output.json(answer.json) }
        for (index, result) in answer.results.enumerated() {
            let id = index < ids.count ? ids[index] : nil
            let name = "\(index + 1)" + (id.map { " \($0)" } ?? "")
            switch result {
            case .stored(let receipt):
                tally.stored += 1
                guard !output.isJSON else { continue }
                print("✓ \(name)")
                ReceiptText(receipt: receipt).print()
            case .refused(let problem):
                tally.refused += 1
                guard !output.isJSON else { continue }
                let lines = ProblemText.lines(problem)
                print("✗ \(name): \(lines.joined(separator: "\n  "))")
            }
        }
    }
}

extension HubClientError {
    /// Whether the hub judged what was sent, and will not judge otherwise.
    fileprivate var isFinal: Bool { problem != nil && !isTransient }
}
