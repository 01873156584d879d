import Foundation

/// A PostgreSQL server of the tests' own, in a folder of its own under /tmp.
///
/// It listens on a socket there, where everybody is trusted, and on a loopback
/// port, where a password is asked for. Run as root, the server runs as user
/// `postgres`, because it refuses root.
package final class TestCluster: Sendable {
    /// A tool of the server failed.
    package struct Failure: Error, CustomStringConvertible {
        package var description: String

        package init(description: String) {
            self.description = description
        }
    }

    /// Holds data, socket and log.
    package let folder: String
    /// The port on loopback; the socket's name has it too.
    package let port: Int

    private init(folder: String, port: Int) {
        self.folder = folder
        self.port = port
    }

    /// Over the socket, as superuser.
    package var connectionString: String { "host=\(folder) port=\(port) user=postgres dbname=postgres" }

    /// Over loopback, where a password is checked.
    package func connectionString(user: String, password: String) -> String {
        "host=127.0.0.1 port=\(port) user=\(user) password=\(password) dbname=postgres"
    }

    /// Makes and starts a server.
    package static func start() async throws -> TestCluster {
        let cluster = try await make()
        try await cluster.tool("initdb", ["-U", "postgres", "--auth-local=trust", "--auth-host=scram-sha-256", "-N"])
        try await cluster.start()
        return cluster
    }

    /// Makes and starts a hot standby of a server, which streams from it; see
    /// ``promote()``.
    package static func standby(of primary: TestCluster) async throws -> TestCluster {
        let cluster = try await make()
        try await run(
            [
                try await programs() + "/pg_basebackup", "-D", cluster.folder + "/data", "-d",
                primary.connectionString + " application_name=standby", "-X", "stream", "-R", "-N", "-c", "fast",
            ], asServer: true)
        try await cluster.start()
        return cluster
    }

    private static func make() async throws -> TestCluster {
        try await staleRemoval.value
        let name = "/tmp/lkpg-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        try FileManager.default.createDirectory(atPath: name, withIntermediateDirectories: false)
        if getuid() == 0 { try await run(["chown", "postgres", name], asServer: false) }
        return TestCluster(folder: name, port: try freePort())
    }

    /// Makes a standby the primary; returns when it takes writes.
    package func promote() async throws {
        try await tool("pg_ctl", ["promote", "-w", "-s"])
    }

    /// Marks a stopped server as a standby, as whoever repairs a failover does
    /// first: it is read-only from its next start on.
    package func demote() async throws {
        try await Self.run(["touch", folder + "/data/standby.signal"], asServer: true)
    }

    /// Ends every process of the server at once, as a power cut would.
    package func cutOff() throws {
        try signal(SIGKILL)
        // Until somebody reaps it a dead process has its id, which the next
        // start would take for a running server's.
        for file in ["data/postmaster.pid", ".s.PGSQL.\(port).lock"] {
            try FileManager.default.removeItem(atPath: folder + "/" + file)
        }
    }

    /// Sends a signal to every process of the server.
    package func signal(_ signal: Int32) throws {
        guard let postmaster else { throw Failure(description: "the server does not run") }
        // The postmaster first, so that it starts nothing new.
        let processes = [postmaster] + Self.children(of: postmaster)
        for process in processes { kill(process, signal) }
    }

    /// The server's first process; nil where it does not run. One that was
    /// killed leaves its number behind, which soon is another's.
    private var postmaster: Int32? {
        guard let text = try? String(contentsOfFile: folder + "/data/postmaster.pid", encoding: .utf8),
            let id = text.split(separator: "\n").first.flatMap({ Int32($0) }),
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(id)/cwd")) == folder + "/data"
        else { return nil }
        return id
    }

    private static func children(of parent: Int32) -> [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { Int32($0) }.filter { process in
            // Behind the name in parentheses: state, then the parent.
            let stat = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
            let fields = stat[(stat.lastIndex(of: ")") ?? stat.startIndex)...].split(separator: " ")
            return fields.count > 2 && Int32(fields[2]) == parent
        }
    }

    /// Starts the server again after ``stop(mode:)``; returns when it serves.
    package func start() async throws {
        try await launch(["-w"], options: [])
    }

    /// Starts the server with further options; it may not serve yet, or ever.
    package func launchWithoutWaiting(options: [String]) async throws {
        try await launch(["-W"], options: options)
    }

    private func launch(_ arguments: [String], options: [String]) async throws {
        let options =
            [
                "-p \(port)", "-k \(folder)", "-c listen_addresses=127.0.0.1", "-c fsync=off", "-c max_connections=100",
            ] + options
        try await tool(
            "pg_ctl", ["start", "-s", "-l", folder + "/log", "-o", options.joined(separator: " ")] + arguments)
    }

    /// Stops the server: `immediate` cuts all sessions off as a crash would.
    package func stop(mode: String) async throws {
        try await tool("pg_ctl", ["stop", "-w", "-s", "-m", mode])
    }

    /// Stops the server and removes its folder.
    package func remove() async throws {
        if postmaster != nil { try await stop(mode: "immediate") }
        try FileManager.default.removeItem(atPath: folder)
    }

    private func tool(_ name: String, _ arguments: [String]) async throws {
        try await Self.run(
            [try await Self.programs() + "/" + name, "-D", folder + "/data"] + arguments, asServer: true)
    }

    /// Where the server's programs are.
    private static func programs() async throws -> String {
        try await run(["pg_config", "--bindir"], asServer: false)
    }

    /// Stops servers whose test run died before it could, once; what another
    /// account left stays.
    private static let staleRemoval = Task {
        for name in try FileManager.default.contentsOfDirectory(atPath: "/tmp") where name.hasPrefix("lkpg-") {
            guard let pid = name.split(separator: "-").dropFirst().first.flatMap({ Int32($0) }),
                kill(pid, 0) != 0, errno == ESRCH
            else { continue }
            try? await TestCluster(folder: "/tmp/" + name, port: 0).remove()
        }
    }

    /// A port that was free a moment ago.
    package static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isBound else { throw Failure(description: "no port: errno \(errno)") }
        return Int(in_port_t(bigEndian: address.sin_port))
    }

    /// Runs a command and returns what it printed.
    @discardableResult
    private static func run(_ command: [String], asServer: Bool) async throws -> String {
        // The server's user may not enter the folder the tests run in.
        let asUser = asServer && getuid() == 0 ? ["runuser", "-u", "postgres", "--"] : []
        let command = ["env", "-C", "/tmp"] + asUser + command
        // A file, not a pipe: the server would hold a pipe open for ever.
        let output = "/tmp/lkpg.out.\(UInt64.random(in: 0...UInt64.max))"
        defer { unlink(output) }
        let end = try await ChildProcess.start(command, output: output).end()
        let text = try String(contentsOfFile: output, encoding: .utf8)
        guard end == .exited(0) else { throw Failure(description: "\(command.joined(separator: " ")): \(text)") }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
