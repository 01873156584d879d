import CloudEvents
import Foundation

/// All rounds of a run.
struct ChaosRun: Sendable {
    let places: Places
    let seed: UInt64
    let first: Int
    let rounds: Int
    let faults: [Fault]
    let longestStop: Duration
    let hubs: Int
    let pace: Double
    /// How many rounds one database serves.
    let every: Int
    let provesChecker: Bool

    static func tell(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }

    /// Runs them and cleans up, also when it is cancelled.
    func execute() async throws -> Report {
        let sample = try readSample()
        Self.clear(places.state)
        Self.tell("making a cluster and \(hubs) hubs, seed \(seed) 正在准备，随机种子\(seed)")
        let field = try await Field.make(places, hubs: hubs, usesNetwork: hubs > 1)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            for hub in field.hubs { group.addTask { await hub.supervise() } }
            do {
                let report = try await execute(field, sample)
                await field.remove()
                return report
            } catch {
                await field.remove()
                throw error
            }
        }
    }

    private func execute(_ field: Field, _ sample: JSONValue) async throws -> Report {
        let began = ContinuousClock.now
        var report = Report(seed: seed)
        report.impossible = field.impossible.filter { faults.contains($0.key) }
        for (fault, reason) in report.impossible { Self.tell("  without \(fault.rawValue): \(reason)") }
        // What a round draws must not depend on the machine: what cannot be done
        // there is left out after drawing.
        let bounds = RoundPlan.Bounds(faults: faults, longestStop: longestStop, hubs: hubs)
        let last = first + rounds - 1
        for (number, begin) in stride(from: first, through: last, by: every).enumerated() {
            let generation = try await Generation.make(field, number: number, sample: sample)
            let results = try await generation.run {
                var results: [RoundResult] = []
                for round in begin...min(begin + every - 1, last) {
                    var plan = RoundPlan(seed: seed, number: round, bounds: bounds)
                    plan.leaveOut(Set(report.impossible.keys))
                    let result = try await Round(plan: plan, generation: generation, pace: pace)
                        .run(provesChecker: provesChecker && round == last)
                    tell(result)
                    results.append(result)
                }
                return results
            }
            report.rounds += results
            for (code, count) in generation.ledger.whole.repetitions {
                report.repetitions[code, default: 0] += count
            }
            let findings = await generation.end()
            if !findings.isEmpty, !report.rounds.isEmpty {
                report.rounds[report.rounds.count - 1].findings += findings
                for finding in findings { Self.tell("  FOUND 发现 \(finding)") }
            }
            if results.allSatisfy(\.findings.isEmpty), begin + every <= last {
                // What nobody will read; the ledgers of failures stay, and the last one.
                try? FileManager.default.removeItem(atPath: places.state + "/ledger-\(number).jsonl")
            }
        }
        if provesChecker, report.findings == 0 { report.proofs = Spoiling.allCases.count }
        report.seconds = began.duration(to: .now).inSeconds
        return report
    }

    // MARK: - Telling

    private func tell(_ result: RoundResult) {
        keep(history: result)
        let recovery = result.recovery.map { ", back after \(RoundPlan.text(.seconds($0)))" } ?? ""
        Self.tell(
            "round \(result.number): \(result.faults.map { String($0.prefix { $0 != " " }) }.joined(separator: " ")); "
                + "\(result.events) events, \(result.signatures) signatures, \(result.deliveries) deliveries, "
                + "\(result.steps) steps; \(Int(result.rate))/s\(recovery); \(RoundPlan.text(.seconds(result.seconds)))"
        )
        guard !result.findings.isEmpty else { return }
        for finding in result.findings { Self.tell("  FOUND 发现 \(finding)") }
        Self.tell("  again 重现: deploy/chaos --seed \(seed) --from \(result.number) --rounds 1")
        Self.tell("  logs and ledger 日志与账册: \(places.state)")
        for line in result.faults { Self.tell("    planned \(line)") }
        for line in result.history { Self.tell("    \(line)") }
        let file = places.state + "/round-\(result.number).json"
        try? Data(result.jsonValue.encodedBytes()).write(to: URL(fileURLWithPath: file))
    }

    /// The history of every round, also of those in which nothing was found.
    private func keep(history result: RoundResult) {
        let lines =
            ["round \(result.number)"] + result.faults.map { "  planned \($0)" } + result.history.map { "  " + $0 }
        let descriptor = open(places.state + "/history.txt", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        let bytes = Array((lines.joined(separator: "\n") + "\n").utf8)
        _ = write(descriptor, bytes, bytes.count)
        close(descriptor)
    }

    private func readSample() throws -> JSONValue {
        let path = places.county + "/samples/01-illegal-child-labour.json"
        guard let data = FileManager.default.contents(atPath: path),
            case .success(let sample) = JSONReader.read(Array(data))
        else { throw ChaosFailure("the sample \(path) cannot be read") }
        return sample
    }

    /// Removes what an earlier run left to read.
    private static func clear(_ folder: String) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        where name.hasPrefix("ledger-") || name.hasPrefix("round-") || name.hasPrefix("hub-") || name == "history.txt" {
            try? FileManager.default.removeItem(atPath: folder + "/" + name)
        }
    }
}
