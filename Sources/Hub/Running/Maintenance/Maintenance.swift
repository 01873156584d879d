import CloudEvents
import Logging
import ServiceLifecycle
import Store

/// The chores of a running hub, each on its own interval:
///
/// | every | chore | when several processes run |
/// | --- | --- | --- |
/// | second | end the streams of revoked tokens | each its own |
/// | 2 s | counties, clock, rates, maintenance, who else listens | each its own |
/// | 30 s | measure what the metrics tell of the database | each its own |
/// | 30 s | fold the board's deltas | one at a time, by an advisory lock |
/// | 30 s | fold the floors of consumers | one at a time, by an advisory lock |
/// | 30 s | make partitions ahead of need | one at a time, by an advisory lock |
/// | 30 s | forget idempotency keys whose time is over | harmless at once |
/// | hour | forget dead deliveries whose time is over | harmless at once |
/// | hour | drop timers that rest though their duty has ended | harmless at once |
///
/// What there is much of goes in parts, each a short commit of its own, so that
/// nobody who publishes or signs waits for a chore. ``Retention`` says how long
/// what is dropped is kept; the record is never dropped (`schema/README.md`).
///
/// A chore that fails is told in the log and done again at its next turn;
/// nothing waits for it, because reads are exact without it. Those that write
/// wait while the hub answers reads only.
package struct Maintenance: Service {
    private struct Chore: Sendable {
        var name: String
        var every: Duration
        var writes = true
        var perform: @Sendable () async throws -> Void
    }

    private let chores: [Chore]
    private let maintenance: MaintenanceMode
    private let logger: Logger
    private let figures: HubFigures
    /// How long a chore rests between two parts of what it drops.
    private static let rest = Duration.milliseconds(20)

    init(
        core: HubCore, maintainEvery: Duration, refreshEvery: Duration, retention: Retention, hints: HintRelay,
        refreshing: @escaping @Sendable () async throws -> Void,
    ) {
        let (store, counties, clock, tokens) = (core.store, core.counties, core.clock, core.tokens)
        let (logger, maintenance) = (core.logger, core.maintenance)
        self.logger = logger
        self.maintenance = maintenance
        let (figures, keyring) = (core.figures, core.sealer.keyring)
        self.figures = figures
        chores = [
            Chore(name: "watch-tokens", every: .seconds(1), writes: false) { try await tokens.checkWatched() },
            Chore(name: "refresh-maintenance", every: refreshEvery, writes: false) {
                try await maintenance.refresh()
            },
            Chore(name: "read-clock", every: refreshEvery, writes: false) { try await clock.measure(store) },
            Chore(name: "refresh-counties", every: refreshEvery, writes: false) { try await counties.refresh() },
            Chore(name: "refresh-rates", every: refreshEvery, writes: false, perform: refreshing),
            Chore(name: "count-listeners", every: refreshEvery, writes: false) {
                try await hints.countListeners()
            },
            Chore(name: "measure", every: maintainEvery, writes: false) {
                try await figures.measure(store, keyring: keyring)
            },
            Chore(name: "fold-board", every: maintainEvery) {
                while try await store.foldBoard() == Store.foldBatch { try await Task.sleep(for: Self.rest) }
            },
            Chore(name: "fold-consumer-floors", every: maintainEvery) { _ = try await store.foldConsumerFloors() },
            Chore(name: "make-partitions", every: maintainEvery) {
                let made = try await store.makePartitions()
                if made > 0 { logger.info("partitions made", metadata: ["hub_partitions": "\(made)"]) }
            },
            Chore(name: "forget-command-keys", every: maintainEvery) {
                try await Self.repeating {
                    try await store.forgetCommandKeys(olderThanDays: retention.commandKeyDays)
                }
            },
            Chore(name: "forget-dead-deliveries", every: max(maintainEvery, .seconds(3600))) {
                for county in counties.all {
                    let old = clock.now(in: county.id).advanced(bySeconds: -Int64(retention.deadDeliveryDays) * 86_400)
                    let position = try await store.logPosition(county: county.id, at: old)
                    try await Self.repeating {
                        try await store.forgetDeadDeliveries(county: county.id, upTo: position)
                    }
                }
            },
            Chore(name: "drop-rested-timers", every: max(maintainEvery, .seconds(3600))) {
                for county in counties.all {
                    var part = try await store.dropRestedTimers(county: county.id, after: nil)
                    while let last = part.last {
                        try await Task.sleep(for: Self.rest)
                        part = try await store.dropRestedTimers(county: county.id, after: last)
                    }
                }
            },
        ]
    }

    /// Runs until cancelled or asked to shut down.
    package func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                for chore in chores {
                    group.addTask { await repeating(chore) }
                }
            }
        }
    }

    /// Drops part after part until one is not full.
    private static func repeating(_ drop: () async throws -> Int) async throws {
        while try await drop() >= Store.retentionBatch { try await Task.sleep(for: rest) }
    }

    private func repeating(_ chore: Chore) async {
        while !Task.isCancelled {
            do {
                if !chore.writes || !maintenance.isReadOnlyEverywhere { try await chore.perform() }
                figures.tried(chore.name, failed: false)
            } catch is CancellationError {
                return
            } catch {
                figures.tried(chore.name, failed: true)
                logger.warning(
                    "chore failed",
                    metadata: ["hub_chore": "\(chore.name)", "hub_error": "\(SafeDescription.of(error))"])
            }
            try? await Task.sleep(for: chore.every)
        }
    }
}
