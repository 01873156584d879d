import ArgumentParser
import CloudEvents
import HubClient

/// What every command on a duty takes.
struct DutyCommandOptions: ParsableArguments {
    @Option(help: "Whose act it is, where a unit's token passes it on. 经办人。")
    var officer: String?

    @Option(
        name: .customLong("if-version"),
        help: "Only if the duty still has this version; else status 1 with stale-version. 版本。")
    var version: Int?

    @Option(help: "The idempotency key; a random one where absent. 幂等键。")
    var key: String?

    @OptionGroup var hub: HubOptions
    @OptionGroup var output: OutputOptions

    /// Gives the command and shows the duty as it is then.
    func give(
        _ command: String, to duty: String, note: String? = nil, fields: [(name: String, value: JSONValue?)] = [],
    ) async throws {
        var body = JSONObject()
        for (name, value) in fields { body[name] = value }
        if let officer { body["officer"] = .string(officer) }
        if let note { body["note"] = .string(note) }
        let after = try await hub.withClient {
            try await $0.command(command, duty: duty, fields: body, ifVersion: version, key: key)
        }
        if output.isJSON { Output.json(after.json) } else { DutyText(duty: after).print() }
    }
}

/// What may be said with a command that does not ask for it.
struct NoteOption: ParsableArguments {
    @Option(help: "What to say about it; sealed, shown to those the duty concerns. 说明。")
    var note: String?
}

/// Signs one or several duties.
struct SignDuty: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign",
        abstract: "Sign for duties: a named person has them in hand. 签收。",
        discussion: """
            The clocks run from dispatch, signed or not. 时限自派发起算。

              liankong duties sign 17 --as hrss-01
              liankong duties sign 17 18 19 --as hrss --officer hrss-01
            """,
    )

    @Argument(help: "Ids of duties. 编号。")
    var duties: [String]

    @OptionGroup var remark: NoteOption
    @OptionGroup var options: DutyCommandOptions

    func validate() throws {
        guard duties.count > 1 else { return }
        if remark.note != nil || options.version != nil || options.key != nil {
            throw ValidationError("--note, --if-version and --key go with one duty / 只能用于单个交办事项")
        }
    }

    func run() async throws {
        if duties.count == 1, let duty = duties.first {
            return try await options.give("sign", to: duty, note: remark.note)
        }
        let results = try await options.hub.withClient {
            try await $0.sign(duties: duties, officer: options.officer)
        }
        let refused = results.filter { $0["problem"] != nil }.count
        if options.output.isJSON {
            Output.json(["results": .array(results)])
        } else {
            DutyText.table(results.compactMap { $0["duty"].map(HubDuty.init(json:)) }).print()
            for result in results {
                guard let problem = result["problem"].map(HubProblem.init(json:)) else { continue }
                let lines = ProblemText.lines(problem)
                print("✗ \(result["dutyId"]?.stringValue ?? ""): \(lines.joined(separator: "\n  "))")
            }
        }
        if refused > 0 {
            throw CommandFailure(
                .refused, code: "partly-refused",
                "\(Words.count(refused, "duty was", "duties were")) not signed", "\(refused)件未签收")
        }
    }
}

/// Accepts a duty.
struct AcceptDuty: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accept", abstract: "Accept a duty as the unit's own. 受理。",
        discussion: "  liankong duties accept 17 --as hrss-01")

    @Argument(help: "The duty's id. 编号。")
    var duty: String

    @OptionGroup var remark: NoteOption
    @OptionGroup var options: DutyCommandOptions

    func run() async throws { try await options.give("accept", to: duty, note: remark.note) }
}

/// Starts on a duty.
struct StartDuty: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start", abstract: "Begin to act on a duty, saying how. 开办。",
        discussion: "  liankong duties start 17 --as hrss-01 --note \"到现场核查\"")

    @Argument(help: "The duty's id. 编号。")
    var duty: String

    @Option(help: "What is done; sealed, shown to those the duty concerns. 说明。")
    var note: String

    @OptionGroup var options: DutyCommandOptions

    func run() async throws { try await options.give("start", to: duty, note: note) }
}

