import Logging
import PostgresClient
import ServiceLifecycle
import Store

/// Tells the other processes of the hub which logs have grown, and hears it
/// from them.
///
/// What was rung since the last hint goes out together, at most a hundred
/// times a second, and not while nobody else listens. After the listening
/// connection was lost everybody is woken once, because something may have been
/// missed; beyond that readers look by themselves every few seconds.
package struct HintRelay: Service {
    private let store: Store
    private let channel: HintChannel
    private let wakeups: Wakeups
    private let logger: Logger
    /// Tells own hints from others'.
    private let process = String(UInt64.random(in: 0 ... .max), radix: 36)
    private static let pause = Duration.milliseconds(10)

    init(store: Store, wakeups: Wakeups, logger: Logger) {
        self.store = store
        self.channel = store.hintChannel()
        self.wakeups = wakeups
        self.logger = logger
    }

    /// Runs until cancelled or asked to shut down.
    package func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { await send() }
                group.addTask { await listen() }
            }
        }
    }

    /// Keeps hints only while somebody else listens.
    func countListeners() async throws {
        wakeups.setRelaying(try await channel.listeners() > 1)
    }

    func close() async {
        await channel.close()
    }

    // MARK: - Sending

    private func send() async {
        for await _ in wakeups.relaySignals {
            let keys = wakeups.takeUnsent()
            if !keys.isEmpty {
                do {
                    try await channel.send(Hint(process: process, keys: keys).text)
                } catch {
                    logger.debug("hint not sent", metadata: ["hub_error": "\(SafeDescription.of(error))"])
                }
            }
            try? await Task.sleep(for: Self.pause)
        }
    }

    // MARK: - Listening

    private func listen() async {
        let listener = PostgresListener(
            configuration: store.listenerConfiguration, channels: [HintChannel.name], logger: logger)
        let events = listener.subscribe()
        await withDiscardingTaskGroup { group in
            group.addTask { await listener.run() }
            for await event in events {
                switch event {
                case .mayHaveMissedSomething: wakeups.ringAll()
                case .notification(let notification): heard(notification.payload)
                }
            }
        }
    }

    private func heard(_ payload: String) {
        guard let hint = Hint(payload), hint.process != process else { return }
        if let keys = hint.keys {
            wakeups.ringHere(keys)
        } else {
            wakeups.ringAll()
        }
    }
}
