import ArgumentParser
import CloudEvents
import HubClient

/// Looks at events.
struct EventsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events",
        abstract: "Look at events that were published or received. 查看事件。",
        subcommands: [Show.self, List.self],
    )

    /// One event.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "An event: envelope, open data, and who has signed. 查看一个事件及签收情况。",
            discussion: """
                  liankong events show 42 --as hrss

                Personal fields are never shown here; an officer opens them one event at a time through the API. \
                个人信息不在此显示。
                """,
        )

        @Argument(help: "The event's position. 序号。")
        var position: String

        @OptionGroup var hub: HubOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await hub.withClient { client in
                let event = try await client.event(position)
                guard !output.isJSON else { return Output.json(event) }
                show(event)
                guard event["role"]?.stringValue == "publisher" else { return }
                showDuties(try await client.duties(ofEvent: position))
            }
        }

        private func show(_ shown: JSONValue) {
            let recorded = shown["recordedAt"]?.stringValue.flatMap { Timestamp(rfc3339: $0) }
            print(
                "position 序号 \(position) · \(Words.status(shown["status"]?.stringValue ?? ""))"
                    + " · recorded 收到 \(recorded?.beijingText ?? "—")"
                    + " · you are 本单位身份 \(Words.role(shown["role"]?.stringValue ?? ""))")
            var table = TextTable(["attribute 属性", "value 值"])
            for member in shown["event"]?.objectValue ?? JSONObject() where member.key != "data" {
                table.append([member.key, member.value.shortText])
            }
            table.print(indent: 2)
            guard let data = shown["event"]?["data"] else { return }
            print("  data 公开内容")
            for member in data.objectValue ?? JSONObject() {
                print("    \(member.key): \(member.value.shortText)")
            }
        }

        private func showDuties(_ duties: [JSONValue]) {
            var table = TextTable([
                "unit 单位", "role 角色", "state 状态", "sign by 签收时限", "signed 签收", "settle by 办理时限",
                "settled 办结", "overdue 超期",
            ])
            for duty in duties {
                func time(_ name: String, deadline: Bool = false) -> String {
                    guard let instant = duty[name]?.stringValue.flatMap({ Timestamp(rfc3339: $0) }) else { return "—" }
                    return deadline ? instant.deadlineText : instant.beijingText
                }
                table.append([
                    duty["unitName"]?.stringValue ?? "", Words.role(duty["role"]?.stringValue ?? ""),
                    Words.state(duty["state"]?.stringValue ?? ""), time("signBy", deadline: true), time("signedAt"),
                    time("settleBy", deadline: true), time("settledAt"),
                    (duty["overdue"]?.arrayValue ?? []).compactMap(\.stringValue).map(Words.milestone)
                        .joined(separator: ", "),
                ])
            }
            print("")
            table.print(indent: 2)
        }
    }

    /// What the hub has of this unit's events.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "What the hub has of this unit's events, newest first. 本单位报送的事件。",
            discussion: "  liankong events list --as hrss --limit 10",
        )

        @Option(help: "Recorded from this time on. 起。", transform: Instant.read)
        var from: Instant?

        @Option(help: "Recorded before this time. 止。", transform: Instant.read)
        var to: Instant?

        @Option(help: "At most so many, 1 to 500. 条数。")
        var limit = 50

        @Option(help: "Go on from this cursor. 翻页。")
        var cursor: String?

        @OptionGroup var hub: HubOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let page = try await hub.withClient {
                try await $0.publishedEvents(
                    from: from?.timestamp, to: to?.timestamp, limit: limit, cursor: cursor)
            }
            guard !output.isJSON else { return Output.json(page.json) }
            var table = TextTable(["position 序号", "recorded 收到", "status 状态", "type 类型", "id"])
            for item in page.items {
                let recorded = item["recordedAt"]?.stringValue.flatMap { Timestamp(rfc3339: $0) }
                table.append([
                    item["position"]?.stringValue ?? "", recorded?.beijingText ?? "",
                    Words.status(item["status"]?.stringValue ?? ""), item["event"]?["type"]?.stringValue ?? "",
                    item["event"]?["id"]?.stringValue ?? "",
                ])
            }
            table.print()
            if let next = page.next { print("more 更多: --cursor \(next)") }
        }
    }
}

extension JSONValue {
    /// The value in a cell: text as it is, everything else as JSON.
    var shortText: String {
        stringValue ?? String(decoding: encodedBytes(), as: UTF8.self)
    }
}
