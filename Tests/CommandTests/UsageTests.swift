import Testing

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
        ["demonstrate"],
    ]

    @Test(arguments: commands)
    func everyCommandTeachesInBothLanguages(command: [String]) async throws {
        let run = try await CommandRun.liankong(command + ["--help"])
        #expect(run.status == 0)
        #expect(run.output.contains("USAGE"))
        #expect(run.output.unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) })
        #expect(run.errors.isEmpty)
    }

    @Test(
        arguments: [
            ["nonsense"], ["publish"], ["duties", "show"], ["sweep", "--as-of", "2020-11-01"], ["feed", "--nonsense"],
            ["feed", "--latest", "--after", "3"], ["serve", "--port", "70000"], ["token", "issue"],
        ])
    func whatCannotBeReadEndsWithTwo(arguments: [String]) async throws {
        let run = try await CommandRun.liankong(arguments)
        #expect(run.status == 2)
        #expect(run.output.isEmpty)
        #expect(!run.errors.isEmpty)
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
