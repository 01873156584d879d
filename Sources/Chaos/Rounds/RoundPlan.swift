/// Everything about a round that chance decides. The same seed and number give
/// the same plan, in whichever run.
struct RoundPlan: Sendable {
    let seed: UInt64
    let number: Int
    private(set) var faults: [PlannedFault]
    /// How long the load runs before the first fault.
    let calm: Duration
    let publishers: Int
    let signers: Int
    let workers: Int
    let sweepers: Int

    /// Bounds of what is drawn.
    struct Bounds: Sendable {
        var faults: [Fault]
        /// The longest time for which the database is stopped.
        var longestStop: Duration
        var hubs: Int
    }

    init(seed: UInt64, number: Int, bounds: Bounds) {
        self.seed = seed
        self.number = number
        var generator = SeededGenerator(seed: seed, UInt64(number), 1)
        calm = generator.milliseconds(1500...2200)
        publishers = generator.number(4...7)
        signers = generator.number(3...6)
        workers = generator.number(2...4)
        sweepers = generator.number(1...2)
        var bag = bounds.faults.flatMap { Array(repeating: $0, count: $0.weight) }
        var planned: [PlannedFault] = []
        var away = false
        for _ in 0..<generator.number(1...3) where !bag.isEmpty {
            let fault = bag[generator.number(0...(bag.count - 1))]
            bag.removeAll { $0 == fault }
            // Two hands on one server would undo each other's work.
            if fault.takesDatabaseAway {
                if away, fault != .backendsTerminated { continue }
                away = true
            }
            planned.append(
                PlannedFault(
                    fault: fault, at: generator.milliseconds(0...1200),
                    length: Self.length(of: fault, bounds, &generator), hub: generator.number(0...(bounds.hubs - 1)),
                    choice: generator.next()))
        }
        faults = planned.sorted { $0.at < $1.at }
    }

    private static func length(of fault: Fault, _ bounds: Bounds, _ generator: inout SeededGenerator) -> Duration {
        switch fault {
        case .hubKilled: generator.milliseconds(100...2000)
        // Consumers' leases last one second.
        case .hubStopped: generator.milliseconds(1300...3000)
        case .databaseKilled: generator.milliseconds(50...1000)
        case .databaseStopped:
            generator.once(in: 12) ? bounds.longestStop : min(generator.milliseconds(1000...4000), bounds.longestStop)
        case .backendsTerminated, .answerLost: generator.milliseconds(500...1500)
        case .networkStalled, .networkCut: generator.milliseconds(1000...4000)
        case .diskFull: generator.milliseconds(1000...2500)
        case .hubClockJumps: generator.milliseconds(800...2000)
        case .hubRestarted, .databaseRestarted, .databaseClockJumps, .countyClockJumps: .zero
        case .longTransaction: .seconds(3)
        }
    }

    /// Leaves out what cannot be done on this machine; the rest stays as it was
    /// drawn.
    mutating func leaveOut(_ impossible: Set<Fault>) {
        faults.removeAll { impossible.contains($0.fault) }
    }

    /// A duration as the history shows it.
    static func text(_ duration: Duration) -> String {
        "\((duration.inSeconds * 1000).rounded() / 1000) s"
    }
}
