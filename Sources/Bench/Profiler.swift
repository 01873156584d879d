import Foundation

/// Records where hub and database spend their time while a scenario runs; the
/// work is deploy/floor/profile.sh's.
final class Profiler {
    /// Where the lists of symbols go.
    let folder: String
    private let script: String
    private let hub: Int32
    private let postmaster: Int32
    private let seconds: Int
    private var process: Process?

    /// - Throws: ``BenchFailure`` where the server's processes are not found.
    init(folder: String, scripts: String, accounting: Accounting, seconds: Double) throws {
        guard let hub = accounting.hubs.first,
            let backend = try accounting.session.query("SELECT pg_backend_pid()").first?.first.flatMap({ Int32($0) }),
            let postmaster = ProcessTimes(of: backend)?.parent
        else { throw BenchFailure("there is no process to profile") }
        self.folder = folder
        self.hub = hub
        self.postmaster = postmaster
        self.seconds = max(1, Int(seconds) - 2)
        script = "\(scripts)/profile.sh"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    /// Begins to record, past the warm-up.
    func begin(_ name: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = [script, folder, name, "\(hub)", "\(postmaster)", "\(seconds)"]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.standardError
        try process.run()
        self.process = process
    }

    /// Waits until it is written down.
    func end() {
        process?.waitUntilExit()
        if let status = process?.terminationStatus, status != 0 {
            Command.progress("\(script) failed with status \(status): the profile is not whole")
        }
        process = nil
    }
}
