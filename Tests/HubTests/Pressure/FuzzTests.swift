import CloudEvents
import Foundation
import TestProcesses
import TestSupport
import Testing

/// A short form of `deploy/fuzz`: the same program, some seconds long.
struct FuzzTests {
    @Test func nothingIsFoundInSomeSeconds() async throws {
        try await HubProcess.with { process, hub in
            let folder = FileManager.default.temporaryDirectory
            let tokenFile = folder.appendingPathComponent("\(hub.database.name).tokens.json").path
            let output = folder.appendingPathComponent("\(hub.database.name).fuzz").path
            defer { for file in [tokenFile, output] { try? FileManager.default.removeItem(atPath: file) } }
            var tokens = JSONObject()
            for sample in Sample.allCases {
                tokens[sample.publisher] = .string(try #require(try await hub.token(.unit(sample.publisher))))
            }
            let file: JSONValue = ["tokens": .object(tokens)]
            try Data(file.encodedBytes()).write(to: URL(fileURLWithPath: tokenFile))
            let binary = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
                .appendingPathComponent("liankong-fuzz").path
            let seed = UInt64.random(in: 1...1_000_000)
            let end = try await ChildProcess.start(
                [
                    binary, "--port", String(hub.port), "--hub-pid", String(try #require(await process.id)), "--tokens",
                    tokenFile, "--hub-log", process.log, "--samples", Repository.file("deploy/mengjin/samples"),
                    "--minutes", "0.3", "--seed", String(seed),
                ], output: output
            ).end()
            let text = try String(contentsOfFile: output, encoding: .utf8)
            #expect(end == .exited(0), "seed \(seed):\n\(text.suffix(6000))")
            // All four areas were tried, and publishing did more than refuse.
            for what in ["publish: ", "framing: ", "json: ", "cesql: ", "structured 201", "structured 400"] {
                #expect(text.contains(what), "\(what) is missing:\n\(text)")
            }
        }
    }
}