/// Reports progress on a duty.
struct NoteDuty: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "note", abstract: "Report progress on a duty. 反馈进展。",
        discussion: """
              liankong duties note 17 --as hrss-01 --note "已约谈用人单位"
              liankong duties note 17 --as hrss-01 --note "已立案" --milestone file
            """,
    )

    @Argument(help: "The duty's id. 编号。")
    var duty: String

    @Option(help: "What is done; sealed, shown to those the duty concerns. 说明。")
    var note: String

    @Option(help: "The time limit that this meets, such as file. 时限节点。")
    var milestone: String?

    @OptionGroup var options: DutyCommandOptions

    func run() async throws {
        try await options.give(
            "note", to: duty, note: note, fields: [("milestone", milestone.map { .string($0) })])
    }
}

/// Completes a duty.
struct CompleteDuty: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "complete",
        abstract: "Settle a duty with its outcome. 办结。",
        discussion: """
            duties show tells the outcomes to choose from. 可选结果见duties show。

              liankong duties complete 17 --as hrss-01 \\
                --outcome substantiated-complied
            """,
    )

    @Argument(help: "The duty's id. 编号。")
    var duty: String

    @Option(help: "What came of it, from the list of its family. 办理结果。")
    var outcome: String

    @Option(help: "References of evidence. 佐证材料。")
    var evidence: [String] = []

    @OptionGroup var remark: NoteOption
    @OptionGroup var options: DutyCommandOptions

    func run() async throws {
        try await options.give(
            "complete", to: duty, note: remark.note,
            fields: [
                ("outcome", .string(outcome)),
                ("evidence", evidence.isEmpty ? nil : .array(evidence.map { .string($0) })),
            ])
    }
}

/// Verifies a completion.
struct VerifyDuty: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Confirm another's completion; closes the duty. 核验。",
        discussion: "  liankong duties verify 17 --as jm-office-01")

    @Argument(help: "The duty's id. 编号。")
    var duty: String

    @OptionGroup var remark: NoteOption
    @OptionGroup var options: DutyCommandOptions

    func run() async throws { try await options.give("verify", to: duty, note: remark.note) }
}

/// Refuses a completion.
struct RejectCompletionOfDuty: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reject-completion", abstract: "Send a completion back, saying what is missing. 退回重办。",
        discussion: """
              liankong duties reject-completion 17 --as jm-office-01 \\
                --reason "缺少送达回证"
            """,
    )

    @Argument(help: "The duty's id. 编号。")
    var duty: String

    @Option(help: "Why, and what is missing. 理由。")
    var reason: String

    @OptionGroup var remark: NoteOption
    @OptionGroup var options: DutyCommandOptions

    func run() async throws {
        try await options.give(
            "reject-completion", to: duty, note: remark.note, fields: [("reason", .string(reason))])
    }
}

/// Assigns a duty that waits for dispatch.
struct AssignDuty: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "assign",
        abstract: "As the secretariat: give what waits for dispatch to a unit. 派件。",
        discussion: """
              liankong duties assign 17 --as jm-office-01 \\
                --unit culture-tourism --reason "属文化市场"
            """,
    )

    @Argument(help: "The duty's id. 编号。")
    var duty: String

    @Option(help: "To which unit. 承办单位。")
    var unit: String

    @Option(help: "Why. 理由。")
    var reason: String

    @Option(help: "In which role; handling where absent. 角色。")
    var role: String?

    @OptionGroup var remark: NoteOption
    @OptionGroup var options: DutyCommandOptions

    func run() async throws {
        try await options.give(
            "assign", to: duty, note: remark.note,
            fields: [("unit", .string(unit)), ("reason", .string(reason)), ("role", role.map { .string($0) })])
    }
}
