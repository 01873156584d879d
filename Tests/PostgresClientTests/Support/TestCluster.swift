import Foundation

/// A PostgreSQL server of the tests' own, in a folder of its own under /tmp.
///
/// It listens on a socket there, where everybody is trusted, and on a loopback
/// port, where a password is asked for. Run as root, the server runs as user
/// `postgres`, because it refuses root.
final class TestCluster: Sendable {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    let folder: String
    let port: Int

    private init(folder: String, port: Int) {
        self.folder = folder
        self.port = port
    }

    /// Over the socket, as superuser.
    var connectionString: String { "host=\(folder) port=\(port) user=postgres dbname=postgres" }

    /// Over loopback, where a password is checked.
    func connectionString(user: String, password: String) -> String {
        "host=127.0.0.1 port=\(port) user=\(user) password=\(password) dbname=postgres"
    }

    /// Makes and starts a server.
    static func start() async throws -> TestCluster {
        try await staleRemoval.value
        let name = "/tmp/lkpg-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        try FileManager.default.createDirectory(atPath: name, withIntermediateDirectories: false)
        if getuid() == 0 { try await run(["chown", "postgres", name], asServer: false) }
        let cluster = TestCluster(folder: name, port: try freePort())
        try await cluster.tool("initdb", ["-U", "postgres", "--auth-local=trust", "--auth-host=scram-sha-256", "-N"])
        try await cluster.start()
        return cluster
    }

    /// Starts the server again after ``stop(mode:)``; returns when it serves.
    func start() async throws {
        try await launch(["-w"], options: [])
    }

    /// Starts the server with further options; it may not serve yet, or ever.
    func launchWithoutWaiting(options: [String]) async throws {
        try await launch(["-W"], options: options)
    }

    private func launch(_ arguments: [String], options: [String]) async throws {
        let options = [
            "-p \(port)", "-k \(folder)", "-c listen_addresses=127.0.0.1", "-c fsync=off", "-c max_connections=100",
        ] + options
        try await tool(
            "pg_ctl", ["start", "-s", "-l", folder + "/log", "-o", options.joined(separator: " ")] + arguments)
    }

    /// Stops the server: `immediate` cuts all sessions off as a crash would.
    func stop(mode: String) async throws {
        try await tool("pg_ctl", ["stop", "-w", "-s", "-m", mode])
    }

    /// Stops the server and removes its folder.
    func remove() async throws {
        if FileManager.default.fileExists(atPath: folder + "/data/postmaster.pid") { try await stop(mode: "immediate") }
        try FileManager.default.removeItem(atPath: folder)
    }

    private func tool(_ name: String, _ arguments: [String]) async throws {
        let folder = try await Self.run(["pg_config", "--bindir"], asServer: false)
        try await Self.run([folder + "/" + name, "-D", self.folder + "/data"] + arguments, asServer: true)
    }

    /// Stops servers whose test run died before it could, once.
    private static let staleRemoval = Task {
        for name in try FileManager.default.contentsOfDirectory(atPath: "/tmp") where name.hasPrefix("lkpg-") {
            guard let pid = name.split(separator: "-").dropFirst().first.flatMap({ Int32($0) }), kill(pid, 0) != 0
            else { continue }
            try await TestCluster(folder: "/tmp/" + name, port: 0).remove()
        }
    }

    /// A port that was free a moment ago.
    static func freePort() throws -> Int {
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
    ///
    /// Not with `Process`: it waits for everybody who inherited its socket,
    /// and that is also the server that `pg_ctl` leaves behind.
    @discardableResult
    private static func run(_ command: [String], asServer: Bool) async throws -> String {
        // The server's user may not enter the folder the tests run in.
        let asUser = asServer && getuid() == 0 ? ["runuser", "-u", "postgres", "--"] : []
        let command = ["env", "-C", "/tmp"] + asUser + command
        // A file, not a pipe: the server would hold a pipe open for ever.
        let output = "/tmp/lkpg.out.\(UInt64.random(in: 0...UInt64.max))"
        defer { unlink(output) }
        let pid = try spawn(command, output: output)
        let status = await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                var status: Int32 = 0
                while waitpid(pid, &status, 0) == -1, errno == EINTR {}
                continuation.resume(returning: status)
            }
        }
        let text = try String(contentsOfFile: output, encoding: .utf8)
        guard status == 0 else { throw Failure(description: "\(command.joined(separator: " ")): \(text)") }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private static func spawn(_ command: [String], output: String) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var arguments = command.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var pid: pid_t = 0
        let status = posix_spawnp(&pid, command[0], &actions, nil, &arguments, environ)
        guard status == 0 else { throw Failure(description: "\(command[0]) does not start: errno \(status)") }
        return pid
    }
}
