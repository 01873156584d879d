import ChineseIdentifiers
import CloudEvents
package import Coordination
package import Logging
package import Store
import Synchronization

/// Whether the hub answers reads only, and whether sweeps wait: as an operator
/// has said in the database, for a county or for all of them, or because the
/// database itself takes no writes.
///
///     maintenance on ──▶ read-only, sweeps wait ──maintenance off──▶ all goes on
///                                   │                                   ▲
///                                   └──off --hold-sweeps──▶ sweeps wait ┘ when the time has come
///
/// Every process looks every two seconds, so for that long some still write
/// when maintenance begins. What was accepted is stored. Reads, feeds, streams
/// and the board go on all the while. What falls due meanwhile is not lost: the
/// first sweep afterwards fires the highest step of each duty, once, and puts on
/// record those it skips.
package final class MaintenanceMode: Sendable {
    private struct State {
        var records: [MaintenanceRecord] = []
        var databaseIsWritable = true
    }

    private let store: Store
    private let counties: CountyRegistry
    private let clock: HubClock
    private let logger: Logger
    private let retryAfter: Int
    private let state = Mutex(State())

    /// - Parameter retryAfter: when those who are refused are told to try
    ///   again.
    package init(
        store: Store, counties: CountyRegistry, clock: HubClock, retryAfter: Duration, logger: Logger,
    ) {
        self.store = store
        self.counties = counties
        self.clock = clock
        self.retryAfter = max(1, Int(retryAfter.components.seconds))
        self.logger = logger
    }

    /// Reads what holds now. Where it cannot be read, what held before goes on.
    package func refresh() async throws {
        var (records, isWritable) = try await store.maintenance()
        if !isWritable { isWritable = try await store.isWritableAnew() }
        let before = state.withLock { state in
            defer { state = State(records: records, databaseIsWritable: isWritable) }
            return state
        }
        tell(before: before, now: State(records: records, databaseIsWritable: isWritable))
    }

    // MARK: - What may be done

    /// Why a county's writes are refused; nil where they are not.
    package func refusal(of county: CountyID) -> HubError? {
        let (record, isWritable) = state.withLock { state in
            (state.records.first { $0.isReadOnly && $0.concerns(county) }, state.databaseIsWritable)
        }
        if let record {
            var details: [String: JSONValue] = [
                "since": .string(clock.shown(record.since, in: county).rfc3339())
            ]
            if !record.reason.isEmpty { details["reason"] = .string(record.reason) }
            return HubError("maintenance", details: details, retryAfter: retryAfter)
        }
        guard !isWritable else { return nil }
        return HubError(
            "maintenance", details: ["reason": "the database takes no writes 数据库处于只读状态"], retryAfter: retryAfter)
    }

    /// Why no steps are fired in a county; nil where they are.
    package func holdOfSweeps(in county: CountyID) -> HubError? {
        if let refusal = refusal(of: county) { return refusal }
        let now = clock.now()
        let until = state.withLock { $0.records }
            .filter { $0.concerns(county) }.compactMap(\.sweepsHeldUntil).max()
        guard let until, now < until else { return nil }
        return HubError("sweeps-held", details: ["heldUntil": .string(until.rfc3339())])
    }

    /// Whether nobody writes at all; then the chores that write wait too.
    package var isReadOnlyEverywhere: Bool {
        state.withLock { state in
            !state.databaseIsWritable || state.records.contains { $0.isReadOnly && $0.county == nil }
        }
    }

    /// `read-write`, `read-only`, or `partly-read-only` where some counties are.
    package var name: String {
        if isReadOnlyEverywhere { return "read-only" }
        return state.withLock { $0.records.contains(where: \.isReadOnly) } ? "partly-read-only" : "read-write"
    }

    /// Whether the database takes writes.
    package var databaseIsWritable: Bool { state.withLock { $0.databaseIsWritable } }

    /// How many counties answer reads only, and in how many sweeps wait.
    package var counts: (readOnly: Int, held: Int) {
        let ids = counties.all.map(\.id)
        return (ids.count { refusal(of: $0) != nil }, ids.count { holdOfSweeps(in: $0) != nil })
    }

    // MARK: - The log

    /// Says what has begun and what has ended; never the reason, which is an
    /// operator's own words.
    private func tell(before: State, now: State) {
        if before.databaseIsWritable != now.databaseIsWritable {
            logger.warning(
                now.databaseIsWritable
                    ? "the database takes writes again" : "the database takes no writes, the hub answers reads only")
        }
        let (old, new) = (before.records, now.records)
        for record in new where !old.contains(where: { $0.county == record.county && $0.says == record.says }) {
            logger.notice(
                record.isReadOnly ? "maintenance has begun, reads only" : "sweeps are held",
                metadata: [
                    "hub_county": "\(key(of: record))",
                    "hub_held_until": "\(record.sweepsHeldUntil.map { $0.rfc3339() } ?? "-")",
                ])
        }
        for record in old
        where !new.contains(where: { $0.county == record.county && $0.isReadOnly == record.isReadOnly }) {
            logger.notice(
                record.isReadOnly ? "maintenance has ended" : "sweeps go on",
                metadata: ["hub_county": "\(key(of: record))"])
        }
    }

    /// What an operator calls the county.
    private func key(of record: MaintenanceRecord) -> String {
        guard let id = record.county else { return "all" }
        return (try? counties.county(id).record.key) ?? "\(id.rawValue)"
    }
}

extension MaintenanceRecord {
    fileprivate func concerns(_ county: CountyID) -> Bool { self.county == nil || self.county == county }

    fileprivate var says: [String] { ["\(isReadOnly)", sweepsHeldUntil?.rfc3339() ?? ""] }
}

/// The words an operator gives for a maintenance: everybody who is refused
/// reads them.
package enum MaintenanceReason {
    /// How many characters it may have.
    package static let limit = 200

    /// What is wrong with it, in both languages; nil when it may be shown.
    package static func fault(of text: String) -> (en: String, zh: String)? {
        if text.count > limit {
            return ("the reason has at most \(limit) characters", "原因不超过\(limit)字")
        }
        if text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            return ("the reason is one line of text", "原因应为一行文字")
        }
        // An identity or telephone number would be shown to every unit.
        if !PersonalPatternScanner.kinds(in: text).isEmpty {
            return ("the reason must not hold personal numbers", "原因中不得含有证件号码或电话号码")
        }
        return nil
    }
}
