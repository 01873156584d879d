import Foundation
import Synchronization

/// A program that the harness starts beside itself.
///
/// Not Foundation's `Process`: that one waits for everybody who inherited its
/// socket, and that is also a server which a child leaves behind.
final class Program: Sendable {
    /// How a program ended.
    enum End: Sendable, Hashable {
        case exited(Int32)
        case killed(signal: Int32)
    }

    let id: Int32
    /// How it ended, once that was seen.
    private let seen = Mutex<End?>(nil)

    private init(id: Int32) {
        self.id = id
    }

    /// Held while a program begins, and while a descriptor is made that none
    /// may inherit.
    static let beginning = Mutex(())

    /// Starts a program, looked for in PATH.
    ///
    /// - Parameters:
    ///   - output: a file that takes, at its end, what it prints and complains of.
    ///   - environment: beside the harness's own.
    static func start(
        _ command: [String], output: String, environment: [String: String] = [:],
    ) throws -> Program {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Every signal gets through: what this process blocks or ignores a child inherits.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigdefault(&attributes, &all)
        // A group of its own: Ctrl-C is for the harness, which ends what it started.
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))
        let variables = ProcessInfo.processInfo.environment
            .filter { !$0.key.hasPrefix("LIANKONG_") }
            .merging(environment) { _, new in new }
        let arguments = command.map { strdup($0) } + [nil]
        let texts = variables.map { strdup("\($0)=\($1)") } + [nil]
        defer { for text in arguments + texts { free(text) } }
        var id: pid_t = 0
        let status = beginning.withLock { _ in
            posix_spawnp(&id, command[0], &actions, &attributes, arguments, texts)
        }
        guard status == 0 else { throw ChaosFailure("\(command[0]) does not start: errno \(status)") }
        return Program(id: id)
    }

    /// Sends a signal; does nothing once its end was seen, because its number
    /// may be another process's by then.
    func send(_ signal: Int32) {
        seen.withLock { if $0 == nil { _ = kill(id, signal) } }
    }

    /// How it ended; nil while it runs.
    func poll() -> End? {
        seen.withLock { seen in
            if let seen { return seen }
            var status: Int32 = 0
            guard waitpid(id, &status, WNOHANG) == id else { return nil }
            let signal = status & 0x7F
            seen = signal == 0 ? .exited((status >> 8) & 0xFF) : .killed(signal: signal)
            return seen
        }
    }

    /// Waits for its end; kills it when that takes longer than it may.
    func end(within limit: Duration = .seconds(120)) async -> End {
        let deadline = ContinuousClock.now + limit
        while true {
            if let end = poll() { return end }
            if ContinuousClock.now > deadline { send(SIGKILL) }
            // Also when cancelled: what was started is seen to its end.
            await Pause.outlastingCancellation(milliseconds: 10)
        }
    }

    /// Runs a command to its end and returns what it printed.
    ///
    /// - Throws: what it printed, where it fails.
    @discardableResult
    static func run(
        _ command: [String], environment: [String: String] = [:], within limit: Duration = .seconds(120),
    ) async throws -> String {
        // A file, not a pipe: a server would hold a pipe open for ever.
        let output = FileManager.default.temporaryDirectory
            .appendingPathComponent("liankong-chaos.\(UInt64.random(in: 0 ... .max))").path
        defer { unlink(output) }
        let end = try await start(command, output: output, environment: environment).end(within: limit)
        let text = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
        guard end == .exited(0) else {
            throw ChaosFailure("\(command.joined(separator: " ")): \(end) \(text.suffix(600))")
        }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

/// Waiting that a cancelled task can do too, while it cleans up: its own sleep
/// would return at once, and the loop around it keep a thread from everybody.
enum Pause {
    static func outlastingCancellation(milliseconds: Int) async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(milliseconds)) { continuation.resume() }
        }
    }
}

/// Why the harness itself cannot go on.
struct ChaosFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
