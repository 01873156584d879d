import CloudEvents
import Coordination
import Hub
import PostgresClient
import Store
import TestSupport
import Testing

struct DutyListTests {
    /// What a filter says, asked of every duty.
    private static func matches(_ duty: Duty, _ filter: DutyFilter, now: Timestamp) -> Bool {
        if let unit = filter.unit, duty.unit != unit { return false }
        if let state = filter.state, duty.state != state { return false }
        if let open = filter.open, duty.state.isOpen != open { return false }
        if let roles = filter.roles, !roles.contains(duty.role) { return false }
        if let caseID = filter.caseID, duty.caseID != caseID { return false }
        if let type = filter.type, duty.type != type { return false }
        let signOwed = duty.state.isOpen && duty.signedAt == nil ? duty.signBy : nil
        let settleOwed = duty.state.isOpen && duty.completedAt == nil ? duty.settleBy : nil
        if filter.overdue == .sign { guard let signOwed, now >= signOwed else { return false } }
        if filter.overdue == .settle { guard let settleOwed, now >= settleOwed else { return false } }
        if let before = filter.dueBefore {
            guard [signOwed, settleOwed].contains(where: { $0.map { $0 < before } ?? false }) else { return false }
        }
        return true
    }

    @Test func listsAndCountsAgreeWithEveryDuty() async throws {
        try await DutyHub.with(.sandbox) { hub in
            let receipts = try await hub.reports(40)
            _ = try await hub.reportFromElsewhere()
            let handler = hub.officer("hrss-01")
            let own = receipts.map { receipt in receipt.recipients.first { $0.unit == "hrss" }!.duty! }
            _ = try await hub.desk.sign(Array(own[0..<20]), body: [:], by: handler)
            for id in own[0..<10] {
                _ = try await hub.desk.perform("accept", on: id, body: [:], by: handler)
                _ = try await hub.desk.perform("complete", on: id, body: ["outcome": "unfounded"], by: handler)
            }
            for id in own[0..<4] {
                _ = try await hub.desk.perform("verify", on: id, body: [:], by: hub.officer("jm-office-01"))
            }
            let start = hub.core.clock.now(in: hub.county.id)
            // Before any sweep, within the ladder, and after its end.
            for days in [0, 5, 60] as [Int64] {
                let now = start.advanced(bySeconds: days * 86_400)
                if days > 0 { _ = try await hub.core.sweeper.sweep(county: hub.county.id, asOf: now, dryRun: false) }
                for later in [0, 86_400] as [Int64] {
                    try await compare(hub, now: now.advanced(bySeconds: later), caseID: receipts[3].caseID!)
                }
            }
        }
    }

    private func compare(_ hub: DutyHub, now: Timestamp, caseID: CaseID) async throws {
        let all = try await hub.store.duties(DutyFilter(), county: hub.county.id, now: now, before: nil, limit: 500)
        #expect(all.count > 150)
        var filters: [DutyFilter] = []
        for unit in [nil, "hrss", "edu-sports", "market-reg"] as [UnitID?] {
            filters.append(DutyFilter(unit: unit))
            for open in [true, false] { filters.append(DutyFilter(unit: unit, open: open)) }
            for overdue in DutyFilter.Overdue.allCases {
                filters.append(DutyFilter(unit: unit, overdue: overdue))
                filters.append(DutyFilter(unit: unit, roles: Role.responsible, overdue: overdue))
            }
            for seconds in [-86_400, 0, 200_000, 5_000_000] as [Int64] {
                filters.append(DutyFilter(unit: unit, dueBefore: now.advanced(bySeconds: seconds)))
            }
            filters.append(DutyFilter(unit: unit, caseID: caseID))
            filters.append(DutyFilter(unit: unit, state: .dispatched, type: "labour.child-labour.reported"))
            if unit != nil {
                for state in DutyState.allCases { filters.append(DutyFilter(unit: unit, state: state)) }
                filters.append(DutyFilter(unit: unit, open: true, roles: [.lead]))
            }
        }
        for filter in filters {
            let expected = all.filter { Self.matches($0, filter, now: now) }.map(\.id)
            let listed = try await hub.store.duties(filter, county: hub.county.id, now: now, before: nil, limit: 500)
            #expect(listed.map(\.id) == expected, "\(filter)")
            let count = try await hub.store.countDuties(filter, county: hub.county.id, now: now)
            #expect(count == Int64(expected.count), "\(filter)")
        }
    }

