import Foundation
import Hub
import HubAPI
import TestProcesses
import TestSupport
import Testing

/// An operator with the scripts of `deploy/`, a database that will be lost, and
/// two places: one for backups and one for keys.
struct Recipe: Sendable {
    let folder: String
    let lost: TestDatabase

    /// How a script ended, and what it said.
    struct Run: Sendable {
        let status: Int32
        let said: String

        var lastLine: String { said.split(separator: "\n").last.map(String.init) ?? "" }
    }

    static func with(_ body: @Sendable (Recipe) async throws -> Void) async throws {
        try await TestDatabase.with { database in
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("lk \(UUID().uuidString)").path
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(atPath: folder) }
            try await body(Recipe(folder: folder, lost: database))
        }
    }

    /// The installation's own key file.
    private var keyFile: String { folder + "/keys.json" }

    /// Runs a hub that looks and sweeps all the time.
    func serve<Result: Sendable>(
        _ database: TestDatabase, keys: String? = nil, _ body: @escaping @Sendable (TestHub) async throws -> Result,
    ) async throws -> Result {
        try await TestHub.with(
            database: database, keyFile: keys ?? keyFile,
            configure: {
                $0.hub.refreshEvery = .milliseconds(50)
                $0.hub.sweepEvery = .milliseconds(50)
            }, body)
    }

    /// Backs up; answers the backup's folder.
    func backUp(keep: Int = 3) async throws -> String {
        let run = try await run(
            "backup",
            [
                "--to", folder + "/backups", "--keys-to", folder + "/vault", "--keys", keyFile, "--keep", "\(keep)",
            ], of: lost)
        try #require(run.status == 0, "\(run.said)")
        return run.lastLine
    }

    func backups() -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/backups")) ?? []
        return names.filter { !$0.hasPrefix(".") }.sorted().map { folder + "/backups/" + $0 }
    }

    /// The key file as it was stored apart.
    func storedKeys() throws -> String {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder + "/vault")
        try #require(names.count == 1)
        let path = folder + "/vault/" + names[0]
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber
        #expect(mode?.intValue == 0o600)
        return path
    }

    func restore(_ backup: String, into database: TestDatabase, keys: String) async throws -> Run {
        try await run("restore", [backup, "--keys", keys], of: database)
    }

    /// Runs a script of `deploy/` with the command that was built beside the
    /// tests; without a database, with one that nobody serves.
    func run(_ script: String, _ arguments: [String], of database: TestDatabase?) async throws -> Run {
        let binary = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appendingPathComponent("liankong").path
        let output = folder + "/\(UUID().uuidString).out"
        let environment = ProcessInfo.processInfo.environment.filter { name, _ in
            !name.hasPrefix("LIANKONG_") || name == "LIANKONG_POSTGRES_BIN"
        }
        // A password goes the way of all of them, though nobody asks for it here.
        let known = database?.url ?? "postgresql:///none?host=/nowhere"
        let url = known + (known.hasPrefix("postgres") ? "&password=never%20asked" : " password='never asked'")
        let end = try await ChildProcess.start(
            ["bash", Repository.file("deploy/\(script)")] + arguments
                + ["--command", binary, "--database-url", url],
            output: output, environment: environment
        ).end()
        let said = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
        guard case .exited(let status) = end else { throw NeverTrue(description: "\(script): \(end): \(said)") }
        return Run(status: status, said: said)
    }
}
