import CloudEvents
import Synchronization

/// What was done in a round and when, so that a failure can be read.
final class History: Sendable {
    private let began = ContinuousClock.now
    private let lines = Mutex<[String]>([])

    func note(_ text: String) {
        let line = "\(RoundPlan.text(began.duration(to: .now))) \(text)"
        lines.withLock { $0.append(line) }
    }

    var all: [String] { lines.withLock { $0 } }
}

/// What came of a round.
struct RoundResult: Sendable {
    var number: Int
    var faults: [String]
    var history: [String]
    var findings: [String]
    /// Events that were answered.
    var events = 0
    var signatures = 0
    var deliveries = 0
    var steps = 0
    /// Events a second before the first fault.
    var rate = 0.0
    /// From the database's return until nine tenths of that rate, in seconds;
    /// nil where it did not go away, or never came back to it.
    var recovery: Double?
    /// Whether the database alone was at fault, so that the goal applies.
    var isRecoveryJudged = false
    var seconds = 0.0

    var jsonValue: JSONValue {
        return [
            "round": .integer(Int64(number)),
            "faults": .array(faults.map { .string($0) }),
            "findings": .array(findings.map { .string($0) }),
            "history": .array(findings.isEmpty ? [] : history.map { .string($0) }),
            "events": .integer(Int64(events)),
            "signatures": .integer(Int64(signatures)),
            "deliveries": .integer(Int64(deliveries)),
            "steps": .integer(Int64(steps)),
            "eventsPerSecond": .thousandths(rate),
            "recoverySeconds": .thousandths(recovery),
            "recoveryJudged": .bool(isRecoveryJudged),
            "seconds": .thousandths(seconds),
        ]
    }
}

extension JSONValue {
    /// A number with three digits after the point; null without one.
    static func thousandths(_ value: Double?) -> JSONValue {
        value.map { .number(($0 * 1000).rounded() / 1000) } ?? .null
    }
}
