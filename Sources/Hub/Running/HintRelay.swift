import Coordination
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
///
/// A hint is `process county:unit,unit;county:unit`, `*` for a county as its
/// secretariat reads it; a lone `*` wakes everybody.
package struct HintRelay: Service {
    private let store: Store
    private let channel: HintChannel
    private let wakeups: Wakeups
    private let logger: Logger
    /// Tells own hints from others'.
    private let process = String(UInt64.random(in: 0 ... .max), radix: 36)
    private static let pause = Duration.milliseconds(10)
    /// What NOTIFY takes, less the margin for the process's name.
    private static let payloadLimit = 7_900

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
                    try await channel.send(payload(keys))
                } catch {
                    logger.debug("hint not sent", metadata: ["hub_error": "\(SafeDescription.of(error))"])
                }
            }
            try? await Task.sleep(for: Self.pause)
        }
    }

    func payload(_ keys: Set<Wakeups.Key>) -> String {
        let counties = Dictionary(grouping: keys, by: \.county).map { county, keys in
            "\(county.rawValue):" + keys.map { $0.unit?.rawValue ?? "*" }.joined(separator: ",")
        }
        let text = counties.joined(separator: ";")
        return process + " " + (text.utf8.count > Self.payloadLimit ? "*" : text)
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
        let parts = payload.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0] != process else { return }
        guard parts[1] != "*" else { return wakeups.ringAll() }
        var keys: Set<Wakeups.Key> = []
        for county in parts[1].split(separator: ";") {
            // Unit ids hold colons too.
            guard let colon = county.firstIndex(of: ":"), let number = Int16(county[..<colon]) else { continue }
            for unit in county[county.index(after: colon)...].split(separator: ",") {
                keys.insert(
                    Wakeups.Key(
                        county: CountyID(rawValue: number), unit: unit == "*" ? nil : UnitID(String(unit))))
            }
        }
        wakeups.ringHere(keys)
    }
}
