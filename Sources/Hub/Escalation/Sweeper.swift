package import CloudEvents
package import Coordination
package import Logging
import ServiceLifecycle
package import Store

/// Finds what is late, and reminds: in `serve` on a schedule, and by command.
///
///     timers due at `asOf` ──read──▶ duties as they stand ──TimerJudge──▶ decisions
///            ▲                                                              │
///            └────────────── next timer ◀── hub.fire_steps ◀────────────────┘
///
/// - Who decides: the timers say when to look, the ladder what falls due, the
///   duty whether it is still owed. Signing writes no timers: a timer whose
///   milestone was met is dropped when it falls due.
/// - Once: a decision is carried out in one call, if its timer still stands and
///   the duty is in the version it was judged on. However many sweepers run,
///   the first one takes the timer; the others find it gone.
/// - After downtime only the highest step that is due fires; those it skips go
///   on record. Due instants derive from the milestone, not from the sweep, so
///   an outage shifts nothing.
/// - From 督办 upward a step only leaves a draft or a proposal on record, in the
///   secretariat's log alone, until a person signs it. For the duty nothing
///   changes but the step.
/// - Failure: what was carried out is committed batch by batch; the next sweep
///   goes on from there. Cancelling ends between two batches. A duty that cannot
///   be read is told of once and passed over.
package struct Sweeper: Service {
    package let store: Store
    package let counties: CountyRegistry
    package let clock: HubClock
    package let wakeups: Wakeups
    package let logger: Logger
    private let figures: HubFigures
    /// Why nothing is fired in a county; nil where it is.
    private let hold: @Sendable (CountyID) -> HubError?
    private let interval: Duration
    private let sleeper: any Clock<Duration>
    private let unreadableDuties = ToldDuties()

    /// How many timers one call takes: it holds the county's lane, for some
    /// tens of milliseconds.
    private static let batch = 500
    /// How often all that is due is gone through without carrying anything out
    /// before it is left to whoever is faster, or to the next sweep: another
    /// sweeper takes it, or people change the duties all the time.
    private static let patience = 3

    /// A sweeper.
    ///
    /// - Parameters:
    ///   - figures: told what sweeps do, for the metrics.
    ///   - every: how long ``run()`` waits between sweeps.
    ///   - hold: why nothing is fired in a county now; nil where it is.
    ///   - sleeper: what it waits by.
    package init(
        store: Store, counties: CountyRegistry, clock: HubClock, wakeups: Wakeups, logger: Logger,
        figures: HubFigures = HubFigures(),
        every interval: Duration = .seconds(30), hold: @escaping @Sendable (CountyID) -> HubError? = { _ in nil },
        sleeper: any Clock<Duration> = ContinuousClock(),
    ) {
        self.store = store
        self.counties = counties
        self.clock = clock
        self.wakeups = wakeups
        self.logger = logger
        self.figures = figures
        self.hold = hold
        self.interval = interval
        self.sleeper = sleeper
    }

    /// Sweeps every county again and again, each by its own clock, until
    /// cancelled or asked to shut down gracefully.
    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                for county in counties.all.sorted(by: { $0.id < $1.id }) where !Task.isCancelled {
                    await sweepOnSchedule(county)
                }
                try? await sleeper.sleep(for: interval)
            }
        }
    }

    private func sweepOnSchedule(_ county: CountyRuntime) async {
        guard hold(county.id) == nil else { return }
        let started = ContinuousClock.now
        do {
            let result = try await sweep(county: county.id, asOf: nil, dryRun: false)
            figures.swept(county.id, in: started.duration(to: .now), failed: false)
            guard result.stepsFired > 0 else { return }
            logger.info(
                "steps fired",
                metadata: [
                    "hub_county": "\(county.record.key)", "hub_steps": "\(result.stepsFired)",
                    "hub_drafts": "\(result.drafts)",
                ])
        } catch is CancellationError {
            return
        } catch is HubError where hold(county.id) != nil {
            return
        } catch {
            figures.swept(county.id, in: started.duration(to: .now), failed: true)
            logger.warning(
                "sweep failed, the next one goes on",
                metadata: ["hub_county": "\(county.record.key)", "hub_error": "\(SafeDescription.of(error))"])
        }
    }

    /// Sweeps a county as of an instant.
    ///
    /// - Parameters:
    ///   - asOf: look from here; nil for the county's now. Beyond it only in a
    ///     dry run or in a sandbox county.
    ///   - dryRun: compute what would fire and write nothing.
    /// - Throws: ``HubError`` `as-of-in-future`; `invalid` for an instant beyond
    ///   ``Timestamp/clockReach``; `maintenance`, `sweeps-held`, where it was to
    ///   write: what was carried out before that is stored.
    package func sweep(county id: CountyID, asOf: Timestamp?, dryRun: Bool) async throws -> SweepResult {
        if let asOf, !Timestamp.clockReach.contains(asOf) { throw HubError(outOfReach: "/asOf") }
        let county = try counties.county(id)
        let now = clock.now(in: id)
        let followsClock = asOf == nil
        let asOf = asOf ?? now
        guard asOf <= now || dryRun || county.record.sandbox else { throw HubError("as-of-in-future") }
        if !dryRun, let refusal = hold(id) { throw refusal }
        return dryRun
            ? try await self.dryRun(county, asOf: asOf)
            : try await fire(county, asOf: asOf, at: max(now, asOf), followsClock: followsClock)
    }

    /// So far a county's clock may seem to go back when it is measured anew.
    private static let clockTolerance: Int64 = 60

    /// - Parameter followsClock: `asOf` was the county's now. Where a
    ///   demonstration's clock is set back meanwhile, what is due by the old one
    ///   is not due, and the sweep ends.
    private func fire(
        _ county: CountyRuntime, asOf: Timestamp, at: Timestamp, followsClock: Bool,
    ) async throws -> SweepResult {
        var result = SweepResult(asOf: asOf)
        let judge = TimerJudge(county: county, asOf: asOf)
        var left = Self.patience
        // What could not be carried out stands, and is met again by the next
        // pass over what is due.
        while left > 0 {
            var batch = try await nextBatch(after: nil, by: judge)
            if batch.last == nil { break }
            left -= 1
            while let last = batch.last {
                try Task.checkCancellation()
                if let refusal = hold(county.id) { throw refusal }
                let now = clock.now(in: county.id).advanced(bySeconds: Self.clockTolerance)
                if followsClock, now < asOf { return result }
                let current = batch
                // The next ones are read and judged while these are stored.
                async let following = nextBatch(after: last, by: current.judge)
                let applied = try await store.fireSteps(
                    current.timers.map(\.decision), county: county.id, asOf: asOf, at: at)
                let fired = zip(current.timers, applied).filter(\.1).map(\.0)
                for timer in fired { result.count(timer) }
                figures.fired(Self.outcomes(of: fired), in: county.id)
                ring(fired, county: county)
                if !fired.isEmpty { left = Self.patience }
                batch = try await following
            }
        }
        return result
    }

    private static func outcomes(of fired: [JudgedTimer]) -> [LadderOutcome: Int] {
        var outcomes: [LadderOutcome: Int] = [:]
        for firing in fired.compactMap(\.decision.firing) {
            outcomes[firing.outcome, default: 0] += 1
            if !firing.skipped.isEmpty { outcomes[.collapsed, default: 0] += firing.skipped.count }
        }
        return outcomes
    }

    private func ring(_ fired: [JudgedTimer], county: CountyRuntime) {
        var units: Set<UnitID?> = []
        for timer in fired {
            guard let firing = timer.decision.firing, let duty = timer.duty else { continue }
            units.insert(nil)
            if firing.logUnit == nil { units.formUnion([duty.unit, duty.publisher, duty.lead]) }
        }
        wakeups.ring(units.map { Wakeups.Key(county: county.id, unit: $0) })
    }

    private func dryRun(_ county: CountyRuntime, asOf: Timestamp) async throws -> SweepResult {
        struct Step: Hashable {
            var duty: DutyID
            var milestone: String
            var step: Int16
        }
        var result = SweepResult(asOf: asOf)
        var judge = TimerJudge(county: county, asOf: asOf)
        var fired: Set<Step> = []
        var last: DueTimer?
        repeat {
            try Task.checkCancellation()
            let batch = try await nextBatch(after: last, by: judge)
            judge = batch.judge
            for timer in batch.timers {
                guard let firing = timer.decision.firing else { continue }
                let step = Step(
                    duty: timer.decision.timer.duty, milestone: timer.decision.timer.milestone, step: firing.step)
                if fired.insert(step).inserted { result.count(timer) }
            }
            last = batch.last
        } while last != nil
        return result
    }

    /// Timers that are due, one batch of them.
    private struct Batch {
        /// With what is to be done about them.
        var timers: [JudgedTimer]
        /// The last that was looked at; nil when none was left.
        var last: DueTimer?
        /// The judge with what it has learnt.
        var judge: TimerJudge
    }

    /// The next timers that are due. Those of a duty that cannot be read stand,
    /// and keep none of the others from firing.
    private func nextBatch(after last: DueTimer?, by judge: TimerJudge) async throws -> Batch {
        var judge = judge
        let county = judge.county.id
        let timers = try await store.dueTimers(county: county, asOf: judge.asOf, after: last, limit: Self.batch)
        let found = try await store.readableDuties(ids: Array(Set(timers.map(\.duty))), county: county)
        tell(found.unreadable, of: judge.county)
        let duties = Dictionary(found.duties.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let readable = timers.filter { !found.unreadable.contains($0.duty) }
        return Batch(timers: readable.map { judge.judge($0, duty: duties[$0.duty]) }, last: timers.last, judge: judge)
    }

    /// Says once of each duty that it cannot be read.
    private func tell(_ unreadable: Set<DutyID>, of county: CountyRuntime) {
        for id in unreadable.sorted() where unreadableDuties.insert(DutyKey(county: county.id, id: id)) {
            logger.error(
                "duty unreadable, sweeps pass over it",
                metadata: ["hub_county": "\(county.record.key)", "hub_duty": "\(id.rawValue)"])
        }
    }
}
