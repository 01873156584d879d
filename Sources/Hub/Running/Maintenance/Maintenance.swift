import Logging
import ServiceLifecycle
import Store

/// The chores of a running hub, each on its own interval:
///
/// | every | chore | when several processes run |
/// | --- | --- | --- |
/// | second | end the streams of revoked tokens | each its own |
/// | 2 s | counties, clock, rates, who else listens | each its own |
/// | 30 s | fold the board's deltas | one at a time, by an advisory lock |
/// | 30 s | fold the floors of consumers | one at a time, by an advisory lock |
/// | 30 s | make partitions ahead of need | one at a time, by an advisory lock |
/// | 30 s | forget idempotency keys older than 30 days | harmless at once |
///
/// A chore that fails is told in the log and done again at its next turn;
/// nothing waits for it, because reads are exact without it.
package struct Maintenance: Service {
    private struct Chore: Sendable {
        var name: String
        var every: Duration
        var perform: @Sendable () async throws -> Void
    }

    private let chores: [Chore]
    private let logger: Logger
    /// Rounds in a row of forgetting keys, a thousand each.
    private static let forgettingRounds = 50

    init(
        core: HubCore, maintainEvery: Duration, refreshEvery: Duration, hints: HintRelay,
        refreshing: @escaping @Sendable () async throws -> Void,
    ) {
        let (store, counties, clock, tokens) = (core.store, core.counties, core.clock, core.tokens)
        logger = core.logger
        chores = [
            Chore(name: "watch-tokens", every: .seconds(1)) { try await tokens.checkWatched() },
            Chore(name: "read-clock", every: refreshEvery) { try await clock.measure(store) },
            Chore(name: "refresh-counties", every: refreshEvery) { try await counties.refresh() },
            Chore(name: "refresh-rates", every: refreshEvery, perform: refreshing),
            Chore(name: "count-listeners", every: refreshEvery) { try await hints.countListeners() },
            Chore(name: "fold-board", every: maintainEvery) { _ = try await store.foldBoard() },
            Chore(name: "fold-consumer-floors", every: maintainEvery) { _ = try await store.foldConsumerFloors() },
            Chore(name: "make-partitions", every: maintainEvery) { _ = try await store.makePartitions() },
            Chore(name: "forget-command-keys", every: maintainEvery) {
                for _ in 0..<Self.forgettingRounds where try await store.forgetCommandKeys() == 0 { return }
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

    private func repeating(_ chore: Chore) async {
        while !Task.isCancelled {
            do {
                try await chore.perform()
            } catch is CancellationError {
                return
            } catch {
                logger.warning(
                    "chore failed",
                    metadata: ["hub_chore": "\(chore.name)", "hub_error": "\(SafeDescription.of(error))"])
            }
            try? await Task.sleep(for: chore.every)
        }
    }
}
