import Foundation
import Logging
import PostgresClient
import Synchronization

/// The PostgreSQL server under the hubs, which is killed, stopped and started.
///
/// It lies on a disk of its own where there is one, listens on a socket, and on
/// the address of a network namespace where there is one. As root it runs as
/// the account `postgres`, because it refuses root.
final class Cluster: Sendable {
    /// Where its programs are.
    let programs: String
    let home: String
    let disk: Disk
    private let address: String?
    private let fakeTime: FakeTime?
    /// How far its clock is ahead, in seconds.
    private let ahead = Mutex(0)

    static let port = 5432

    private static let isRoot = geteuid() == 0
    private static let owner = ProcessInfo.processInfo.environment["LIANKONG_CLUSTER_OWNER"] ?? "postgres"

    /// - Parameter address: listened on too, where it is not nil.
    init(programs: String, home: String, disk: Disk, address: String?, fakeTime: FakeTime?) {
        self.programs = programs
        self.home = home
        self.disk = disk
        self.address = address
        self.fakeTime = fakeTime
    }

    var data: String { disk.folder + "/data" }
    var sockets: String { home + "/s" }
    var socket: String { sockets + "/.s.PGSQL.\(Self.port)" }
    var log: String { home + "/server/postgres.log" }

    /// Of a database over a folder of sockets; its own unless told otherwise.
    func url(_ database: String, through folder: String? = nil) -> String {
        "postgresql:///\(database)?host=\(folder ?? sockets)&user=liankong"
    }

    /// Of a database over the network.
    func networkURL(_ database: String) -> String? {
        address.map { "postgresql://liankong@\($0):\(Self.port)/\(database)?sslmode=disable&gssencmode=disable" }
    }

    // MARK: - Making and removing

    /// Makes the cluster; it does not run yet.
    func make() async throws {
        for folder in [sockets, home + "/server"] {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            if Self.isRoot { try await Program.run(["chown", "\(Self.owner):", folder]) }
        }
        if Self.isRoot { try await Program.run(["chown", "\(Self.owner):", disk.folder]) }
        // Small segments, none kept for later: a full disk soon meets the log too.
        try await tool(
            "initdb",
            [
                "--username=liankong", "--auth-local=trust", "--auth-host=trust", "--encoding=UTF8", "--locale=C",
                "--no-instructions", "--wal-segsize=1", "--no-sync",
            ])
        var settings = """
            # Written by liankong-chaos.
            listen_addresses = '\(address ?? "")'
            port = \(Self.port)
            unix_socket_directories = '\(sockets)'
            unix_socket_permissions = 0700
            timezone = 'Asia/Shanghai'
            max_connections = 100
            shared_buffers = 64MB
            min_wal_size = 2MB
            max_wal_size = 64MB
            wal_recycle = off
            log_error_verbosity = terse
            log_parameter_max_length_on_error = 0

            """
        // What is on a disk of memory need not reach another.
        if disk.isOwn { settings += "fsync = off\n" }
        try await Self.asOwner([
            "sh", "-c", "printf '%s' \"$1\" >> \"$2\"", "sh", settings, data + "/postgresql.conf",
        ])
        if let address {
            // The two ends of the link, and nobody else.
            try await Self.asOwner([
                "sh", "-c", "printf 'host all all %s/30 trust\\n' \"$1\" >> \"$2\"", "sh", address,
                data + "/pg_hba.conf",
            ])
        }
    }

    /// Stops it, however it stands.
    func remove() async {
        disk.free()
        if serverID != nil { _ = try? await stop(mode: "immediate") }
        if let id = serverID { Glibc.kill(id, SIGKILL) }
        fakeTime?.forget("server")
    }

    // MARK: - Running

