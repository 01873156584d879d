import CloudEvents
import HubClient
import Synchronization

/// What a simulation has done so far, of all counties together.
final class LoadTally: Sendable {
    /// The counts.
    struct Counts: Sendable {
        var stored = 0
        var duplicates = 0
        var refused = 0
        var duties = 0
        var signed = 0
        var settled = 0
        /// Commands that came too late: somebody else had acted.
        var commandsRefused = 0
        var sweeps = 0
        var steps = 0
        /// Simulated hours, of all counties.
        var hours = 0
        /// How far the slowest county is.
        var clocks: [String: Timestamp] = [:]
        var firstRefusal: HubProblem?
    }

    let hours: Int
    private let started = ContinuousClock.now
    private let counts = Mutex(Counts())

    /// - Parameter hours: how many there are to be simulated, of all counties.
    init(hours: Int) {
        self.hours = hours
    }

    func add(_ change: (inout Counts) -> Void) {
        counts.withLock { change(&$0) }
    }

    var now: Counts { counts.withLock { $0 } }

    var seconds: Double {
        let elapsed = (ContinuousClock.now - started).components
        return Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18
    }

    private func rate(_ number: Int) -> Int64 { Int64((Double(number) / max(seconds, 0.001)).rounded()) }

    /// One line of how it goes.
    var progress: String {
        let counts = now
        let share = hours == 0 ? 100 : counts.hours * 100 / hours
        let clock = counts.clocks.values.min().map { " · \($0.beijingText)" } ?? ""
        return "\(share)%\(clock) · events 事件 \(counts.stored) (\(rate(counts.stored))/s)"
            + " · duties 交办 \(counts.duties) · signed 签收 \(counts.signed) · settled 办结 \(counts.settled)"
            + " · steps 催办 \(counts.steps) · refused 拒收 \(counts.refused)"
    }

    /// The summary for a script.
    func json(counties: Int, days: Int, first: String, isComplete: Bool) -> JSONValue {
        let counts = now
        return [
            "counties": .integer(Int64(counties)), "days": .integer(Int64(days)), "from": .string(first),
            "complete": .bool(isComplete),
            "events": [
                "stored": .integer(Int64(counts.stored)), "duplicates": .integer(Int64(counts.duplicates)),
                "refused": .integer(Int64(counts.refused)),
            ],
            "duties": [
                "made": .integer(Int64(counts.duties)), "signed": .integer(Int64(counts.signed)),
                "settled": .integer(Int64(counts.settled)), "refused": .integer(Int64(counts.commandsRefused)),
            ],
            "sweeps": ["made": .integer(Int64(counts.sweeps)), "stepsFired": .integer(Int64(counts.steps))],
            "seconds": .integer(Int64(seconds.rounded())),
            "eventsPerSecond": .integer(rate(counts.stored)),
            "firstRefusal": counts.firstRefusal?.json ?? .null,
        ]
    }

    /// The summary for people.
    func printSummary(counties: Int, days: Int, first: String, isComplete: Bool) {
        let counts = now
        var table = TextTable(["", "count 数量", "a second 每秒"])
        for (name, number) in [
            ("events stored 事件入库", counts.stored), ("known before 此前已有", counts.duplicates),
            ("events refused 事件被拒", counts.refused), ("duties 交办事项", counts.duties),
            ("signed 签收", counts.signed), ("settled 办结", counts.settled),
            ("commands refused 操作被拒", counts.commandsRefused), ("sweeps 扫描", counts.sweeps),
            ("steps fired 触发", counts.steps),
        ] {
            table.append([name, "\(number)", "\(rate(number))"])
        }
        print(
            "\(Words.count(counties, "county", "counties")), \(Words.count(days, "day", "days")) from \(first) "
                + "in \(Int(seconds.rounded())) s" + (isComplete ? "" : " — not to the end 未至末尾"))
        table.print(indent: 2)
        if let problem = counts.firstRefusal {
            print("the first refusal 首个被拒:")
            for line in ProblemText.lines(problem) { print("  " + line) }
        }
    }
}
