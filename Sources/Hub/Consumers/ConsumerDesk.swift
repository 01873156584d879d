package import CloudEvents
package import Coordination
package import PostgresClient
package import Store
import Synchronization

/// Serves the workers of leased consumers.
///
/// A fetch reads the log above the consumer's floor, lets its filter judge, and
/// leases what passes in one short call. Workers of one consumer in this
/// process take turns, so that they do not read the same stretch; workers in
/// other processes are told apart by the floor they read above.
package struct ConsumerDesk: Sendable {
    private let store: Store
    private let sealer: Sealer
    private let wakeups: Wakeups
    private let turns = KeyedTurns<Int64>()

    /// How much of the log one look takes in, and how many looks a fetch takes
    /// before it answers or waits.
    private static let stretch = 500
    private static let stretches = 20
    /// A waiting worker looks again after this even if nobody rang.
    private static let safetyNet = Duration.seconds(5)

    package init(store: Store, sealer: Sealer, wakeups: Wakeups) {
        self.store = store
        self.sealer = sealer
        self.wakeups = wakeups
    }

    /// A delivery with its lease.
    package struct Leased: Sendable {
        package var lease: DeliveryLease
        package var recipient: RecipientRecord
        package var event: EventRecord
    }

    // MARK: - Fetching

    /// Leases up to so many deliveries, waiting for the first.
    ///
    /// - Parameters:
    ///   - isOver: asked between looks; true ends the waiting.
    ///   - attributes: the attributes of a delivered event, for the filter.
    /// - Throws: `not-found` once the consumer is gone, `paused`.
    package func fetch(
        _ name: String, by principal: Principal, limit: Int, wait: Duration,
        isOver: @Sendable () -> Bool,
        attributes: @Sendable (EventRecord, RecipientRecord) -> JSONObject,
    ) async throws -> [Leased] {
        let deadline = ContinuousClock.now + wait
        let registration = wakeups.register([Wakeups.Key(county: principal.county, unit: principal.unit)])
        defer { wakeups.unregister(registration) }
        while true {
            let consumer = try await consumer(name, of: principal)
            guard !consumer.isPaused else { throw HubError("paused") }
            let (leased, isAtEnd) = try await turns.take(consumer.id) {
                try await look(consumer, limit: limit, attributes: attributes)
            }
            if !leased.isEmpty { return leased }
            let left = ContinuousClock.now.duration(to: deadline)
            if left <= .zero || isOver() { return [] }
            if !isAtEnd { continue }
            await wakeups.wait(registration, atMost: min(left, try await untilDue(consumer)))
            try Task.checkCancellation()
            if isOver() { return [] }
        }
    }

    /// A unit's consumer.
    ///
    /// - Throws: `not-found`.
    package func consumer(_ name: String, of principal: Principal) async throws -> ConsumerRecord {
        guard let found = try await store.consumer(name, of: principal.unit, county: principal.county) else {
            throw HubError("not-found")
        }
        return found
    }

    /// Looks once: what came back, then the log above the floor.
    ///
    /// - Returns: what was leased, and whether the log has been read to its end.
    private func look(
        _ consumer: ConsumerRecord, limit: Int, attributes: (EventRecord, RecipientRecord) -> JSONObject,
    ) async throws -> (leased: [Leased], isAtEnd: Bool) {
        let filter = ConsumerFilter(consumer.settings)
        var reading = ReadAhead(floor: try await store.floor(of: consumer))
        var known: [Position: (recipient: RecipientRecord, event: EventRecord)] = [:]
        var isAtEnd = false
        for _ in 0..<Self.stretches where reading.passed.count < limit && !isAtEnd {
            let found = try await store.deliveries(
                of: consumer.unit, county: consumer.county, after: reading.upTo, limit: Self.stretch)
            for delivery in found {
                let position = delivery.recipient.position
                reading.upTo = position
                // What is addressed to one officer is for no program.
                guard delivery.recipient.officer == nil else { continue }
                switch Self.judge(delivery, filter: filter, attributes: attributes) {
                case .passes:
                    reading.passed.append((position, delivery.event.caseID))
                    known[position] = delivery
                case .erred: reading.erred.append(position)
                case .leftOut: break
                }
                if reading.passed.count >= limit { break }
            }
            isAtEnd = found.count < Self.stretch && reading.passed.count < limit
        }
        let leases = try await store.leaseDeliveries(of: consumer, limit: limit, reading: reading)
        let missing = leases.map(\.position).filter { known[$0] == nil }
        for delivery in try await store.deliveries(of: consumer.unit, county: consumer.county, at: missing) {
            known[delivery.recipient.position] = delivery
        }
        let leased = leases.sorted { $0.position < $1.position }.compactMap { lease in
            known[lease.position].map { Leased(lease: lease, recipient: $0.recipient, event: $0.event) }
        }
        return (leased, isAtEnd)
    }

    private static func judge(
        _ delivery: (recipient: RecipientRecord, event: EventRecord), filter: ConsumerFilter,
        attributes: (EventRecord, RecipientRecord) -> JSONObject,
    ) -> ConsumerFilter.Outcome {
        let values = filter.readsAttributes ? attributes(delivery.event, delivery.recipient) : JSONObject()
        return filter.judge(type: delivery.event.type.rawValue) { name in
            switch values[name] {
            case .string(let text): .string(text)
            case .bool(let flag): .boolean(flag)
            case .integer(let number): Int32(exactly: number).map { .integer($0) } ?? .string(String(number))
            default: nil
            }
        }
    }

    /// How long to wait at the most: until the next delivery that came back may
    /// go out, or for a while.
    private func untilDue(_ consumer: ConsumerRecord) async throws -> Duration {
        let progress = try await store.progress(of: consumer)
        guard let due = progress.nextDue else { return Self.safetyNet }
        let now = try await store.databaseNow()
        let microseconds = max(1000, due.microseconds - now.microseconds)
        return min(Self.safetyNet, .microseconds(microseconds))
    }

    // MARK: - Settling

    /// Carries out what a worker says of deliveries it holds.
    package func settle(
        _ name: String, by principal: Principal, _ deliveries: [(position: Position, lease: PostgresUUID)],
        _ settlement: Store.Settlement,
    ) async throws -> [String] {
        let consumer = try await consumer(name, of: principal)
        let results = try await store.settle(deliveries, settlement, of: consumer)
        // The next of a case may go; what came back without a delay too.
        if results.contains("acked") || results.contains("nacked") {
            wakeups.ring([Wakeups.Key(county: principal.county, unit: principal.unit)])
        }
        return results
    }

    /// A worker's reason, sealed: it may name anybody.
    package func seal(reason: String, county: CountyID) throws -> [UInt8] {
        try sealer.sealNote(Array(reason.utf8), county: county.rawValue, context: Self.reasonContext)
    }

    /// A worker's reason; nil for one that can no longer be read.
    package func reason(_ sealed: [UInt8]?, county: CountyID) -> String? {
        guard let sealed,
            let bytes = try? sealer.openNote(sealed, county: county.rawValue, context: Self.reasonContext)
        else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static let reasonContext = "consumer/reason"
}

/// Lets the callers of one key go one after another.
final class KeyedTurns<Key: Hashable & Sendable>: Sendable {
    private let queues = Mutex<[Key: [CheckedContinuation<Void, Never>]]>([:])

    /// Runs a body when it is this caller's turn.
    func take<Result: Sendable>(_ key: Key, _ body: () async throws -> Result) async rethrows -> Result {
        await withCheckedContinuation { continuation in
            let isFirst = queues.withLock { queues in
                guard queues[key] != nil else {
                    queues[key] = []
                    return true
                }
                queues[key]?.append(continuation)
                return false
            }
            if isFirst { continuation.resume() }
        }
        defer {
            let next = queues.withLock { queues -> CheckedContinuation<Void, Never>? in
                guard let waiting = queues[key], !waiting.isEmpty else {
                    queues[key] = nil
                    return nil
                }
                return queues[key]?.removeFirst()
            }
            next?.resume()
        }
        return try await body()
    }
}
