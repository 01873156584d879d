import Foundation
import TestProcesses
import TestSupport
import Testing

/// `deploy/run` as a person would use it, and the commands of the README
/// against what it started.
@Suite(.serialized)
struct InstallationTests {
    /// A run under way: its output so far, and its process.
    private struct Running {
        let process: ChildProcess
        let output: String

        init(home: String, arguments: [String], output: String) throws {
            self.output = output
            process = try ChildProcess.start(
                [Repository.file("deploy/run")] + arguments, output: output,
                environment: CommandRun.cleanEnvironment.merging(
                    ["LIANKONG_HOME": home, "LIANKONG_BUILD": "none"]) { $1 })
        }

        /// What it has said, read whole characters only.
        var text: String {
            String(decoding: FileManager.default.contents(atPath: output) ?? Data(), as: UTF8.self)
        }

        /// Waits until it serves; false when it says that it failed, or says
        /// nothing of the kind for two minutes.
        func serves() async throws -> Bool {
            for _ in 0..<1200 {
                if text.contains("Press Ctrl-C to stop") { return true }
                if text.contains("run: ") { return false }
                try await Task.sleep(for: .milliseconds(100))
            }
            return false
        }

        /// The commands that it prints to try first, pasted into a shell.
        func triesFirstSteps() async throws -> CommandRun {
            let lines = text.split(separator: "\n").drop { !$0.hasPrefix("The hub answers at") }
                .prefix { !$0.hasPrefix("Tokens of") }
            let commands = lines.filter { $0.hasPrefix("  ") }.joined(separator: "\n")
            return try await CommandRun.run("/bin/bash", ["-euo", "pipefail", "-c", commands])
        }

        /// Ends it as Ctrl-C does, and gives how it ended.
        func stopped() async -> ChildProcess.End {
            process.send(SIGINT)
            return await process.end()
        }
    }

    private static func withHome(_ body: (String, String) async throws -> Void) async throws {
        // Short, because others must be able to reach it, and with a space.
        let folder = "/tmp/lk run \(UInt32.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder + "/home", folder)
    }

    /// The blocks of the README that are marked as shell.
    private static func blocks() throws -> [String] {
        var blocks: [String] = []
        var current: [Substring]?
        for line in try Repository.text("README.md").split(separator: "\n", omittingEmptySubsequences: false) {
            if line == "```sh" {
                current = []
            } else if line == "```", let lines = current {
                blocks.append(lines.joined(separator: "\n"))
                current = nil
            } else {
                current?.append(line)
            }
        }
        return blocks
    }

    @Test(.timeLimit(.minutes(10)))
    func runsPlaysAnswersTheReadmeAndGoesOnWhereItStood() async throws {
        try await Self.withHome { home, folder in
            let first = try Running(home: home, arguments: ["--port", "18320"], output: folder + "/out1")
            guard try await first.serves() else {
                Issue.record("deploy/run did not serve: \(first.text.suffix(2000))")
                _ = await first.stopped()
                return
            }
            for words in ["演示数据", "主办（责任）单位", "催办 remind", "curl -sS"] {
                #expect(first.text.contains(words), "\(words) is missing")
            }
            let address = try String(contentsOfFile: home + "/address", encoding: .utf8)
                .trimmingCharacters(in: .whitespacesAndNewlines)
            let blocks = try Self.blocks()
            #expect(blocks.count >= 4)
            for (number, block) in blocks.enumerated() {
                let script = block.replacing("http://127.0.0.1:8320", with: address)
                    .replacing(".liankong/liankong", with: "\"\(home)/liankong\"")
                let run = try await CommandRun.run(
                    "/bin/bash", ["-euo", "pipefail", "-c", script], folder: Repository.file(""))
                #expect(run.status == 0, "\(script)\n\(run.output)\n\(run.errors)")
                #expect(!run.output.isEmpty && !run.output.contains("\"status\":4"), "\(run.output)")
                // What the README says comes back.
                if number == 0 {
                    for words in ["\"status\":\"routed\"", "\"unit\":\"culture-tourism\"", "III.1.3-01c"] {
                        #expect(run.output.contains(words), "\(run.output)")
                    }
                }
            }
            #expect(await first.stopped() == .exited(0))
            #expect(!FileManager.default.fileExists(atPath: home + "/hub.pid"))

            let second = try Running(home: home, arguments: ["--port", "18320"], output: folder + "/out2")
            #expect(try await second.serves(), "\(second.text.suffix(2000))")
            #expect(second.text.contains("played before"))
            // What it prints is a report of its own each time.
            for _ in 0..<2 {
                let report = try await second.triesFirstSteps()
                #expect(report.status == 0 && report.output.contains("\"duplicate\":false"), "\(report)")
                #expect(!report.output.contains("\"joined\":true"), "\(report)")
            }
            // One at a time: a third is told so and disturbs nothing.
            let third = try await CommandRun.run(
                Repository.file("deploy/run"), [], environment: ["LIANKONG_HOME": home])
            #expect(third.status == 1 && third.errors.contains("under way already"))
            #expect(await second.stopped() == .exited(0))
            let reset = try await CommandRun.run(
                Repository.file("deploy/run"), ["--reset"], environment: ["LIANKONG_HOME": home])
            #expect(reset.status == 1 && reset.errors.contains("--yes"))
            #expect(FileManager.default.fileExists(atPath: home + "/tokens.json"))
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func theRealCountyIsAskedAndToldNothing() async throws {
        try await Self.withHome { home, folder in
            let empty = try Running(home: home, arguments: ["--port", "18320", "--empty"], output: folder + "/out")
            #expect(try await empty.serves(), "\(empty.text.suffix(2000))")
            let asked = try await empty.triesFirstSteps()
            #expect(asked.status == 0 && asked.output.contains("\"wouldBe\":201"), "\(asked)")
            #expect(!asked.output.contains("demonstration"), "\(asked)")
            #expect(await empty.stopped() == .exited(0))
        }
    }

    @Test func theScriptsExplainThemselves() async throws {
        for script in ["run", "test", "bench"] {
            let run = try await CommandRun.run(Repository.file("deploy/" + script), ["--help"])
            #expect(run.status == 0 && run.output.contains("deploy/" + script))
            let wrong = try await CommandRun.run(Repository.file("deploy/" + script), ["--nonsense"])
            #expect(wrong.status == 2 && wrong.errors.contains("--nonsense"))
        }
        let port = try await CommandRun.run(Repository.file("deploy/run"), ["--port", "0080"])
        #expect(port.status == 2 && port.errors.hasPrefix("run: --port"))
    }
}
