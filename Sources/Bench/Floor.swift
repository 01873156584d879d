import Foundation

/// The floor: the same durable facts written by plain SQL through pgbench, into
/// a database of its own with the hub's own tables.
struct Floor {
    let databaseURL: String
    let pgbench: String
    /// Where the scripts are written.
    let folder: String
    /// Holds `settle.sql`.
    let scripts: String
    let seconds: Int
    let accounting: Accounting

    /// What the floor reached.
    struct Result {
        /// A second, of what is counted.
        var rate: Double
        var cost: Accounting.Cost
    }

    /// Keeps a script to be run.
    func write(_ script: String, text: String) throws {
        try Data((text + "\n").utf8).write(to: URL(fileURLWithPath: "\(folder)/\(script)"))
    }

    /// Seconds that are not counted: connections begin, statements are planned.
    private static let warmUp = 2

    /// Runs a script; the server is at rest again when this returns.
    ///
    /// - Parameter events: how many of what is counted a transaction has.
    func run(_ script: String, clients: Int, events: Int = 1) throws -> Result {
        let start = try accounting.reading()
        let output = try Command.output(
            of: pgbench,
            // One plan for all: planning anew would cost more than the rows.
            environment: ["PGOPTIONS": "-c plan_cache_mode=force_generic_plan"],
            [
                "--no-vacuum", "--protocol=prepared", "--client=\(clients)", "--jobs=\(min(clients, 2))",
                "--time=\(seconds + Self.warmUp)", "--progress=1", "--file=\(folder)/\(script)",
                "--define=events=\(events)", databaseURL,
            ])
        guard let rate = Self.rate(in: output),
            let transactions = Self.number(after: "number of transactions actually processed: ", in: output)
        else { throw BenchFailure("pgbench said: \(output.suffix(600))") }
        let cost = try accounting.cost(since: start, events: Int(transactions) * events)
        try settle()
        return Result(rate: rate * Double(events), cost: cost)
    }

    /// Leaves nothing to be done for when the hub is measured.
    func settle() throws {
        _ = try Command.output(
            of: pgbench,
            ["--no-vacuum", "--client=1", "--transactions=1", "--file=\(scripts)/settle.sql", databaseURL])
    }

    /// Transactions a second after the warm-up, from what pgbench tells each second.
    private static func rate(in text: String) -> Double? {
        let rates = text.split(separator: "\n").filter { $0.hasPrefix("progress: ") }.compactMap { line in
            line.split(separator: ",").dropFirst().first.flatMap { Double($0.dropFirst().prefix { $0 != " " }) }
        }
        guard rates.count > warmUp else { return nil }
        return rates.dropFirst(warmUp).reduce(0, +) / Double(rates.count - warmUp)
    }

    private static func number(after mark: String, in text: String) -> Double? {
        text.split(separator: "\n").first { $0.hasPrefix(mark) }
            .flatMap { Double($0.dropFirst(mark.count).prefix { $0.isNumber || $0 == "." }) }
    }
}
