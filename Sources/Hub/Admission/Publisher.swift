import ChineseIdentifiers
package import CloudEvents
package import Coordination
import Crypto
package import Logging
package import PostgresClient
package import Store

/// Admits events: judges, routes, seals and stores them, and answers with a
/// receipt after the commit.
///
/// The order of judgement is envelope, source, duplicate, type, contract: a
/// retry gets its first receipt even after the contract or the policy changed.
/// Everything until the store is a function of the event, the county's files
/// and the clock; only the lane sees the database.
package struct Publisher: Sendable {
    package let store: Store
    package let counties: CountyRegistry
    package let clock: HubClock
    package let sealer: Sealer
    package let lane: LaneBatcher<AdmissionRow, Admitted>
    package let wakeups: Wakeups
    package let logger: Logger

    package init(
        store: Store, counties: CountyRegistry, clock: HubClock, sealer: Sealer,
        lane: LaneBatcher<AdmissionRow, Admitted>, wakeups: Wakeups, logger: Logger,
    ) {
        self.store = store
        self.counties = counties
        self.clock = clock
        self.sealer = sealer
        self.lane = lane
        self.wakeups = wakeups
        self.logger = logger
    }

    /// How a sender wants faults treated.
    package struct Options: Sendable {
        /// Drop unknown fields with a warning instead of refusing them.
        package var lenient = false

        package init(lenient: Bool = false) {
            self.lenient = lenient
        }
    }

    /// Publishes one event.
    ///
    /// - Throws: ``HubError`` with the API's code.
    package func publish(_ event: CloudEvent, by principal: Principal, options: Options) async throws -> Receipt {
        let county = try counties.county(principal.county)
        try checkSource(of: event, county: county, principal: principal)
        let prepared: PreparedEvent
        do {
            prepared = try await prepare(event, county: county, principal: principal, options: options)
        } catch let refusal as HubError {
            // A retry must get its first receipt even if the contract has
            // changed since; only now is it worth asking.
            if let first = try await firstReceipt(of: event, county: county) { return first }
            throw refusal
        }
        let admitted = try await lane.submit(prepared.row)
        return try await finish(prepared, admitted, event: event, county: county)
    }

    /// Publishes several events in their order; a bad one never fails its
    /// neighbours.
    ///
    /// - Throws: a ``HubError`` when the hub has no room for them; none is stored.
    package func publish(
        batch: [Result<CloudEvent, HubError>], by principal: Principal, options: Options,
    ) async throws -> [Result<Receipt, HubError>] {
        let county = try counties.county(principal.county)
        var results = [Result<Receipt, HubError>?](repeating: nil, count: batch.count)
        var prepared: [(index: Int, event: CloudEvent, prepared: PreparedEvent)] = []
        var refused: [(index: Int, event: CloudEvent)] = []
        var keys: Set<PostgresUUID> = []
        for (index, item) in batch.enumerated() {
            // A thousand large events take long; others judge theirs in between.
            if index % 16 == 15 { await Task.yield() }
            do throws(HubError) {
                let event = try item.get()
                let ready = try await judged(event, county: county, principal: principal, options: options)
                prepared.append((index, event, ready))
                keys.insert(ready.row.key)
            } catch {
                results[index] = .failure(error)
                guard case .success(let event) = item, county.allows(source: event.source, of: principal.unit) else {
                    continue
                }
                if keys.contains(EventKey.of(source: event.source, id: event.id)) {
                    // Its first sending is a neighbour, stored in a moment.
                    refused.append((index, event))
                } else if let first = try await firstAnswer(to: event, county: county) {
                    results[index] = first
                }
            }
        }
        let outcomes = try await lane.submit(all: prepared.map(\.prepared.row))
        for (entry, outcome) in zip(prepared, outcomes) {
            do {
                results[entry.index] = .success(
                    try await finish(entry.prepared, try outcome.get(), event: entry.event, county: county))
            } catch {
                results[entry.index] = .failure(SafeDescription.hubError(for: error))
            }
        }
        for entry in refused {
            if let first = try await firstAnswer(to: entry.event, county: county) { results[entry.index] = first }
        }
        return results.map { $0 ?? .failure(HubError("internal")) }
    }

    private func judged(
        _ event: CloudEvent, county: CountyRuntime, principal: Principal, options: Options,
    ) async throws(HubError) -> PreparedEvent {
        do {
            try checkSource(of: event, county: county, principal: principal)
            return try await prepare(event, county: county, principal: principal, options: options)
        } catch let error as HubError {
            throw error
        } catch {
            throw SafeDescription.hubError(for: error)
        }
    }

    /// The first receipt of an event that is stored already, or that its id is
    /// taken; nil when it is new.
    private func firstAnswer(
        to event: CloudEvent, county: CountyRuntime,
    ) async throws -> Result<Receipt, HubError>? {
        do {
            return try await firstReceipt(of: event, county: county).map { .success($0) }
        } catch let error as HubError {
            return .failure(error)
        }
    }

    // MARK: - Judging

    func checkSource(of event: CloudEvent, county: CountyRuntime, principal: Principal) throws {
        if let attribute = event.extensions["county"] {
            let day = (EnvelopeRules.time(of: event) ?? clock.now(in: county.id)).beijingDate
            let named = counties.codes(attribute.text).filter { $0.isValid(on: day) }
            guard !named.isEmpty else {
                throw HubError(
                    "unknown-county",
                    faults: [
                        EnvelopeRules.fault(
                            "county", "unknown-county", "no county has this code at that time", "该时间没有使用此代码的县")
                    ])
            }
            // A demonstration may share the code of the county it shows.
            guard named.contains(where: { $0.county == county.id }) else { throw HubError("county-not-yours") }
        }
        guard county.allows(source: event.source, of: principal.unit) else {
            throw HubError(
                "source-not-yours",
                details: ["sources": .array(county.sources(of: principal.unit).map { .string($0) })])
        }
    }

    // MARK: - After the commit

    private func finish(
        _ prepared: PreparedEvent, _ admitted: Admitted, event: CloudEvent, county: CountyRuntime,
    ) async throws -> Receipt {
        if admitted.duplicate {
            return try await receipt(at: admitted.position, comparing: event, county: county)
        }
        wakeups.ring(prepared.row.recipients.map { Wakeups.Key(county: county.id, unit: $0.planned.unit) })
        var receipt = prepared.receipt(admitted, event: event, county: county)
        if admitted.joins.contains(true) {
            receipt.recipients = try await recipients(at: admitted.position, county: county)
        }
        return receipt
    }
}

