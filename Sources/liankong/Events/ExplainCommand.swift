import ArgumentParser
import CloudEvents
import HubClient

/// Why a unit received an event, or would receive one.
struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Why each unit received an event, rule by rule. 为什么派给各单位。",
        discussion: """
            Of a stored event by its position, or of one that is not yet stored by its file:

              liankong explain 42 --as hrss
              liankong explain report.json --as hrss
            """,
    )

    @Argument(help: "A position, a file, or - for standard input. 序号或文件。")
    var subject: String

    @Option(help: "For a file: the policy of this time. 按此时的规则。", transform: Instant.read)
    var at: Instant?

    @OptionGroup var hub: HubOptions
    @OptionGroup var output: OutputOptions

    private var isPosition: Bool { !subject.isEmpty && subject.utf8.allSatisfy { (0x30...0x39).contains($0) } }

    func validate() throws {
        if at != nil, isPosition { throw ValidationError("--at goes with a file / --at只能与文件同用") }
    }

    func run() async throws {
        let body = isPosition ? nil : try Output.file(subject)
        let answer = try await hub.withClient { client in
            if let body { return try await client.dryRun(structured: body, at: at?.timestamp).json }
            return try await client.explanation(ofEvent: subject)
        }
        guard !output.isJSON else { return Output.json(answer) }
        print("policy 规则版本 \(answer["policyVersion"]?.stringValue ?? "")")
        for step in answer["explanation"]?.arrayValue ?? [] {
            let matched = step["matched"]?.boolValue ?? false
            print("\(matched ? "✓" : "·") \(step["rule"]?.stringValue ?? "")  \(step["becauseZh"]?.stringValue ?? "")")
            print("    \(step["because"]?.stringValue ?? "")")
        }
    }
}
