import CloudEvents

/// What a run has shown.
struct Report: Sendable {
    var seed: UInt64
    var rounds: [RoundResult] = []
    /// Faults that could not be made, with the reason.
    var impossible: [Fault: String] = [:]
    /// How often something was sent again, by the answer.
    var repetitions: [String: Int] = [:]
    var seconds = 0.0
    /// How many kinds of damage done on purpose the check was put to.
    var proofs = 0

    var findings: Int { rounds.reduce(0) { $0 + $1.findings.count } }

    /// The times until the rate was back, sorted, where the goal applies.
    private var recoveries: [Double] { rounds.filter(\.isRecoveryJudged).compactMap(\.recovery).sorted() }

    private func percentile(_ share: Double) -> Double? {
        recoveries.isEmpty ? nil : recoveries[min(recoveries.count - 1, Int(Double(recoveries.count) * share))]
    }

    private func counts(_ fault: Fault) -> Int {
        rounds.count { $0.faults.contains { $0.hasPrefix(fault.rawValue + " ") } }
    }

    private func total(_ value: (RoundResult) -> Int) -> Int { rounds.reduce(0) { $0 + value($1) } }

    /// The report as JSON.
    var jsonValue: JSONValue {
        var faults = JSONObject()
        for fault in Fault.allCases { faults[fault.rawValue] = .integer(Int64(counts(fault))) }
        var reasons = JSONObject()
        for (fault, reason) in impossible { reasons[fault.rawValue] = .string(reason) }
        var again = JSONObject()
        for (code, count) in repetitions { again[code] = .integer(Int64(count)) }
        return [
            "seed": .string(String(seed)),
            "rounds": .integer(Int64(rounds.count)),
            "findings": .integer(Int64(findings)),
            "events": .integer(Int64(total(\.events))),
            "signatures": .integer(Int64(total(\.signatures))),
            "deliveries": .integer(Int64(total(\.deliveries))),
            "steps": .integer(Int64(total(\.steps))),
            "seconds": .thousandths(seconds),
            "damageFound": .integer(Int64(proofs)),
            "recovery": [
                "measured": .integer(Int64(recoveries.count)), "median": .thousandths(percentile(0.5)),
                "p95": .thousandths(percentile(0.95)), "max": .thousandths(recoveries.last),
                "goal": .number(Round.recoveryGoal),
            ],
            "faults": .object(faults),
            "impossible": .object(reasons),
            "sentAgain": .object(again),
            "failed": .array(rounds.filter { !$0.findings.isEmpty }.map(\.jsonValue)),
        ]
    }

    /// The report in words.
    var text: String {
        func shown(_ value: Double?) -> String { value.map { RoundPlan.text(.seconds($0)) } ?? "–" }
        var lines = [
            "\(rounds.count) rounds, seed \(seed), \(Int(seconds)) s; findings 发现问题 \(findings)",
            "answered 已确认: \(total(\.events)) events, \(total(\.signatures)) signatures, "
                + "\(total(\.deliveries)) deliveries settled, \(total(\.steps)) steps of ladders",
            "rate back to 90 % after the database's return 恢复时间: median \(shown(percentile(0.5))), "
                + "p95 \(shown(percentile(0.95))), max \(shown(recoveries.last)), of \(recoveries.count) "
                + "(goal \(Int(Round.recoveryGoal)) s)",
            "faults 故障: "
                + Fault.allCases.filter { counts($0) > 0 }.map { "\($0.rawValue) \(counts($0))" }
                .joined(separator: ", "),
            "sent again 重发: "
                + repetitions.sorted { $0.value > $1.value }.map { "\($0.key) \($0.value)" }.joined(separator: ", "),
        ]
        if proofs > 0 { lines.append("damage done on purpose and found 验证检查: \(proofs) kinds") }
        for (fault, reason) in impossible.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            lines.append("not possible here 本机无法进行: \(fault.rawValue): \(reason)")
        }
        return lines.joined(separator: "\n")
    }
}
