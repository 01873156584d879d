import Foundation

/// Programs that are run and waited for.
enum Command {
    /// What a program prints; throws where it fails.
    static func output(of program: String, environment: [String: String] = [:], _ arguments: [String]) throws -> String
    {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let text = String(decoding: data, as: UTF8.self)
        guard process.terminationStatus == 0 else { throw BenchFailure("\(program) failed: \(text.suffix(600))") }
        return text
    }

    /// Tells who waits what goes on.
    static func progress(_ text: String) {
        FileHandle.standardError.write(Data("  \(text)\n".utf8))
    }
}
