import Foundation
import Synchronization

/// A program that a test runs beside itself.
///
/// Not Foundation's `Process`: that one waits for everybody who inherited its
/// socket, and that is also a server which a child leaves behind.
package final class ChildProcess: Sendable {
    /// How a process ended.
    package enum End: Sendable, Hashable {
        case exited(Int32)
        case killed(signal: Int32)
    }

    /// The program does not start.
    package struct Failure: Error, CustomStringConvertible {
        package var description: String
    }

    /// The process's id, until ``end()`` has returned.
    package let id: Int32
    /// How it ended, once it was waited for.
    private let seen = Mutex<End?>(nil)

    private init(id: Int32) {
        self.id = id
    }

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - command: the program, looked for in PATH, and its arguments.
    ///   - output: a file that takes what it prints and what it complains of.
    ///   - appends: whether the file keeps what it holds.
    ///   - environment: instead of the test's own.
    package static func start(
        _ command: [String], output: String, appends: Bool = false, environment: [String: String]? = nil,
    ) throws -> ChildProcess {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(
            &actions, 1, output, O_WRONLY | O_CREAT | (appends ? O_APPEND : O_TRUNC), 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        // Tests side by side hold thousands of sockets; a server that inherits them has none left for itself.
        _ = addCloseFrom(&actions, 3)
        var attributes = Self.freshSignals()
        defer { posix_spawnattr_destroy(&attributes) }
        let arguments = command.map { strdup($0) } + [nil]
        let variables = environment?.map { strdup("\($0)=\($1)") }
        defer {
            for text in arguments { free(text) }
            for text in variables ?? [] { free(text) }
        }
        var id: pid_t = 0
        let status =
            if let variables {
                posix_spawnp(&id, command[0], &actions, &attributes, arguments, variables + [nil])
            } else {
                posix_spawnp(&id, command[0], &actions, &attributes, arguments, environ)
            }
        guard status == 0 else { throw Failure(description: "\(command[0]) does not start: errno \(status)") }
        return ChildProcess(id: id)
    }

    /// Attributes of a program to which every signal gets through: the threads
    /// tests run on block most of them, a test run in the background ignores
    /// SIGINT, and a child inherits both.
    private static func freshSignals() -> posix_spawnattr_t {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        return attributes
    }

    /// Sends a signal; does nothing once its end was seen, because its number
    /// may be another process's by then.
    package func send(_ signal: Int32) {
        seen.withLock { if $0 == nil { _ = kill(id, signal) } }
    }

    /// Waits until the process has ended.
    package func end() async -> End {
        await withCheckedContinuation { continuation in
            // A thread that may block.
            DispatchQueue.global().async { [self] in
                // Its number stays its own until nobody signals it any more.
                var info = siginfo_t()
                while waitid(P_PID, id_t(id), &info, WEXITED | WNOWAIT) == -1, errno == EINTR {}
                continuation.resume(returning: seen.withLock { $0 ?? take(&$0) })
            }
        }
    }

    private func take(_ seen: inout End?) -> End {
        var status: Int32 = 0
        while waitpid(id, &status, 0) == -1, errno == EINTR {}
        let signal = status & 0x7F
        let end: End = signal == 0 ? .exited((status >> 8) & 0xFF) : .killed(signal: signal)
        seen = end
        return end
    }
}

/// In the C library since 2.34, and not in its headers as they are read here.
@_silgen_name("posix_spawn_file_actions_addclosefrom_np")
private func addCloseFrom(_ actions: UnsafeMutablePointer<posix_spawn_file_actions_t>, _ from: Int32) -> Int32
