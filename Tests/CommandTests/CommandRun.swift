import Foundation
import TestSupport

/// One run of the built command, as a script would call it.
struct CommandRun: Sendable {
    let status: Int32
    let output: String
    let errors: String

    /// The last line of standard output.
    var lastLine: String { output.split(separator: "\n").last.map(String.init) ?? "" }

    /// Runs `liankong` with arguments and waits for its end.
    ///
    /// - Parameters:
    ///   - input: what it reads from standard input; empty unless given.
    ///   - environment: on top of the test's own, from which everything that
    ///     names a hub or a database is taken away.
    static func liankong(
        _ arguments: [String], input: String = "", environment: [String: String] = [:], folder: String? = nil,
    ) async throws -> CommandRun {
        try await run(binary, arguments, input: input, environment: environment, folder: folder)
    }

    /// The command that was built beside the tests.
    static var binary: String {
        URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appendingPathComponent("liankong")
            .path
    }

    /// Runs a program; its output goes through files, because a pipe that
    /// nobody empties would stop it.
    static func run(
        _ program: String, _ arguments: [String], input: String = "", environment: [String: String] = [:],
        folder: String? = nil,
    ) async throws -> CommandRun {
        let scratch = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: scratch) }
        let files = ["in", "out", "err"].map { scratch.appendingPathComponent($0) }
        try Data(input.utf8).write(to: files[0])
        for file in files.dropFirst() { try Data().write(to: file) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = cleanEnvironment.merging(environment) { $1 }
        process.currentDirectoryURL = URL(fileURLWithPath: folder ?? scratch.path)
        process.standardInput = try FileHandle(forReadingFrom: files[0])
        process.standardOutput = try FileHandle(forWritingTo: files[1])
        process.standardError = try FileHandle(forWritingTo: files[2])
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in continuation.resume() }
            do {
                try process.run()
            } catch {
                process.terminationHandler = nil
                continuation.resume(throwing: error)
            }
        }
        return CommandRun(
            status: process.terminationStatus, output: try String(contentsOf: files[1], encoding: .utf8),
            errors: try String(contentsOf: files[2], encoding: .utf8))
    }

    /// The test's environment without what would lead the command elsewhere.
    static var cleanEnvironment: [String: String] {
        ProcessInfo.processInfo.environment.filter { name, _ in
            !name.hasPrefix("LIANKONG_") || name == "LIANKONG_POSTGRES_BIN"
        }
    }
}
