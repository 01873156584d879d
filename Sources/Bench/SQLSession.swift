import Foundation

/// A session with a database through psql, to prepare it and to look at it from
/// outside; the hub's own connections are not its business.
final class SQLSession {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private var received = Data()
    private static let mark = "~~ answered ~~"

    /// Begins a session.
    init(psql: String, url: String) throws {
        process.executableURL = URL(fileURLWithPath: psql)
        process.arguments = [
            "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1", "--field-separator=\t",
            url,
        ]
        process.standardInput = input
        process.standardOutput = output
        process.standardError = output
        try process.run()
        try query("SET client_min_messages = warning; SET application_name = 'liankong-bench'")
    }

    /// Ends the session; a transaction that is open is rolled back.
    func close() {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    /// What statements answer, as lines of fields between tabs.
    @discardableResult
    func query(_ sql: String) throws -> [[String]] {
        try text(sql).split(separator: "\n").map { line in
            line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        }
    }

    /// What a statement answers, as text.
    func text(_ sql: String) throws -> String {
        try begin(sql)
        return try finish()
    }

    /// Sends statements, to be waited for by ``finish()``.
    func begin(_ sql: String) throws {
        try input.fileHandleForWriting.write(contentsOf: Data("\(sql)\n;\n\\echo '\(Self.mark)'\n".utf8))
    }

    /// Waits for what ``begin(_:)`` sent.
    @discardableResult
    func finish() throws -> String {
        let end = Data("\(Self.mark)\n".utf8)
        while true {
            if let found = received.range(of: end) {
                let text = String(decoding: received[..<found.lowerBound], as: UTF8.self)
                received.removeSubrange(..<found.upperBound)
                return text
            }
            let data = output.fileHandleForReading.availableData
            guard !data.isEmpty else {
                throw BenchFailure("psql ended: \(String(decoding: received.suffix(600), as: UTF8.self))")
            }
            received.append(data)
        }
    }
}
