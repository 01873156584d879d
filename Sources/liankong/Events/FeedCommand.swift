import ArgumentParser
import CloudEvents
import HubClient

/// Reads the unit's log.
struct FeedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "feed",
        abstract: "Read the unit's log: deliveries and changes of duties. 收件流。",
        discussion: """
            A place in the log is a cursor; reading on after it misses and repeats nothing.

              liankong feed --as culture-tourism
              liankong feed --as culture-tourism --after 42 --follow
              liankong feed --as jm-office --latest --follow --json |
                while read -r entry; do …; done

            With --json every entry is one line; without --follow the last line of standard error names the next cursor.
            """,
    )

    @Option(help: "Begin after this cursor. 起点。")
    var after: String?

    @Flag(help: "Begin at the end: only what comes. 只看新到。")
    var latest = false

    @Option(help: "Only these event types, separated by commas; duty for changes of duties. 类型。")
    var types: String?

    @Option(help: "Without --follow: at most so many, 1 to 500. 条数。")
    var limit = 100

    @Flag(help: "Go on as the log grows, until interrupted. 持续。")
    var follow = false

    @Flag(name: .customLong("poll"), help: "With --follow: long poll instead of an event stream. 轮询。")
    var polls = false

    @OptionGroup var hub: HubOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if after != nil, latest { throw ValidationError("--after and --latest exclude each other / 不能同时使用") }
    }

    func run() async throws {
        let start: HubFeedStart = after.map { .after($0) } ?? (latest ? .latest : .earliest)
        let types = (self.types ?? "").split(separator: ",").map(String.init)
        try await hub.withClient { client in
            if follow, polls {
                for try await item in client.poll(from: start, types: types) { show(item) }
            } else if follow {
                for try await item in client.stream(from: start, types: types) { show(item) }
            } else {
                let page = try await client.feed(from: start, limit: limit, types: types)
                for item in page.items { show(item) }
                Output.error("next 下一次从: --after \(page.next)")
            }
        }
    }

    private func show(_ item: HubFeedItem) {
        guard !output.isJSON else { return Output.json(item.json) }
        Output.line(FeedText.line(item))
    }
}

/// An entry of a log as people read it.
enum FeedText {
    static func line(_ item: HubFeedItem) -> String {
        switch item.kind {
        case "delivery":
            let at = item.event?["recordedat"]?.stringValue.flatMap { Timestamp(rfc3339: $0) }
            return "\(item.cursor)  \(at?.beijingText ?? "")  收件 delivery  \(item.event?["type"]?.stringValue ?? "")"
                + "  \(Words.role(item.role ?? ""))" + (item.dutyID.map { "  duty 交办事项 \($0)" } ?? "")
        case "duty":
            let at = item.duty?["at"]?.stringValue.flatMap { Timestamp(rfc3339: $0) }
            let states = [item.duty?["from"], item.duty?["to"]].map { Words.state($0?.stringValue ?? "") }
            let change = states[0] == states[1] ? states[0] : states.joined(separator: " → ")
            return "\(item.cursor)  \(at?.beijingText ?? "")  "
                + "\(Words.command(item.duty?["command"]?.stringValue ?? ""))"
                + "  duty 交办事项 \(item.duty?["id"]?.stringValue ?? "") (\(item.duty?["unit"]?.stringValue ?? ""))"
                + "  \(change)"
        default:
            return "\(item.cursor)  the cursor is not known here, begin anew 游标无效，请从头读取"
        }
    }
}
