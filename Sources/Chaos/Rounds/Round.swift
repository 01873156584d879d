import CloudEvents
import HubClient
import PostgresClient

/// One round: load, faults, recovery, rest, and the comparison.
struct Round: Sendable {
    let plan: RoundPlan
    let generation: Generation
    /// Events a second of the load.
    let pace: Double
    private let history = History()

    /// How soon the rate must be back, and what counts as back.
    static let recoveryGoal = 5.0
    private static let share = 0.9
    /// How long the rate is waited for at the most.
    private static let recoveryLimit = Duration.seconds(20)
    /// How often it is told what the database waits for, while the rate is low.
    private static let lookInterval = Duration.seconds(2)
    private static let drainLimit = Duration.seconds(30)

    init(plan: RoundPlan, generation: Generation, pace: Double) {
        self.plan = plan
        self.generation = generation
        self.pace = pace
    }

    private var ledger: Ledger { generation.ledger }
    private var field: Field { generation.field }

    /// Carries it out.
    ///
    /// - Parameter provesChecker: whether damage is done on purpose afterwards,
    ///   which the checker must find.
    func run(provesChecker: Bool = false) async throws -> RoundResult {
        let began = ContinuousClock.now
        let before = ledger.whole
        var result = RoundResult(
            number: plan.number, faults: plan.faults.map(\.description), history: [], findings: [])
        try await loadWithFaults(&result)
        if provesChecker { try await makeStepsDue() }
        let lastEntries = try await rest()
        let book = ledger.whole
        result.findings += ledger.takeFindings()
        result.findings += field.hubs.flatMap { $0.surprises() }
        try await field.cluster.session(in: generation.database) { session in
            let checker = Checker(book: book, lastEntries: lastEntries)
            result.findings += try await checker.findings(session)
            guard provesChecker else { return }
            result.findings += try await Spoiling.unnoticed(by: checker, session)
                .map { "damage done on purpose was not found: \($0)" }
        }
        result.history = history.all
        result.events = book.stored.count - before.stored.count
        result.signatures = book.signatures.count - before.signatures.count
        result.deliveries = Self.settled(book) - Self.settled(before)
        result.steps = book.stepsFired - before.stepsFired
        result.seconds = began.duration(to: .now).inSeconds
        return result
    }

    private static func settled(_ book: Ledger.Book) -> Int {
        book.consumers.values.reduce(0) { $0 + $1.settled.count }
    }

    // MARK: - Load

    private func loadWithFaults(_ result: inout RoundResult) async throws {
        ledger.rate.reset()
        let off = Switch()
        let measured = try await withThrowingTaskGroup(of: Void.self) { group in
            addLoad(&group, until: { off.isOff })
            // Whatever happens, the load ends and is waited for.
            defer { off.turnOff() }
            let measured = try await injectFaults()
            off.turnOff()
            try await group.waitForAll()
            return measured
        }
        result.rate = measured.rate
        result.recovery = measured.recovery
        result.isRecoveryJudged = measured.isJudged
        result.findings += measured.findings
    }

    private func addLoad(
        _ group: inout ThrowingTaskGroup<Void, any Error>, until isOver: @escaping @Sendable () -> Bool
    ) {
        func generator(_ kind: UInt64, _ index: Int) -> SeededGenerator {
            SeededGenerator(seed: plan.seed, UInt64(plan.number), kind, UInt64(index))
        }
        for index in 0..<plan.publishers {
            var speaker = generation.publisher
            speaker.isPatient = !index.isMultiple(of: 2)
            var publisher = Publisher(
                name: "r\(plan.number)p\(index)", speaker: speaker, ledger: ledger, sample: generation.sample,
                queue: generation.queue, pace: pace / Double(plan.publishers), generator: generator(2, index))
            group.addTask { await publisher.work(until: isOver) }
        }
        for index in 0..<plan.signers {
            var signer = Signer(
                name: "r\(plan.number)s\(index)", officers: generation.officers, ledger: ledger,
                queue: generation.queue, generator: generator(3, index))
            group.addTask { await signer.work(until: isOver) }
        }
        for (kind, consumer) in SharedConsumer.all.enumerated() {
            guard let speaker = generation.workers[consumer.name] else { continue }
            for index in 0..<plan.workers {
                var worker = ConsumerWorker(
                    consumer: consumer, speaker: speaker, ledger: ledger, generator: generator(4 + UInt64(kind), index))
                group.addTask { await worker.work(until: isOver) }
            }
        }
        for index in 0..<plan.sweepers {
            var sweeper = SweepCaller(speaker: generation.sweeper, ledger: ledger, generator: generator(9, index))
            group.addTask { await sweeper.work(until: isOver) }
        }
    }