    @Test func pagesFollowEachOther() async throws {
        try await DutyHub.with { hub in
            let ids = try await hub.duties(25)
            var seen: [DutyID] = []
            while true {
                let page = try await hub.desk.sheets(
                    DutyFilter(open: true), for: hub.program("hrss"), before: seen.last, limit: 10)
                if page.isEmpty { break }
                seen += page.map(\.duty.id)
            }
            #expect(seen == ids.sorted(by: >))
        }
    }

    @Test func aUnitListsItsOwnAndTheSecretariatTheCounty() async throws {
        try await DutyHub.with { hub in
            _ = try await hub.reports(3)
            let own = try await hub.desk.sheets(DutyFilter(), for: hub.program("hrss"), before: nil, limit: 50)
            #expect(Set(own.map(\.duty.unit)) == ["hrss"])
            #expect(own.allSatisfy { $0.allowed.map(\.command) == [.sign, .note] })
            let county = try await hub.desk.sheets(
                DutyFilter(), for: hub.officer("jm-office-01"), before: nil, limit: 50)
            #expect(Set(county.map(\.duty.unit)).isSuperset(of: ["hrss", "edu-sports", "market-reg"]))
            let code = try await hub.code {
                try await hub.desk.count(DutyFilter(unit: "market-reg"), for: hub.program("hrss"))
            }
            #expect(code == "scope-missing")
            #expect(try await hub.desk.count(DutyFilter(unit: "hrss"), for: hub.officer("jm-office-01")) == 3)
        }
    }

    @Test(arguments: [
        DutyFilter(state: .signed), DutyFilter(roles: [.lead]), DutyFilter(open: true, roles: [.handling]),
    ])
    func aCountysDutiesWithoutAnIndexAreRefused(_ filter: DutyFilter) async throws {
        try await DutyHub.with { hub in
            let code = try await hub.code {
                try await hub.desk.sheets(filter, for: hub.officer("jm-office-01"), before: nil, limit: 10)
            }
            #expect(code == "unsupported-filter")
        }
    }

    @Test func aCaseShowsEachWhatItMaySee() async throws {
        try await DutyHub.with { hub in
            let receipt = try await hub.reports(1)[0]
            let caseID = try #require(receipt.caseID)
            let id = try #require(receipt.recipients.first { $0.unit == "hrss" }?.duty)
            _ = try await hub.desk.perform("sign", on: id, body: [:], by: hub.officer("hrss-01"))
            let record = try await hub.store.caseRecord(caseID, county: hub.county.id)
            #expect(record?.kind == "employer" && record?.closedAt == nil)
            for (unit, takesPart, entries) in [
                ("hrss", true, ["sign", "handling"]), ("jm-office", true, ["sign", "publisher"]),
                ("edu-sports", true, ["sign", "lead"]), ("market-reg", true, ["assisting"]), ("psb", false, []),
            ] as [(UnitID, Bool, [String])] {
                #expect(try await hub.store.takesPart(unit: unit, in: caseID, county: hub.county.id) == takesPart)
                let reader = LogReader(county: hub.county.id, unit: unit, isSecretariat: false)
                let timeline = try await hub.store.caseTimeline(caseID, for: reader, before: nil, limit: 10)
                let shown = timeline.map { entry in
                    switch entry {
                    case .event(_, let role): role
                    case .change(let change): change.command
                    }
                }
                #expect(shown == entries, "\(unit.rawValue)")
            }
        }
    }
}
