package import CloudEvents
package import Coordination
package import PostgresClient
package import Store

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
    /// As many consumers a unit may have.
    private let mostOfUnit: Int
    private let turns = KeyedTurns<Int64>()

    /// How much of the log one look takes in, and how many looks a fetch takes
    /// before it answers or waits.
    private static let stretch = 500
    private static let stretches = 20
    /// The least that one look takes in where nothing is filtered.
    private static let shortStretch = 20
    /// A waiting worker looks again after this even if nobody rang.
    private static let safetyNet = Duration.seconds(5)

    package init(store: Store, sealer: Sealer, wakeups: Wakeups, mostOfUnit: Int) {
        self.store = store
        self.sealer = sealer
        self.wakeups = wakeups
        self.mostOfUnit = mostOfUnit
    }

    /// Makes a consumer.
    ///
    /// - Returns: false when the unit has one of that name, which stays as it is.
    /// - Throws: `too-many-consumers`.
    package func make(
        _ name: String, of principal: Principal, settings: ConsumerRecord.Settings, start: [UInt8],
        at position: Position,
    ) async throws -> Bool {
        let making = try await store.makeConsumer(
            name, of: principal.unit, county: principal.county, settings: settings, start: start, position: position,
            most: mostOfUnit)
        switch making {
        case .made: return true
        case .exists: return false
        case .full: throw HubError("too-many-consumers")
        }
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
        var looks = 0
        var ahead = 0
        while true {
            let consumer = try await consumer(name, of: principal)
            guard !consumer.isPaused else { throw HubError("paused") }
            let last = try await turns.take(consumer.id) {
                try await look(consumer, limit: limit, ahead: ahead, attributes: attributes)
            }
            if !last.leased.isEmpty { return last.leased }
            looks += 1
            let left = ContinuousClock.now.duration(to: deadline)
            // All of it waits behind another of its case: one that is stuck may
            // have ten thousands behind it. Who does not wait is not sent away
            // from what lies a few looks on.
            if last.isStuck { ahead = min(max(ahead * 4, Self.shortStretch), Self.stretch) }
            let goesOn = last.isStuck && last.isWorthRepeating && looks < Self.stretches
            if isOver() || left <= .zero && !goesOn { return [] }
            if last.isWorthRepeating { continue }
            await wakeups.wait(registration, atMost: min(left, try await untilDue(consumer, isFull: last.isFull)))
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

    /// What one look came to.
    private struct Look {
        var leased: [Leased]
        /// As many are in workers' hands as may be: there is no use in reading.
        var isFull: Bool
        /// The log goes on, or others were faster.
        var isWorthRepeating: Bool
        /// Something passed the filter, and none of it could be handed out.
        var isStuck: Bool
    }

    /// What a stretch of the log came to.
    private struct Found {
        var reading: ReadAhead
        var deliveries: [Position: (recipient: RecipientRecord, event: EventRecord)] = [:]
        var isAtEnd = false
    }

    /// Looks once: what came back, then the log above the floor.
    ///
    /// - Parameter ahead: offers as many at least where order may hold some of
    ///   them back; what is not handed out of them stays above the floor.
    private func look(
        _ consumer: ConsumerRecord, limit: Int, ahead: Int, attributes: (EventRecord, RecipientRecord) -> JSONObject,
    ) async throws -> Look {
        let filter = ConsumerFilter(consumer.settings)
        let standing = try await store.standing(of: consumer)
        let wanted = min(limit, Int(consumer.settings.maxInFlight - standing.inFlight))
        var found = Found(reading: ReadAhead(floor: standing.floor))
        if wanted > 0 {
            try await read(
                &found, for: consumer, wanted: max(wanted, consumer.settings.ordering == .byCase ? ahead : 0),
                filter: filter, attributes: attributes)
        }
        let leases = try await store.leaseDeliveries(of: consumer, limit: limit, reading: found.reading)
        let missing = leases.filter { found.deliveries[$0.position] == nil }
        for delivery in try await store.deliveries(
            of: consumer.unit, county: consumer.county, at: missing.map(\.position))
        {
            found.deliveries[delivery.recipient.position] = delivery
        }
        // What waited behind another of its case may have been let through by
        // an earlier filter; the one that holds is for all that was never leased.
        let leftOut = missing.filter { lease in
            guard lease.isFirst, let delivery = found.deliveries[lease.position] else { return false }
            return Self.judge(delivery, filter: filter, attributes: attributes) != .passes
        }
        if !leftOut.isEmpty {
            _ = try await store.settle(leftOut.map { ($0.position, $0.lease) }, .ack, of: consumer)
            for lease in leftOut { found.deliveries[lease.position] = nil }
        }
        let leased = leases.sorted { $0.position < $1.position }.compactMap { lease in
            found.deliveries[lease.position].map { Leased(lease: lease, recipient: $0.recipient, event: $0.event) }
        }
        return Look(
            leased: leased, isFull: wanted <= 0,
            isWorthRepeating: try await isWorthRepeating(found, consumer, wanted: wanted, didLease: !leases.isEmpty),
            isStuck: leases.isEmpty && !found.reading.passed.isEmpty)
    }

    /// Reads the log above the floor until enough has passed the filter.
    private func read(
        _ found: inout Found, for consumer: ConsumerRecord, wanted: Int, filter: ConsumerFilter,
        attributes: (EventRecord, RecipientRecord) -> JSONObject,
    ) async throws {
        for _ in 0..<Self.stretches where found.reading.passed.count < wanted && !found.isAtEnd {
            let missing = wanted - found.reading.passed.count
            let stretch = filter.leavesOut ? Self.stretch : max(missing, Self.shortStretch)
            let deliveries = try await store.deliveries(
                of: consumer.unit, county: consumer.county, after: found.reading.upTo, limit: stretch)
            for delivery in deliveries where found.reading.passed.count < wanted {
                let position = delivery.recipient.position
                found.reading.upTo = position
                // What is addressed to one officer is for no program.
                guard delivery.recipient.officer == nil else { continue }
                switch Self.judge(delivery, filter: filter, attributes: attributes) {
                case .passes:
                    found.reading.passed.append((position, delivery.event.caseID))
                    found.deliveries[position] = delivery
                case .erred: found.reading.erred.append(position)
                case .leftOut: break
                }
            }
            found.isAtEnd = deliveries.count < stretch && found.reading.passed.count < wanted
        }
    }

    /// Whether another look at once may find what this one did not.
    private func isWorthRepeating(
        _ found: Found, _ consumer: ConsumerRecord, wanted: Int, didLease: Bool,
    ) async throws -> Bool {
        if didLease || wanted > 0 && !found.isAtEnd { return true }
        if wanted > 0, found.reading.upTo == found.reading.floor { return false }
        // What was in the way may have died in this very look; and another
        // worker may have read on, but not as far.
        let standing = try await store.standing(of: consumer)
        return wanted > 0
            ? standing.floor < found.reading.upTo : standing.inFlight < consumer.settings.maxInFlight
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
    private func untilDue(_ consumer: ConsumerRecord, isFull: Bool) async throws -> Duration {
        guard let microseconds = try await store.microsecondsUntilDue(consumer, isFull: isFull) else {
            return Self.safetyNet
        }
        return min(Self.safetyNet, .microseconds(max(1000, microseconds)))
    }

    // MARK: - Settling

    /// Carries out what a worker says of deliveries it holds.
    package func settle(
        _ name: String, by principal: Principal, _ deliveries: [(position: Position, lease: PostgresUUID)],
        _ settlement: Store.Settlement,
    ) async throws -> [String] {
        let consumer = try await consumer(name, of: principal)
        let settled = try await store.settle(deliveries, settlement, of: consumer)
        // The next of a case may go, or there is room again.
        if settled.mayGo { wakeups.ring([Wakeups.Key(county: principal.county, unit: principal.unit)]) }
        return settled.results
    }

    /// Delivers again what was given up, of these.
    ///
    /// - Returns: how many.
    package func redrive(_ positions: [Position], of consumer: ConsumerRecord) async throws -> Int {
        var count = 0
        for start in stride(from: 0, to: positions.count, by: Self.redriveBatch) {
            count += try await store.redrive(
                Array(positions[start..<min(start + Self.redriveBatch, positions.count)]), of: consumer)
            ring(consumer)
        }
        return count
    }

    /// Delivers again what was given up after a position, in commits of a
    /// bounded size between which workers go on, for as long as one answer may
    /// take.
    ///
    /// - Returns: how many, and where to go on; nil once none is left.
    package func redriveAll(
        of consumer: ConsumerRecord, after: Position, isOver: @Sendable () -> Bool,
    ) async throws -> (count: Int, next: Position?) {
        let deadline = ContinuousClock.now + Self.redrivePatience
        var (count, last) = (0, after)
        repeat {
            guard let done = try await store.redrive(after: last, limit: Self.redriveBatch, of: consumer) else {
                return (count, nil)
            }
            count += done.count
            last = done.last
            ring(consumer)
        } while ContinuousClock.now < deadline && !isOver()
        return (count, last)
    }

    /// How many are delivered again in one commit, and for how long in one answer.
    private static let redriveBatch = 500
    private static let redrivePatience = Duration.seconds(5)

    private func ring(_ consumer: ConsumerRecord) {
        wakeups.ring([Wakeups.Key(county: consumer.county, unit: consumer.unit)])
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
