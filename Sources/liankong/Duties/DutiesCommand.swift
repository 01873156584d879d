import ArgumentParser
import CloudEvents
import HubClient

/// Looks at duties and acts on them.
struct DutiesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "duties",
        abstract: "See the unit's duties, sign them, settle them. 交办事项。",
        discussion: """
            A person signs; a program passes on the act of a registered officer: speak as the officer \
            (--as hrss-01), or as the unit and name one (--as hrss --officer hrss-01). 由经办人本人签收办理。

              liankong duties list --as hrss --open
              liankong duties sign 17 18 --as hrss-01
              liankong duties accept 17 --as hrss-01
              liankong duties start 17 --as hrss-01 --note "到现场核查"
              liankong duties complete 17 --as hrss-01 --outcome unfounded --note "查无实据"
            """,
        subcommands: [
            List.self, Show.self, SignDuty.self, AcceptDuty.self, StartDuty.self, NoteDuty.self, CompleteDuty.self,
            VerifyDuty.self, RejectCompletionOfDuty.self, AssignDuty.self,
        ],
    )

    /// Duties by filters.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "The unit's duties, or the county's for its secretariat; newest first. 交办事项列表。",
            discussion: """
                  liankong duties list --as hrss --open
                  liankong duties list --as jm-office-01 --overdue sign
                  liankong duties list --as hrss --role responsible --count
                """,
        )

        @Option(help: "Only in this state, such as dispatched. 状态。")
        var state: String?

        @Flag(inversion: .prefixedNo, help: "Only open ones, or only ended ones. 未结或已结。")
        var open: Bool?

        @Option(help: "lead, handling, assisting, informed, supervising, or responsible for both middle ones. 角色。")
        var role: String?

        @Option(help: "For the secretariat: only of this unit. 单位。")
        var unit: String?

        @Option(help: "sign or settle: only with that time limit past. 超期。")
        var overdue: String?

        @Option(name: .customLong("case"), help: "Only of this case. 个案。")
        var caseID: String?

        @Option(help: "Only of this event type. 类型。")
        var type: String?

        @Option(
            name: .customLong("due-before"), help: "Only due before this time. 此前到期。", transform: Instant.read)
        var dueBefore: Instant?

        @Flag(help: "Only how many. 只计数。")
        var count = false

        @Option(help: "At most so many, 1 to 500. 条数。")
        var limit = 50

        @Option(help: "Go on from this cursor. 翻页。")
        var cursor: String?

        @OptionGroup var hub: HubOptions
        @OptionGroup var output: OutputOptions

        private var filter: HubDutyFilter {
            var filter = HubDutyFilter()
            filter.state = state
            filter.open = open
            filter.role = role
            filter.unit = unit
            filter.overdue = overdue
            filter.caseID = caseID
            filter.type = type
            filter.dueBefore = dueBefore?.timestamp
            return filter
        }

        func run() async throws {
            try await hub.withClient { client in
                if count {
                    let number = try await client.dutyCount(filter)
                    guard !output.isJSON else { return Output.json(["count": .integer(Int64(number))]) }
                    return print("\(Words.count(number, "duty", "duties")) 共\(number)件")
                }
                let page = try await client.duties(filter, limit: limit, cursor: cursor)
                guard !output.isJSON else { return Output.json(page.json) }
                DutyText.table(page.items).print()
                if let next = page.next { print("more 更多: --cursor \(next)") }
            }
        }
    }

    /// One duty.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "A duty: time limits, history, what may be done. 查看一个交办事项。",
            discussion: "  liankong duties show 17 --as hrss",
        )

        @Argument(help: "The duty's id. 编号。")
        var duty: String

        @OptionGroup var hub: HubOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let duty = try await hub.withClient { try await $0.duty(self.duty) }
            if output.isJSON { Output.json(duty.json) } else { DutyText(duty: duty).print() }
        }
    }
}
