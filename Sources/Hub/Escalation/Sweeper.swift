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
///   goes on from there. Cancelling ends between two batches.
package struct Sweeper: Service {
    package let store: Store
    package let counties: CountyRegistry
    package let clock: HubClock
    package let wakeups: Wakeups
    package let logger: Logger
    private let interval: Duration
    private let sleeper: any Clock<Duration>

    /// How many timers one call takes: it holds the county's lane, for some
    /// tens of milliseconds.
    private static let batch = 500
    /// A batch of which nothing could be carried out was taken by another
    /// sweeper, or met duties that change all the time; after so many in a row
    /// the rest is left to it or to the next sweep.
    private static let patience = 3

    /// A sweeper.
    ///
    /// - Parameters:
    ///   - every: how long ``run()`` waits between sweeps.
    ///   - sleeper: what it waits by.
    package init(
        store: Store, counties: CountyRegistry, clock: HubClock, wakeups: Wakeups, logger: Logger,
        every interval: Duration = .seconds(30), sleeper: any Clock<Duration> = ContinuousClock(),
    ) {
        self.store = store
        self.counties = counties
        self.clock = clock
        self.wakeups = wakeups
        self.logger = logger
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
        do {
            let result = try await sweep(county: county.id, asOf: nil, dryRun: false)
            guard result.stepsFired > 0 else { return }
            logger.info(
                "steps fired",
                metadata: [
                    "hub_county": "\(county.record.key)", "hub_steps": "\(result.stepsFired)",
                    "hub_drafts": "\(result.drafts)",
                ])
        } catch is CancellationError {
            return
        } catch {
            logger.warning(
                "sweep failed, the next one goes on",
                metadata: ["hub_county": "\(county.record.key)", "hub_error": "\(error)"])
        }
    }

    /// Sweeps a county as of an instant.
    ///
    /// - Parameters:
    ///   - asOf: look from here; nil for the county's now. Beyond it only in a
    ///     dry run or in a sandbox county.
    ///   - dryRun: compute what would fire and write nothing.
    /// - Throws: ``HubError`` `as-of-in-future`.
    package func sweep(county id: CountyID, asOf: Timestamp?, dryRun: Bool) async throws -> SweepResult {
        let county = try counties.county(id)
        let now = clock.now(in: id)
        let asOf = asOf ?? now
        guard asOf <= now || dryRun || county.record.sandbox else { throw HubError("as-of-in-future") }
        return dryRun
            ? try await self.dryRun(county, asOf: asOf)
            : try await fire(county, asOf: asOf, at: max(now, asOf))
    }

    private func fire(_ county: CountyRuntime, asOf: Timestamp, at: Timestamp) async throws -> SweepResult {
        var result = SweepResult(asOf: asOf)
        var judge = TimerJudge(county: county, asOf: asOf)
        var left = Self.patience
        while left > 0 {
            try Task.checkCancellation()
            let timers = try await store.dueTimers(county: county.id, asOf: asOf, limit: Self.batch)
            if timers.isEmpty { break }
            let judged = try await judgements(of: timers, by: &judge)
            let applied = try await store.fireSteps(judged.map(\.decision), county: county.id, asOf: asOf, at: at)
            var units: Set<UnitID?> = []
            for (timer, isApplied) in zip(judged, applied) where isApplied {
                result.count(timer)
                if let firing = timer.decision.firing, let duty = timer.duty {
                    units.formUnion([nil])
                    if firing.logUnit == nil { units.formUnion([duty.unit, duty.publisher, duty.lead]) }
                }
            }
            wakeups.ring(units.map { Wakeups.Key(county: county.id, unit: $0) })
            left = applied.contains(true) ? Self.patience : left - 1
        }
        return result
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
            let timers = try await store.dueTimers(county: county.id, asOf: asOf, after: last, limit: Self.batch)
            for timer in try await judgements(of: timers, by: &judge) {
                guard let firing = timer.decision.firing else { continue }
                let step = Step(
                    duty: timer.decision.timer.duty, milestone: timer.decision.timer.milestone, step: firing.step)
                if fired.insert(step).inserted { result.count(timer) }
            }
            last = timers.last
        } while last != nil
        return result
    }

    private func judgements(of timers: [DueTimer], by judge: inout TimerJudge) async throws -> [JudgedTimer] {
        guard let county = timers.isEmpty ? nil : judge.county.id else { return [] }
        let duties = Dictionary(
            try await store.duties(ids: Array(Set(timers.map(\.duty))), county: county).map { ($0.id, $0) },
            uniquingKeysWith: { first, _ in first })
        return timers.map { judge.judge($0, duty: duties[$0.duty]) }
    }
}
