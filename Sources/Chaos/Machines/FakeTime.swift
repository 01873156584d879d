import Foundation

/// libfaketime, where it is installed: shows a program another wall clock than
/// the machine's, and leaves the monotonic one alone
/// (https://github.com/wolfcw/libfaketime).
struct FakeTime: Sendable {
    let library: String
    /// Leads the names of what is shared with programs.
    private let label: String

    /// The library of Debian's package `faketime`; nil where it is missing.
    ///
    /// - Parameter home: a run's folder, by whose name what it shares is found.
    static func installed(home: String) -> FakeTime? {
        let roots = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib", "/usr/local/lib"]
        return roots.map { $0 + "/faketime/libfaketime.so.1" }
            .first { FileManager.default.fileExists(atPath: $0) }.map {
                FakeTime(library: $0, label: URL(fileURLWithPath: home).lastPathComponent)
            }
    }

    /// The environment of a program whose clock is ahead by so much for good.
    ///
    /// - Parameter name: of the program; one runs at a time.
    func environment(of name: String, ahead seconds: Int) throws -> [String: String] {
        try common(name).merging(["FAKETIME": Self.text(seconds)]) { $1 }
    }

    /// The environment of a program that reads from a file, every second, how
    /// far its clock is ahead.
    func environment(of name: String, following file: String) throws -> [String: String] {
        try common(name).merging(["FAKETIME_TIMESTAMP_FILE": file, "FAKETIME_CACHE_DURATION": "1"]) { $1 }
    }

    /// Sets the clock of programs that follow a file.
    static func set(_ file: String, ahead seconds: Int) throws {
        try Data((text(seconds) + "\n").utf8).write(to: URL(fileURLWithPath: file), options: .atomic)
    }

    /// Removes what was shared with a program.
    func forget(_ name: String) {
        for file in [semaphore(name), share(name)] { unlink(Self.memory + file) }
    }

    // MARK: -

    private static let memory = "/dev/shm/"

    private func semaphore(_ name: String) -> String { "sem.\(label)-\(name)" }
    private func share(_ name: String) -> String { "\(label)-\(name)" }

    /// What the library shares between the processes of one program is made
    /// here, afresh: made by itself it would move the environment, where Swift
    /// looks for the program's arguments, and one that is killed would leave it
    /// behind, perhaps locked.
    private func common(_ name: String) throws -> [String: String] {
        forget(name)
        var semaphore = sem_t()
        sem_init(&semaphore, 1, 1)
        try Self.write(withUnsafeBytes(of: &semaphore) { Array($0) }, to: self.semaphore(name))
        // Two counters, then instants that are not set: -1 s, 0 ns.
        let unset = [UInt8](repeating: 0xFF, count: 8) + [UInt8](repeating: 0, count: 8)
        let instants = Array(repeating: unset, count: 8).flatMap { $0 }
        try Self.write([UInt8](repeating: 0, count: 16) + instants, to: share(name))
        return [
            "LD_PRELOAD": library, "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_SHARED": "/\(self.semaphore(name).dropFirst(4)) /\(share(name))",
        ]
    }

    private static func write(_ bytes: [UInt8], to name: String) throws {
        let descriptor = open(memory + name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0, Glibc.write(descriptor, bytes, bytes.count) == bytes.count else {
            throw ChaosFailure("\(memory)\(name) cannot be written: errno \(errno)")
        }
        // The server may run as another account.
        fchmod(descriptor, 0o666)
        close(descriptor)
    }

    private static func text(_ seconds: Int) -> String { seconds < 0 ? "\(seconds)" : "+\(seconds)" }
}
