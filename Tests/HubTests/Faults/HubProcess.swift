import Foundation
import TestProcesses
import TestSupport
import Testing

/// The built `liankong serve` as a process of its own, which a test stops,
/// kills and starts again; always at the same address.
actor HubProcess {
    nonisolated let database: TestDatabase
    nonisolated let keyFile: String
    nonisolated let port: Int
    /// What the hub says, of all its lives.
    nonisolated let log: String
    private let options: [String]
    private var process: ChildProcess?

    /// Runs a body against a hub over a database of the test's own; what is
    /// left of both is gone afterwards.
    ///
    /// - Parameter options: further ones of `liankong serve`.
    static func with<Result: Sendable>(
        options: [String] = [], _ body: @escaping @Sendable (HubProcess, TestHub) async throws -> Result
    ) async throws -> Result {
        try await TestDatabase.with { database in
            let hub = try HubProcess(over: database, options: options)
            do {
                try await hub.start()
                let result = try await TestHub.with(port: hub.port, of: database, keyFile: hub.keyFile) {
                    try await body(hub, $0)
                }
                await hub.remove()
                return result
            } catch {
                Issue.record("the hub's log:\n\(hub.lastWords)")
                await hub.remove()
                throw error
            }
        }
    }

    /// - Parameter number: tells it from other hubs over the same database, whose
    ///   key file it shares.
    init(over database: TestDatabase, number: Int = 0, options: [String] = []) throws {
        self.database = database
        self.options = options
        let folder = FileManager.default.temporaryDirectory
        keyFile = folder.appendingPathComponent("\(database.name).keys").path
        log = folder.appendingPathComponent("\(database.name).\(number).log").path
        port = try Self.steadyPort()
    }

    /// Starts it; returns when it serves.
    func start() async throws {
        let binary = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appendingPathComponent("liankong").path
        let environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("LIANKONG_") }
        process = try ChildProcess.start(
            [
                binary, "serve", "--port", String(port), "--rate", "1000000", "--keys", keyFile, "--database-url",
                database.url,
            ] + options,
            output: log, appends: true, environment: environment)
        let port = port
        try await eventually("the hub serves") { Self.isOpen(port) }
    }

    /// Ends it without a warning, as a power cut would.
    func kill() async {
        process?.send(SIGKILL)
        _ = await end()
    }

    /// Asks it to stop.
    func terminate() {
        process?.send(SIGTERM)
    }

    /// Its process; nil when it does not run.
    var id: Int32? { process?.id }

    /// The memory it takes now, in bytes.
    func memory() throws -> Int {
        let id = process?.id ?? 0
        let status = try String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        guard let kilobytes = line?.split(separator: " ").dropFirst().compactMap({ Int($0) }).first else {
            throw NeverTrue(description: "the process \(id) tells its memory")
        }
        return kilobytes << 10
    }

    /// Waits until it has ended; nil when it does not run.
    func end() async -> ChildProcess.End? {
        defer { process = nil }
        return await process?.end()
    }

    /// Ends it and takes away its files.
    func remove() async {
        await kill()
        for file in [keyFile, log] { try? FileManager.default.removeItem(atPath: file) }
    }

    nonisolated var lastWords: String {
        let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").suffix(30).joined(separator: "\n")
    }

    /// Whether somebody listens at a port.
    static func isOpen(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        return withAddress(port) { connect(descriptor, $0, $1) == 0 }
    }

    /// A free port that no client is given by chance while the hub is down.
    private static func steadyPort() throws -> Int {
        for _ in 0..<100 {
            let port = Int.random(in: 15_000..<32_000)
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(descriptor) }
            if withAddress(port, { bind(descriptor, $0, $1) == 0 }) { return port }
        }
        throw NeverTrue(description: "a port is free")
    }

    private static func withAddress<Result>(
        _ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
