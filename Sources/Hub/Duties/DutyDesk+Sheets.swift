import CloudEvents
package import Coordination
package import Store

extension DutyDesk {
    /// A duty as a principal may see it.
    ///
    /// - Throws: `not-found` for what is not there and for what is not theirs.
    package func sheet(of id: DutyID, for principal: Principal) async throws -> DutySheet {
        let county = try counties.county(principal.county)
        let duty = try await visibleDuty(id, to: principal, county: county)
        return try await sheet(of: duty, for: principal, county: county)
    }

    /// The duties a filter finds among the unit's own, or among the county's for
    /// the secretariat; newest first, before a cursor, without histories.
    ///
    /// - Throws: `unsupported-filter`; `scope-missing` for another unit's.
    package func sheets(
        _ filter: DutyFilter, for principal: Principal, before: DutyID?, limit: Int,
    ) async throws -> [DutySheet] {
        let county = try counties.county(principal.county)
        let now = clock.now(in: county.id)
        let scoped = try scoped(filter, to: principal, county: county)
        let duties = try await store.duties(scoped, county: county.id, now: now, before: before, limit: limit)
        return duties.map { duty in
            sheet(of: duty, history: [], for: principal, county: county, caseIsOpen: false, now: now)
        }
    }

    /// How many duties a filter finds, exactly.
    ///
    /// - Throws: as ``sheets(_:for:before:limit:)``.
    package func count(_ filter: DutyFilter, for principal: Principal) async throws -> Int64 {
        let county = try counties.county(principal.county)
        return try await store.countDuties(
            try scoped(filter, to: principal, county: county), county: county.id, now: clock.now(in: county.id))
    }

    private func scoped(
        _ filter: DutyFilter, to principal: Principal, county: CountyRuntime,
    ) throws -> DutyFilter {
        var filter = filter
        filter.officer = principal.officer
        if !principal.has(.secretariat) {
            if let unit = filter.unit, unit != principal.unit {
                throw HubError("scope-missing", details: ["needs": ["secretariat"]])
            }
            filter.unit = principal.unit
        } else if filter.unit == nil, filter.state == .awaitingDispatch {
            // What waits for dispatch is nobody else's.
            filter.unit = county.directory.units(kind: .secretariat).first?.id
        }
        guard filter.isSupported else { throw HubError("unsupported-filter") }
        return filter
    }

    // MARK: Visibility

    func visibleDuty(_ id: DutyID, to principal: Principal, county: CountyRuntime) async throws -> Duty {
        let duty = try await reading { try await reads.submit(DutyKey(county: county.id, id: id)) }
        guard let duty, isVisible(duty, to: principal, county: county) else { throw HubError("not-found") }
        return duty
    }

    private func reading<Result>(_ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch let error as HubError where error.code == "outcome-unknown" {
            // Nothing was to be stored.
            throw HubError("database-unavailable", retryAfter: error.retryAfter)
        }
    }

    // MARK: Cases

    /// The case whose being open decides what may still be done to a duty: that
    /// of a closed one that only had to be signed; of others nobody asks.
    static func decidingCase(of duty: Duty) -> CaseKey? {
        guard duty.state == .closed, duty.isSignOnly else { return nil }
        return duty.caseID.map { CaseKey(county: duty.county, id: $0) }
    }

    /// Whether the case that decides over a duty is open.
    func caseIsOpen(of duty: Duty) async throws -> Bool {
        guard let key = Self.decidingCase(of: duty) else { return false }
        return try await reading { try await caseReads.submit(key) }
    }

    /// The open ones of the cases that decide over duties, asked for at once.
    func openCases(of duties: [Duty]) async throws -> Set<CaseKey> {
        let keys = Array(Set(duties.compactMap { Self.decidingCase(of: $0) }))
        return try await reading {
            let open = try await caseReads.submit(all: keys)
            return try Set(zip(keys, open).filter { try $0.1.get() }.map(\.0))
        }
    }

    /// The duty's unit, who sent the event, who leads, who verifies, and the
    /// secretariat see it. What is addressed to one person exists for nobody
    /// else, and sealed matters not for the secretariat.
    func isVisible(_ duty: Duty, to principal: Principal, county: CountyRuntime) -> Bool {
        if let officer = duty.officer { return principal.unit == duty.unit && principal.officer == officer }
        if [duty.unit, duty.publisher, duty.lead, duty.verifier].contains(principal.unit) { return true }
        return principal.has(.secretariat) && !(county.catalogue.contract(duty.type)?.isSealed ?? true)
    }

