import Foundation

/// The floor: the same durable facts written by plain SQL through pgbench, into
/// a database of its own with the hub's own tables.
struct Floor {
    let databaseURL: String
    let pgbench: String
    /// Holds `publish.sql`, `sign.sql`, `settle.sql`.
    let scripts: String
    let seconds: Int

    /// Transactions a second of a script. The server is at rest again when this
    /// returns.
    func run(_ script: String, clients: Int, variables: [String: Int] = [:]) throws -> Double {
        var arguments = [
            "--no-vacuum", "--protocol=prepared", "--client=\(clients)", "--jobs=\(min(clients, 2))",
            "--time=\(seconds)", "--file=\(scripts)/\(script)",
        ]
        for (name, value) in variables.sorted(by: { $0.key < $1.key }) { arguments.append("--define=\(name)=\(value)") }
        arguments.append(databaseURL)
        let output = try Self.output(of: pgbench, arguments)
        guard let line = output.split(separator: "\n").first(where: { $0.hasPrefix("tps = ") }),
            let rate = Double(line.dropFirst(6).prefix { $0.isNumber || $0 == "." })
        else { throw BenchFailure("pgbench said: \(output.suffix(600))") }
        _ = try Self.output(
            of: pgbench,
            ["--no-vacuum", "--client=1", "--transactions=1", "--file=\(scripts)/settle.sql", databaseURL])
        return rate
    }

    /// What a program prints; throws where it fails.
    private static func output(of program: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
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
}