    // MARK: - Faults and recovery

    private struct Measured {
        var rate = 0.0
        var recovery: Double?
        var isJudged = false
        var findings: [String] = []
    }

    private func injectFaults() async throws -> Measured {
        history.note("load average \(Machine.loadAverage), \(Machine.cores) cores")
        history.note("load: \(plan.publishers) publishers, \(plan.signers) signers, \(plan.workers) workers each")
        let warm = ContinuousClock.now + .milliseconds(300)
        try await Task.sleep(for: plan.calm)
        var measured = Measured()
        measured.rate = ledger.rate.rate(from: warm, to: .now)
        let injector = Injector(field: field, database: generation.database, history: history)
        try await injector.carryOut(plan)
        let over = ContinuousClock.now
        let missing = await field.awaitHubs(within: .seconds(30))
        if !missing.isEmpty { measured.findings.append("hubs \(missing) do not serve 30 s after the last fault") }
        let wanted = min(measured.rate, pace) * Self.share
        let back = injector.databaseReturn
        var recovery: Duration?
        var looksAt = over + Self.lookInterval
        repeat {
            try await Task.sleep(for: .milliseconds(100))
            recovery = ledger.rate.recovery(after: back ?? over, to: wanted)
            if recovery == nil, ContinuousClock.now > looksAt {
                looksAt += Self.lookInterval
                for line in await field.look(at: generation.database) { history.note(line) }
            }
        } while recovery == nil && over.duration(to: .now) < Self.recoveryLimit
        let told = recovery.map { "after \(RoundPlan.text($0))" } ?? "not within \(Self.recoveryLimit.inSeconds) s"
        history.note("the rate is back at \(Int(wanted)) events/s: \(told)")
        if recovery == nil, !Machine.isBusy {
            measured.findings.append("the rate did not come back to \(Int(wanted)) events/s")
        }
        guard back != nil else { return measured }
        measured.recovery = recovery?.inSeconds
        // A client whose hub hangs waits for it, whatever the database does, and
        // on a machine that others use nobody knows why something took long.
        measured.isJudged = injector.lastDisturbance == nil && !Machine.isBusy && measured.rate >= pace / 2
        if measured.isJudged, let seconds = measured.recovery, seconds > Self.recoveryGoal {
            measured.findings.append(
                "the rate was back \(RoundPlan.text(.seconds(seconds))) after the database's return")
        }
        return measured
    }

    // MARK: - Rest

    /// Makes time limits pass, and waits for steps: damage to them needs some.
    private func makeStepsDue() async throws {
        let deadline = ContinuousClock.now + Self.drainLimit
        var turn = 0
        while !(await field.moveCountyClock(days: 5, in: generation.database)), ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(200))
        }
        repeat {
            let result = try await generation.sweeper.insist("sweep", &turn) { try await $0.sweep() }
            let fired = Int(result["stepsFired"]?.integerValue ?? 0)
            ledger.keep(stepsFired: fired)
            if fired > 0 { return history.note("\(fired) steps were made due") }
            // Hubs take a moved clock up within seconds.
            try await Task.sleep(for: .milliseconds(300))
        } while ContinuousClock.now < deadline
        history.note("no step falls due")
    }

    /// Lets workers and followers finish what there is.
    ///
    /// - Returns: the last entry of each log that was followed.
    private func rest() async throws -> [String: Int64] {
        history.note("the load is over")
        await withTaskGroup(of: Void.self) { group in
            for (kind, consumer) in SharedConsumer.all.enumerated() {
                guard let speaker = generation.workers[consumer.name] else { continue }
                var worker = ConsumerWorker(
                    consumer: consumer, speaker: speaker, ledger: ledger,
                    generator: SeededGenerator(seed: plan.seed, UInt64(plan.number), 7, UInt64(kind)))
                group.addTask { await worker.drain(within: Self.drainLimit) }
            }
        }
        let deadline = ContinuousClock.now + Self.drainLimit
        var lastEntries: [String: Int64] = [:]
        for unit in Follower.units {
            let last = try await field.cluster.session(in: generation.database) {
                try await Checker.log(of: unit, $0).last ?? 0
            }
            lastEntries[unit] = last
            for mode in Follower.Mode.allCases {
                while ledger.followed("\(unit) \(mode.rawValue)") < last, ContinuousClock.now < deadline {
                    try await Task.sleep(for: .milliseconds(20))
                }
            }
        }
        history.note("workers and followers are done")
        return lastEntries
    }
}
