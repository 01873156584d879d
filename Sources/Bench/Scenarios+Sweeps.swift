import CloudEvents
import Foundation

/// Sweeps are measured in a county of their own: the events of the other
/// scenarios would fall due with them.
extension Scenarios {
    /// How many times all steps fall due, each time the next of the ladder.
    private static let passes = 3

    /// Puts open duties there: so many with nothing due for long, and so many
    /// that fall due together.
    func prepareSweeps(idle: Int64, due: Int64) throws {
        let session = accounting.session
        let receipt = try publishOne("sweep", in: .sweep)
        guard let position = receipt["position"]?.stringValue.flatMap({ Int64($0) }) else {
            throw BenchFailure("a receipt has no position")
        }
        try session.query("SELECT bench.keep_event('sweep', \(position))")
        try session.query("\\i \(scripts)/sweep.sql")
        let begin = Monotonic.now
        try session.query("SELECT bench.open_duties(\(idle), \(due)) \\gexec")
        try session.query("VACUUM (ANALYZE)")
        try session.query("CHECKPOINT")
        Command.progress("\(idle + due) open duties after \((Monotonic.now - begin) / 1_000_000_000) s")
    }

    /// Nothing is due.
    func sweepIdle(_ duties: Int64) throws -> Measurement {
        var line = Measurement("sweep-idle-1m", "sweep with nothing due among \(duties) open duties", unit: "sweeps")
        line.goal = Goal(p99: 5)
        let request = try hub.requests(with: "admin", in: .sweep).post("/v1/sweeps", body: Array("{}".utf8))
        let nothing = Array("\"stepsFired\":0,".utf8)
        try measure(&line) {
            try load(1, warmUp: 1).run(
                next: {
                    $0.append(contentsOf: request)
                    return true
                },
                answered: { body in
                    guard ByteSearch.find(nothing, in: body) != nil else { throw BenchFailure("a step was due") }
                })
        }
        return line
    }

    /// All of them are due at once: the step, the next timer, a reminder each.
    func sweepDue(_ steps: Int64) throws -> Measurement {
        var line = Measurement(
            "sweep-100k", "sweep with \(steps) steps due, the middle and the longest of \(Self.passes)", unit: "steps")
        line.goal = Goal(p99: 5_000)
        let admin = try hub.requests(with: "admin", in: .sweep)
        try measure(&line) {
            var result = LoadResult()
            for _ in 0..<Self.passes {
                guard let due = try nextDue() else { throw BenchFailure("no step falls due") }
                let request = admin.post("/v1/sweeps", body: Array("{\"asOf\":\"\(due)\"}".utf8))
                let begin = Monotonic.now
                let answer = try hub.exchange(request, patience: 600)
                result.latencies.append(Monotonic.now - begin)
                let fired = answer["stepsFired"]?.integerValue ?? 0
                guard fired >= steps else { throw BenchFailure("\(fired) of \(steps) steps fired") }
                result.total += Int(fired)
            }
            return result
        }
        if let median = line.p50, median > 0 { line.rate = Double(steps) / median * 1000 }
        return line
    }

    private func nextDue() throws -> String? {
        try accounting.session.query(
            """
            SELECT to_char((min(due) + interval '1 second') AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
            FROM hub.timer WHERE county = (SELECT id FROM hub.county WHERE key = 'sweep') AND duty > 500000000000
            """
        ).first?.first
    }
}