    /// Starts it and returns when it answers. Where it does not come up at
    /// once, as over the remains of a killed one, it is started again.
    func start() async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            do {
                let seconds = ahead.withLock { $0 }
                let environment =
                    seconds == 0 ? [:] : try fakeTime?.environment(of: "server", ahead: seconds) ?? [:]
                return try await tool("pg_ctl", ["start", "-s", "-w", "-t", "60", "-l", log], environment)
            } catch {
                if await answers() { return }
                guard ContinuousClock.now < deadline else { throw error }
                try await Task.sleep(for: .milliseconds(100))
            }
        }
    }

    /// Starts it where it does not run; returns when it answers.
    func ensureRunning() async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while !(await answers()) {
            guard ContinuousClock.now < deadline else { throw ChaosFailure("the database does not come back") }
            // One that recovers is waited for.
            if serverID == nil { try await start() }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Stops it: `fast` rolls back what is open, `immediate` cuts it off as a
    /// crash would.
    func stop(mode: String) async throws {
        try await tool("pg_ctl", ["stop", "-s", "-w", "-t", "60", "-m", mode])
    }

    /// Kills it without a warning. Its children notice by themselves.
    func kill() async {
        guard let id = serverID else { return }
        Glibc.kill(id, SIGKILL)
        // One that is not waited for by its parent stays for a moment.
        while Glibc.kill(id, 0) == 0, isServer(id) { await Pause.outlastingCancellation(milliseconds: 5) }
    }

    /// Sets its clock further ahead from its next start on; it never goes back,
    /// because what a database has put down about the future would stand.
    func jumpAhead(seconds: Int) { ahead.withLock { $0 += seconds } }

    /// The process of the server; nil where it does not run.
    private var serverID: Int32? {
        guard let text = try? String(contentsOfFile: data + "/postmaster.pid", encoding: .utf8),
            let id = text.split(separator: "\n").first.flatMap({ Int32($0) }), isServer(id)
        else { return nil }
        return id
    }

    /// Whether it is this server: one that was killed leaves its number behind,
    /// which soon is another process's, perhaps of another server. PostgreSQL
    /// runs in the folder of its data.
    private func isServer(_ id: Int32) -> Bool {
        guard let status = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8),
            let folder = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(id)/cwd")
        else { return false }
        return folder == data && !status.contains(") Z ")
    }

    // MARK: - Asking

    /// Whether it accepts a session and answers it.
    func answers() async -> Bool {
        (try? await query("SELECT 1", in: "postgres")) != nil
    }

    /// Every row as texts, over a session of its own.
    @discardableResult
    func query(_ sql: String, in database: String) async throws -> [[String]] {
        try await session(in: database) { try await $0.texts(sql) }
    }

    /// Runs a body with a session.
    func session<Result>(
        in database: String, _ body: (PostgresScriptSession) async throws -> Result,
    ) async throws -> Result {
        let session = try await PostgresScriptSession(
            configuration: PostgresConfiguration(
                connectionString: url(database), applicationName: "liankong-chaos", connectTimeout: .seconds(2)),
            logger: Self.logger)
        do {
            let result = try await body(session)
            await session.close()
            return result
        } catch {
            await session.close()
            throw error
        }
    }

    private static let logger = Logger(label: "liankong-chaos") { _ in SwiftLogNoOpLogHandler() }

    private func tool(_ name: String, _ arguments: [String], _ environment: [String: String] = [:]) async throws {
        try await Self.asOwner(
            environment.map { "\($0)=\($1)" } + [programs + "/" + name, "-D", data] + arguments)
    }

    /// Runs a command as the account of the server, from a folder it can enter.
    private static func asOwner(_ command: [String]) async throws {
        let prefix = isRoot ? ["runuser", "-u", owner, "--"] : []
        // Its variables reach the server's program alone.
        try await Program.run(["env", "-C", "/"] + prefix + ["env"] + command)
    }
}

extension PostgresScriptSession {
    /// Every row, whose columns the statement makes texts; what is null is empty.
    func texts(_ sql: String) async throws -> [[String]] {
        let rows = try await query(sql, name: "chaos")
        let columns = rows.columnNames.count
        return rows.map { row in
            (0..<columns).map { (try? row.decode($0, as: String?.self)) ?? "" }
        }
    }
}
