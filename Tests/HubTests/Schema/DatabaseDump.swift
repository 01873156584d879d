import Foundation
import TestProcesses
import TestSupport

/// What `pg_dump` makes of a database.
enum DatabaseDump {
    /// The tool is not there or fails.
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// The dump as plain text, as its bytes are.
    static func plain(of database: TestDatabase, _ options: [String] = []) async throws -> [UInt8] {
        let folder = FileManager.default.temporaryDirectory.path
        let (output, complaints) = ("\(folder)/\(database.name).dump", "\(folder)/\(database.name).dump.log")
        defer {
            try? FileManager.default.removeItem(atPath: output)
            try? FileManager.default.removeItem(atPath: complaints)
        }
        let tool = try await tool()
        let end = try await ChildProcess.start(
            [tool, "--dbname", database.url, "--file", output] + options, output: complaints
        ).end()
        guard end == .exited(0), let dump = FileManager.default.contents(atPath: output) else {
            let said = (try? String(contentsOfFile: complaints, encoding: .utf8)) ?? ""
            throw Failure(description: "pg_dump: \(end): \(said)")
        }
        return Array(dump)
    }

    /// The `pg_dump` that belongs to the newest server installed here.
    private static func tool() async throws -> String {
        let root = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        let installed = versions.compactMap { Int($0) }.sorted(by: >).map { "\(root)/\($0)/bin/pg_dump" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
        return installed ?? "pg_dump"
    }
}
