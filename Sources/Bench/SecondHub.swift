import Foundation

/// A second process of the hub over the same database, for as long as it is
/// measured: an idle one would take its share of the other scenarios.
struct SecondHub {
    /// The command `liankong`; database and keys come from the environment.
    let command: String
    /// Where it writes its address.
    let folder: String

    /// Runs something beside a second hub.
    func running<Result>(_ body: (_ port: UInt16, _ process: Int32) throws -> Result) throws -> Result {
        let address = "\(folder)/second-address"
        try? FileManager.default.removeItem(atPath: address)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: command)
        process.arguments = [
            "serve", "--port", "0", "--rate", "1000000", "--log-level", "error", "--address-file", address,
        ]
        process.standardInput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        // For deploy/bench, should this process be killed.
        let pidFile = "\(folder)/second-pid"
        try? Data("\(process.processIdentifier)\n".utf8).write(to: URL(fileURLWithPath: pidFile))
        defer {
            process.terminate()
            process.waitUntilExit()
            try? FileManager.default.removeItem(atPath: pidFile)
        }
        for _ in 0..<600 where process.isRunning {
            if let text = try? String(contentsOfFile: address, encoding: .utf8),
                let port = text.split(separator: ":").last.flatMap({
                    UInt16($0.trimmingCharacters(in: .whitespacesAndNewlines))
                })
            {
                return try body(port, process.processIdentifier)
            }
            Thread.sleep(forTimeInterval: 0.1)
        }
        throw BenchFailure("the second hub did not start")
    }
}