    // MARK: Sheets

    func sheet(of duty: Duty, for principal: Principal, county: CountyRuntime) async throws -> DutySheet {
        let changes = duty.version == 1 ? [] : try await store.history(of: duty.id, county: county.id)
        return sheet(
            of: duty, history: changes.compactMap { entry($0, of: duty, for: principal, county: county) },
            for: principal, county: county, caseIsOpen: try await caseIsOpen(of: duty), now: clock.now(in: county.id))
    }

    /// The sheet after a change that was just stored: what came before it is
    /// read only where there is any.
    ///
    /// - Parameter openCases: of those that matter, the cases that are open; nil
    ///   to ask.
    func sheet(
        after judged: JudgedChange, for principal: Principal, county: CountyRuntime, openCases: Set<CaseKey>? = nil,
    ) async throws -> DutySheet {
        guard judged.before.version == 1 else {
            return try await sheet(of: judged.transition.duty, for: principal, county: county)
        }
        let transition = judged.transition
        let isOpen: Bool
        if let openCases {
            isOpen = Self.decidingCase(of: transition.duty).map(openCases.contains) ?? false
        } else {
            isOpen = try await caseIsOpen(of: transition.duty)
        }
        let entry = DutyHistoryEntry(
            at: transition.at, byUnit: judged.row.byUnit, officer: transition.officer,
            command: transition.command.rawValue, from: transition.from.rawValue,
            to: transition.duty.state.rawValue,
            note: Self.text(transition.writings),
            detail: Self.shown(transition.codes))
        return sheet(
            of: transition.duty, history: [entry], for: principal, county: county,
            caseIsOpen: isOpen, now: transition.at)
    }

    private func sheet(
        of duty: Duty, history: [DutyHistoryEntry], for principal: Principal, county: CountyRuntime,
        caseIsOpen: Bool, now: Timestamp,
    ) -> DutySheet {
        let day = now.beijingDate
        let name = county.directory.name(duty.unit, on: day)
        let circumstances = DutyCircumstances(
            officerIsRegistered: true, outcomes: county.outcomes(of: duty.type, on: day), caseIsOpen: caseIsOpen)
        return DutySheet(
            duty: duty, unitName: name?.zh ?? duty.unit.rawValue, unitNameEn: name?.en ?? duty.unit.rawValue,
            countyCode: county.code(on: day), overdue: duty.overdue(at: now),
            allowed: DutyMachine.allowed(on: duty, by: principal.actor(), circumstances: circumstances),
            history: history)
    }

    /// Whether a unit reads what was written with a change: the duty's own unit
    /// and the writer's do. A verifier sees the outcome and no words, because
    /// they may name a child and the secretariat sees duties masked.
    private static func reads(_ unit: UnitID, writtenBy writer: UnitID, on duty: Duty) -> Bool {
        unit == duty.unit || unit == writer
    }

    /// An entry of the history; nil for one this principal is not told of.
    private func entry(
        _ change: DutyChangeRecord, of duty: Duty, for principal: Principal, county: CountyRuntime,
    ) -> DutyHistoryEntry? {
        let isSecretariat = principal.has(.secretariat) || county.isSecretariat(principal.unit)
        if HubCommand(rawValue: change.command)?.isForSecretariat == true && !isSecretariat { return nil }
        return DutyHistoryEntry(
            at: change.at, byUnit: change.byUnit, officer: change.officer, command: change.command,
            from: change.from, to: change.to,
            note: Self.reads(principal.unit, writtenBy: change.byUnit, on: duty)
                ? Self.text(writings(of: change, county: county.id)) : nil,
            detail: Self.shown(change.codes))
    }

    /// The codes of a change that say what was done; the clocks that an
    /// assignment replaced are kept for the publisher's receipt.
    private static func shown(_ codes: JSONObject) -> JSONObject {
        var shown = codes
        shown[DutyClocks.replaced] = nil
        return shown
    }

    private static func text(_ writings: JSONObject) -> String? {
        let texts = writings.compactMap(\.value.stringValue)
        return texts.isEmpty ? nil : texts.joined(separator: "\n")
    }
}
