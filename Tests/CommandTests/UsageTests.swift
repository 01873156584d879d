import Foundation
import Testing

@testable import liankong

/// Help, and what the command says when it is called wrongly.
struct UsageTests {
    private static let commands: [[String]] = [
        [], ["publish"], ["events"], ["events", "show"], ["events", "list"], ["explain"], ["feed"], ["duties"],
        ["duties", "list"], ["duties", "show"], ["duties", "sign"], ["duties", "accept"], ["duties", "start"],
        ["duties", "note"], ["duties", "complete"], ["duties", "verify"], ["duties", "reject-completion"],
        ["duties", "assign"], ["board"], ["sweep"], ["contracts"], ["contracts", "list"], ["contracts", "show"],
        ["contracts", "schema"], ["contracts", "sample"], ["filter"], ["filter", "eval"], ["serve"], ["migrate"],
        ["county"], ["county", "check"], ["county", "load"], ["token"], ["token", "issue"], ["token", "revoke"],
        ["token", "list"], ["token", "show"], ["token", "provision"], ["sandbox"], ["sandbox", "clock"], ["doctor"],
        ["keys"], ["keys", "make"],
        ["demonstrate"], ["consumers"], ["consumers", "list"], ["consumers", "show"], ["consumers", "set"],
        ["consumers", "remove"], ["consumers", "fetch"], ["consumers", "ack"], ["consumers", "nack"],
        ["consumers", "extend"], ["consumers", "pause"], ["consumers", "resume"], ["consumers", "dead"],
        ["consumers", "redrive"],
    ]

    @Test(arguments: commands)
    func everyCommandTeachesInBothLanguages(command: [String]) async throws {
        let run = try await CommandRun.liankong(command + ["--help"])
        #expect(run.status == 0)
        #expect(run.output.contains("USAGE"))
        #expect(run.output.unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) })
        #expect(run.errors.isEmpty)
    }

    /// In a narrow terminal a line that breaks in the middle is no example that
    /// can be copied.
    @Test(arguments: commands)
    func everyCommandShowsItselfInUseWithinALineOfATerminal(command: [String]) async throws {
        let run = try await CommandRun.liankong(command + ["--help"], environment: ["COLUMNS": "400"])
        let overview = run.output.components(separatedBy: "USAGE").first ?? ""
        let examples = overview.split(separator: "\n").filter { $0.hasPrefix("  ") }.map(String.init)
        if !run.output.contains("SUBCOMMANDS") {
            let words = (["liankong"] + command).joined(separator: " ")
            #expect(examples.contains { $0.contains(words) })
        }
        for line in examples { #expect(line.displayWidth <= 80, "\(line)") }
    }

    @Test(
        arguments: [
            ["nonsense"], ["publish"], ["duties", "show"], ["sweep", "--as-of", "2020-11-01"], ["feed", "--nonsense"],
            ["feed", "--latest", "--after", "3"], ["serve", "--port", "70000"], ["token", "issue"],
            ["publish", "--at", "2020-11-01T00:00:00+08:00", "x.json"], ["duties", "start", "17"],
            ["explain", "17", "--at", "2020-11-01T00:00:00+08:00"], ["duties", "sign", "17", "18", "--note", "x"],
            ["board", "--url", "nonsense", "--token", "lk_x"], ["sandbox", "clock", "--by", "3"],
            ["consumers", "ack", "intake", "17"], ["consumers", "set", "intake", "--latest", "--earliest"],
            ["consumers", "set", "intake", "--ordering", "unit"],
        ])
    func whatCannotBeReadEndsWithTwo(arguments: [String]) async throws {
        let run = try await CommandRun.liankong(arguments)
        #expect(run.status == 2)
        #expect(run.output.isEmpty)
        #expect(run.errors.unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) })
    }

    @Test(arguments: [["sweep", "--as-of", "yesterday"], ["duties", "list", "--due-before", "2020-11-12"]])
    func saysHowATimeIsWritten(arguments: [String]) async throws {
        let run = try await CommandRun.liankong(arguments)
        #expect(run.status == 2 && run.errors.contains("2020-10-22T09:12:00+08:00"))
    }

    @Test func asksWhoSpeaks() async throws {
        let run = try await CommandRun.liankong(["board"])
        #expect(run.status == 2)
        #expect(run.errors.contains("--as"))
    }

    @Test func asksWhichDatabase() async throws {
        let run = try await CommandRun.liankong(["migrate"])
        #expect(run.status == 2)
        #expect(run.errors.contains("--database-url"))
    }

    @Test func anAbsentHubEndsWithFour() async throws {
        let run = try await CommandRun.liankong(["board", "--url", "http://127.0.0.1:1", "--token", "lk_x"])
        #expect(run.status == 4)
        #expect(run.errors.contains("unreachable"))
    }

    @Test func anAbsentDatabaseEndsWithFive() async throws {
        let run = try await CommandRun.liankong(["migrate", "--database-url", "postgresql:///x?host=/nonexistent"])
        #expect(run.status == 5)
    }
}
