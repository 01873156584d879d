import Foundation
import TestProcesses
import TestSupport
import Testing

/// What deploy/backup and deploy/restore put on the command lines of
/// PostgreSQL's programs, where everybody on the host can read it.
struct HiddenPasswordTests {
    @Test(arguments: [
        ("postgresql://u:p%40ss%2Fw@h:5432/db?sslmode=require", "postgresql://u@h:5432/db?sslmode=require", "p@ss/w"),
        ("postgres://u:a\\nb@h/d", "postgres://u@h/d", "a\\nb"),
        ("postgresql://u@h/db?password=a%20b&x=1", "postgresql://u@h/db?x=1", "a b"),
        ("postgresql:///db?host=/s&password=q", "postgresql:///db?host=/s", "q"),
        ("postgresql:///db?password=q", "postgresql:///db", "q"),
        ("postgresql:///db?host=/s&user=u", "postgresql:///db?host=/s&user=u", ""),
        ("host=h password='it is' user=u", "host=h  user=u", "it is"),
        ("host=h user=u password=abc dbname=d", "host=h user=u  dbname=d", "abc"),
        ("dbname=x", "dbname=x", ""),
    ])
    func thePasswordLeavesTheLine(url: String, database: String, password: String) async throws {
        let output = NSTemporaryDirectory() + "liankong-\(UUID().uuidString).out"
        defer { try? FileManager.default.removeItem(atPath: output) }
        let script = """
            . "$1"
            LIANKONG_DATABASE_URL=$2
            hide_password
            printf '%s\\n%s' "$DATABASE" "${PGPASSWORD-}"
            """
        let environment = ProcessInfo.processInfo.environment.filter { $0.key != "PGPASSWORD" }
        let end = try await ChildProcess.start(
            ["bash", "-euc", script, "bash", Repository.file("deploy/archive.sh"), url], output: output,
            environment: environment
        ).end()
        guard case .exited(0) = end else {
            Issue.record("\(end)")
            return
        }
        let said = try String(contentsOfFile: output, encoding: .utf8).split(
            separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
        #expect(said.map(String.init) == [database, password])
    }
}
