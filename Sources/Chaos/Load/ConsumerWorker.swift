import CloudEvents
import HubClient

/// A consumer that workers share.
struct SharedConsumer: Sendable {
    let unit: String
    let name: String
    let ordering: HubConsumerSettings.Ordering

    static let all = [
        SharedConsumer(unit: "hrss", name: "chaos-none", ordering: .none),
        SharedConsumer(unit: "market-reg", name: "chaos-case", ordering: .byCase),
    ]

    static let leaseSeconds: Int64 = 1

    var settings: HubConsumerSettings {
        var settings = HubConsumerSettings()
        settings.start = .earliest
        settings.lease = .seconds(Self.leaseSeconds)
        settings.maxAttempts = 100
        settings.maxInFlight = 200
        settings.ordering = ordering
        return settings
    }
}

/// Acknowledges, gives back, holds on and forgets, as it comes.
struct ConsumerWorker: Sendable {
    let consumer: SharedConsumer
    let speaker: Speaker
    let ledger: Ledger
    private var generator: SeededGenerator
    private var turn: Int

    init(consumer: SharedConsumer, speaker: Speaker, ledger: Ledger, generator: SeededGenerator) {
        self.consumer = consumer
        self.speaker = speaker
        self.ledger = ledger
        self.generator = generator
        turn = self.generator.number(0...99)
    }

    /// Works until it is told to stop.
    mutating func work(until isOver: @Sendable () -> Bool) async {
        while !isOver(), !Task.isCancelled {
            await round(limit: generator.number(1...12), isCareful: false)
        }
    }

    /// Does what is left, until a hub says that nothing is.
    mutating func drain(within limit: Duration) async {
        let deadline = ContinuousClock.now + limit
        while ContinuousClock.now < deadline, !Task.isCancelled {
            await round(limit: 500, isCareful: true)
            let standing = try? await speaker.insist("consumer", &turn) { [name = consumer.name] in
                try await $0.consumer(name)
            }
            if let standing, standing.waiting == 0, standing.inFlight == 0 { return }
        }
    }

    private mutating func round(limit: Int, isCareful: Bool) async {
        let asked = ContinuousClock.now
        let wait: Duration = isCareful || generator.once(in: 2) ? .zero : .seconds(1)
        let deliveries: [HubDelivery]
        do {
            deliveries = try await speaker.insist("fetch", &turn) { [name = consumer.name] in
                try await $0.fetch(name, limit: limit, wait: wait)
            }
        } catch {
            if !Task.isCancelled { ledger.find("\(consumer.name): \(error)") }
            return
        }
        if deliveries.isEmpty { try? await Task.sleep(for: .milliseconds(50)) }
        let handings = deliveries.compactMap { Self.handing($0, askedAt: asked) }
        if handings.count < deliveries.count { ledger.find("\(consumer.name): a delivery without id or lease") }
        let places = ledger.keep(handings: handings, of: consumer.name)
        if isCareful { return await settle("ack", deliveries.map(\.lease)) }
        for (delivery, place) in zip(deliveries, places) { await handle(delivery.lease, at: place) }
    }

    private static func handing(_ delivery: HubDelivery, askedAt: ContinuousClock.Instant) -> Ledger.Handing? {
        guard let id = Int64(delivery.deliveryID), let until = delivery.leaseUntil?.microseconds else { return nil }
        return Ledger.Handing(
            delivery: id, attempt: delivery.attempt, askedAt: askedAt,
            begin: until - SharedConsumer.leaseSeconds * 1_000_000, end: until)
    }

    private mutating func handle(_ lease: HubLease, at place: Int) async {
        switch generator.number(0...19) {
        case 0..<2:
            ledger.isGivingBack(place, of: consumer.name)
            await settle("nack", [lease])
        case 2..<4:
            await settle("extend", [lease])
            await settle("ack", [lease])
        case 4: break
        case 5:
            // Too late, or just in time.
            try? await Task.sleep(for: generator.milliseconds(900...1200))
            await settle("ack", [lease])
        default: await settle("ack", [lease])
        }
    }

    private mutating func settle(_ act: String, _ leases: [HubLease]) async {
        guard !leases.isEmpty else { return }
        do {
            let results = try await speaker.insist(act, &turn) { [name = consumer.name] client in
                switch act {
                case "ack": return try await client.acknowledge(leases, of: name)
                case "nack": return try await client.giveBack(leases, to: name)
                default: return try await client.extend(leases, of: name)
                }
            }
            for (result, lease) in zip(results, leases) {
                guard let id = Int64(lease.deliveryID) else { continue }
                ledger.keep(result: result.result.rawValue, to: act, of: id, consumer: consumer.name)
            }
        } catch {
            if !Task.isCancelled { ledger.find("\(consumer.name): \(act): \(error)") }
        }
    }
}