/// The name under which an event is known for ever: the first 16 bytes of
/// SHA-256 over source and id, with a separator neither can hold.
package enum EventKey {
    package static func of(source: String, id: String) -> PostgresUUID {
        var hash = SHA256()
        hash.update(data: Array(source.utf8))
        hash.update(data: [0])
        hash.update(data: Array(id.utf8))
        return PostgresUUID(bytes: Array(Array(hash.finalize()).prefix(16)))
    }
}

extension Wording {
    /// The wording of these words.
    init(of body: [UInt8]) {
        self.init(hash: PostgresUUID(bytes: Array(SHA256.hash(data: body).prefix(16))), body: body)
    }
}

extension CloudEvent {
    /// The data in canonical form; an event without data counts as `null`.
    var canonicalData: [UInt8] {
        switch data {
        case .json(let value): value.canonicalBytes()
        case .text(let text): JSONValue.string(text).canonicalBytes()
        case .binary(let bytes): JSONValue.string(bytes.hexadecimal).canonicalBytes()
        case nil: JSONValue.null.canonicalBytes()
        }
    }

    /// The data as JSON; nil when there is none or it is no JSON.
    var jsonData: JSONValue? {
        if case .json(let value) = data { value } else { nil }
    }
}

extension EventRecord {
    /// The clause of the plan that was stamped on the event.
    package var clause: String? {
        guard case .success(let value) = JSONReader.read(attributes) else { return nil }
        return value["clause"]?.stringValue
    }
}

extension CountyRuntime {
    /// What a unit was called at an instant; its id where the directory has none.
    package func name(of unit: UnitID, at instant: Timestamp) -> String {
        directory.name(unit, on: instant.beijingDate)?.zh ?? unit.rawValue
    }
}
