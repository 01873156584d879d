package import Logging
import Synchronization

/// Hears what is notified on some channels, over a connection of its own that
/// it makes again whenever it is lost.
///
/// A notification is a hint: while there is no connection nothing is heard, so
/// after each beginning subscribers are told that they may have missed
/// something. A listener with one subscriber a purpose:
///
/// ```swift
/// let listener = PostgresListener(configuration: configuration, channels: ["hub_log"], logger: logger)
/// let events = listener.subscribe()
/// // listener.run() in a task group, beside:
/// for await event in events { … }
/// ```
///
/// To notify is a query like any other: `SELECT pg_notify($1, $2)`.
///
/// Failure handling: a lost connection is made again after pauses that grow
/// from 0.1 s to `ceiling`, with jitter, without end. Every
/// `probeInterval` it notifies itself; without an echo within `probeTimeout`
/// the connection counts as lost.
package final class PostgresListener: Sendable {
    /// Times of a listener; the defaults suit a service.
    package struct Timing: Sendable, Hashable {
        /// Between two notifications to itself. 15 s unless set.
        package var probeInterval: Duration = .seconds(15)
        /// How long an answer or echo may take. 10 s unless set.
        package var probeTimeout: Duration = .seconds(10)
        /// The longest pause between two attempts to connect. 5 s unless set.
        package var ceiling: Duration = .seconds(5)

        /// The stated defaults.
        package init() {}
    }

    private let configuration: PostgresConfiguration
    private let channels: [String]
    private let timing: Timing
    private let logger: Logger
    private let clock: any Clock<Duration>
    private let subscribers = Mutex<[WeakSubscription]>([])

    private struct WeakSubscription: Sendable {
        weak let subscription: PostgresSubscription?
    }

    /// A listener; ``run()`` makes it listen.
    ///
    /// - Precondition: a channel's name has 1 to 63 bytes.
    package init(
        configuration: PostgresConfiguration, channels: [String], timing: Timing = Timing(), logger: Logger,
        clock: any Clock<Duration> = ContinuousClock(),
    ) {
        precondition(channels.allSatisfy { (1...63).contains($0.utf8.count) }, "a channel's name has 1 to 63 bytes")
        self.configuration = configuration
        self.channels = channels
        self.timing = timing
        self.logger = logger
        self.clock = clock
    }

    /// A subscription to all channels, for as long as it is kept.
    ///
    /// - Parameter capacity: how many different notifications may wait in it.
    package func subscribe(capacity: Int = 256) -> PostgresSubscription {
        let subscription = PostgresSubscription(capacity: capacity)
        subscribers.withLock { subscribers in
            subscribers.removeAll { $0.subscription == nil }
            subscribers.append(WeakSubscription(subscription: subscription))
        }
        return subscription
    }

    /// Listens until the task is cancelled; then all subscriptions end.
    package func run() async {
        let backoff = Backoff(ceiling: timing.ceiling)
        var failures = 0
        while let ending = await listen() {
            failures = ending.hasListened ? 1 : failures + 1
            do {
                try await clock.sleep(for: backoff.delay(afterFailures: failures, jitter: .random(in: 0..<1)))
            } catch {
                break
            }
        }
        forEach { $0.finish() }
    }

    /// Listens over one connection until it is lost; nil if the task was cancelled.
    private func listen() async -> ListenConnection.Ending? {
        do {
            let connection = try ListenConnection(
                targets: ConnectionTargets(configuration), machine: newMachine(), onEvent: pass)
            let ending = await connection.run()
            guard let error = ending.error else { return nil }
            logger.warning("not listening", metadata: ["postgres_error": "\(error.message)"])
            return ending
        } catch {
            logger.error("cannot listen", metadata: ["postgres_error": "\(error)"])
            return ListenConnection.Ending(error: nil, hasListened: false)
        }
    }

    private func pass(_ event: ListenConnection.Event) {
        switch event {
        case .listening: forEach { $0.miss() }
        case .notification(let notification): forEach { $0.receive(notification) }
        }
    }

    private func newMachine() -> ListenStateMachine {
        ListenStateMachine(
            channels: channels, probeChannel: "probe_\(PostgresUUID.random())",
            interval: UInt64(timing.probeInterval.wholeNanoseconds),
            timeout: UInt64(timing.probeTimeout.wholeNanoseconds))
    }

    private func forEach(_ body: (PostgresSubscription) -> Void) {
        let subscriptions = subscribers.withLock { $0.compactMap(\.subscription) }
        for subscription in subscriptions { body(subscription) }
    }
}
