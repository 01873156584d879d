package import CloudEvents
package import Coordination
package import Logging
import PostgresClient
import ServiceLifecycle
package import Store

/// Carries out what people do to duties: reads the duty, judges the command by
/// ``DutyMachine``, stores the change through the lane and answers after the
/// commit.
///
/// Nothing is locked meanwhile. A change is stored only while the duty is in
/// the version it was judged on; who loses the race is judged again on what the
/// other left behind, so of two officers who sign at once one signs and the
/// other learns that it is signed. The order of judgement is the API's: what is
/// not visible does not exist; then who may act; then whether it was done
/// already; then the version, the state, and what was said.
///
/// Reads are gathered like changes are: what many ask at once is one statement.
/// ``run()`` carries both and must be running.
package struct DutyDesk: Service {
    package let store: Store
    package let counties: CountyRegistry
    package let clock: HubClock
    package let sealer: Sealer
    package let wakeups: Wakeups
    package let logger: Logger
    /// The lane of changes; its figures are for the metrics.
    package let lane: LaneBatcher<DutyChangeRow, Position?>
    package let reads: LaneBatcher<DutyKey, Duty?>
    package let caseReads: LaneBatcher<CaseKey, Bool>
    let roster: OfficerRoster

    /// How often a command is judged again after losing a race. Each time
    /// somebody else's change was stored, so this many in a row is a storm.
    private static let attempts = 32

    /// A desk.
    ///
    /// - Parameters:
    ///   - changeBatch: how many changes a commit holds at the most.
    ///   - figures: told what was stored, for the metrics.
    package init(
        store: Store, counties: CountyRegistry, clock: HubClock, sealer: Sealer, wakeups: Wakeups, logger: Logger,
        changeBatch: Int = 500, figures: HubFigures = HubFigures(),
    ) {
        self.store = store
        self.counties = counties
        self.clock = clock
        self.sealer = sealer
        self.wakeups = wakeups
        self.logger = logger
        lane = LaneBatcher(
            name: "changes", batchLimit: changeBatch, logger: logger,
            sender: { SharingUnit(county: $0.duty.county, unit: $0.byUnit) }, onStored: { figures.stored($0, $1) }
        ) { rows in
            try await store.changeDuties(rows)
        }
        reads = LaneBatcher(name: "duty-reads", logger: logger) { keys in
            try await store.duties(keys: keys)
        }
        caseReads = LaneBatcher(name: "case-reads", logger: logger) { cases in
            try await store.areOpen(cases)
        }
        roster = OfficerRoster(store: store)
    }

    /// Runs until cancelled or asked to shut down gracefully; then stores what
    /// waits and refuses what comes.
    package func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await lane.run() }
            group.addTask { try await reads.run() }
            group.addTask { try await caseReads.run() }
            try await group.waitForAll()
        }
    }

    /// Gives a command to a duty.
    ///
    /// - Parameters:
    ///   - name: the command as the path names it.
    ///   - body: what was sent with it; empty for nothing.
    ///   - idempotencyKey: what the sender calls this request, for 30 days.
    ///   - expectedVersions: the versions one of which the sender has seen; nil for any.
    /// - Returns: the duty after the change, or as it stands when the same was
    ///   done before.
    /// - Throws: ``HubError`` with the API's code.
    package func perform(
        _ name: String, on id: DutyID, body: JSONObject, by principal: Principal, idempotencyKey: String? = nil,
        expectedVersions: Set<Int32>? = nil,
    ) async throws -> DutySheet {
        let county = try counties.county(principal.county)
        let named = DutyCommand.named(name)
        if named == .unknown { throw HubError("no-such-command") }
        var duty = try await visibleDuty(id, to: principal, county: county)
        guard case .offered(let command) = named else { throw HubError("not-yet") }
        let act = DutyAct(command, body: body, by: principal, key: idempotencyKey, expectedVersions: expectedVersions)
        for _ in 0..<Self.attempts {
            switch try await judge(act, on: duty, county: county) {
            case .done:
                return try await sheet(of: duty, for: principal, county: county)
            case .change(let judged):
                if try await lane.submit(judged.row) != nil {
                    ring(judged, county: county)
                    return try await sheet(after: judged, for: principal, county: county)
                }
            }
            duty = try await visibleDuty(id, to: principal, county: county)
        }
        throw HubError("overloaded", retryAfter: 1)
    }

    /// Signs several duties, each by itself: one that cannot be signed never
    /// keeps another from it.
    ///
    /// - Parameter body: what goes for all of them, such as the officer.
    /// - Returns: what became of each, in the order asked.
    package func sign(
        _ ids: [DutyID], body: JSONObject, by principal: Principal,
    ) async throws -> [Result<DutySheet, HubError>] {
        let county = try counties.county(principal.county)
        let act = DutyAct(.sign, body: body, by: principal, key: nil, expectedVersions: nil)
        // With nothing to sign there is no duty whose answer could tell it.
        if ids.isEmpty, !act.request.faults.isEmpty { throw HubError("invalid", faults: act.request.faults) }
        let found = Dictionary(
            try await store.duties(ids: ids, county: county.id).map { ($0.id, $0) },
            uniquingKeysWith: { first, _ in first })
        var results = [Result<DutySheet, HubError>?](repeating: nil, count: ids.count)
        var judged: [(index: Int, judged: JudgedChange)] = []
        for (index, id) in ids.enumerated() {
            results[index] = try await answer {
                guard let duty = found[id], isVisible(duty, to: principal, county: county) else {
                    throw HubError("not-found")
                }
                switch try await judge(act, on: duty, county: county) {
                case .done: return try await sheet(of: duty, for: principal, county: county)
                case .change(let change): judged.append((index, change))
                }
                return nil
            }
        }
        let outcomes = try await lane.submit(all: judged.map(\.judged.row))
        // Whoever waits for what is stored learns of it, whatever becomes of the answer.
        for (entry, outcome) in zip(judged, outcomes) where (try? outcome.get()) != nil {
            ring(entry.judged, county: county)
        }
        let open = try await openCases(of: judged.map(\.judged.transition.duty))
        for (entry, outcome) in zip(judged, outcomes) {
            results[entry.index] = try await answer {
                guard try outcome.get() != nil else {
                    return try await perform("sign", on: ids[entry.index], body: body, by: principal)
                }
                return try await sheet(after: entry.judged, for: principal, county: county, openCases: open)
            }
        }
        return results.map { $0 ?? .failure(HubError("internal")) }
    }

    /// A refusal as a result; nil where nothing is decided yet.
    private func answer(
        _ body: () async throws -> DutySheet?,
    ) async throws -> Result<DutySheet, HubError>? {
        do {
            return try await body().map { .success($0) }
        } catch let error as HubError {
            return .failure(error)
        }
    }

    private func ring(_ judged: JudgedChange, county: CountyRuntime) {
        let duty = judged.row.duty
        let units = Set([judged.before.unit, duty.unit, duty.publisher, duty.lead].compactMap(\.self))
        wakeups.ring(
            units.map { Wakeups.Key(county: county.id, unit: $0) } + [Wakeups.Key(county: county.id, unit: nil)])
    }
}
