import CloudEvents
import Coordination
import Hub
import PostgresClient
import Store
import TestSupport
import Testing

struct SweeperTests {
    /// So many days after the signature of a duty fell due.
    private func day(_ days: Int64, after duty: DutyID, _ hub: DutyHub) async throws -> Timestamp {
        let signBy = try #require(try await hub.store.duty(duty, county: hub.county.id)?.signBy)
        return signBy.advanced(bySeconds: days * 86_400)
    }

    private func sweep(_ hub: DutyHub, _ asOf: Timestamp, dryRun: Bool = false) async throws -> SweepResult {
        try await hub.core.sweeper.sweep(county: hub.county.id, asOf: asOf, dryRun: dryRun)
    }

    @Test func onlyTheHighestStepFiresAndOnce() async throws {
        try await DutyHub.with(.sandbox) { hub in
            let id = try await hub.duty()
            let due = try await day(0, after: id, hub)
            let first = try await sweep(hub, due)
            #expect(first.byUnit["hrss"] == 1)
            let duty = try #require(try await hub.store.duty(id, county: hub.county.id))
            #expect(duty.step == 1 && duty.reminders == 1 && duty.state == .dispatched && duty.version == 2)
            // The reminder ahead of time was due as well.
            let fired = try await hub.number(
                "SELECT count(*) FROM hub.step_fired WHERE duty = \(id.rawValue) AND kind = 'sign' AND (step, outcome) "
                    + "IN ((-1, 'collapsed'), (1, 'reminded'))")
            #expect(fired == 2)
            let again = try await sweep(hub, due)
            #expect(again.stepsFired == 0 && again.collapsed == 0)

            let sheet = try await hub.desk.sheet(of: id, for: hub.program("hrss"))
            #expect(sheet.history.map(\.command) == ["remind"])
            #expect(sheet.history[0].byUnit == "hub" && sheet.history[0].officer == nil)
            #expect(sheet.history[0].detail["milestone"] == "sign")
            #expect(sheet.history[0].detail["to"] == ["hrss/liaison-a", "hrss/liaison-b"])
        }
    }

    @Test func aDryRunTellsWhatTheSweepDoes() async throws {
        try await DutyHub.with(.sandbox) { hub in
            _ = try await hub.reports(30)
            let id = try await hub.duty(of: "hrss", 100)
            let asOf = try await day(4, after: id, hub)
            let before = try await hub.number("SELECT count(*) FROM hub.timer")
            let told = try await sweep(hub, asOf, dryRun: true)
            #expect(told.stepsFired > 60)
            #expect(try await hub.number("SELECT count(*) FROM hub.duty_change") == 0)
            #expect(try await hub.number("SELECT count(*) FROM hub.step_fired") == 0)
            #expect(try await hub.number("SELECT count(*) FROM hub.timer") == before)
            #expect(try await sweep(hub, asOf) == told)
            #expect(try await sweep(hub, asOf, dryRun: true).stepsFired == 0)
        }
    }

    @Test func severalSweepersFireEachStepOnce() async throws {
        try await DutyHub.with(.sandbox) { hub in
            let ids = try await hub.duties(300)
            let asOf = try await day(1, after: ids[0], hub)
            let told = try await sweep(hub, asOf, dryRun: true)
            try await hub.beside { other in
                let results = try await withThrowingTaskGroup(of: SweepResult.self) { group in
                    for index in 0..<6 {
                        let sweeper = index.isMultiple(of: 2) ? hub.core.sweeper : other.core.sweeper
                        group.addTask { try await sweeper.sweep(county: hub.county.id, asOf: asOf, dryRun: false) }
                    }
                    // Meanwhile people sign.
                    group.addTask {
                        _ = try await other.desk.sign(ids, body: [:], by: hub.officer("hrss-01"))
                        return SweepResult(asOf: asOf)
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                _ = try await sweep(hub, asOf)
                let fired = results.map(\.stepsFired).reduce(0, +)
                #expect(fired <= told.stepsFired && fired > 0)
                let changes = try await hub.number("SELECT count(*) FROM hub.duty_change WHERE by_unit = 'hub'")
                let steps = try await hub.number("SELECT count(*) FROM hub.step_fired WHERE outcome <> 'collapsed'")
                #expect(changes >= Int64(fired) && changes == steps)
                let twice = try await hub.number(
                    "SELECT count(*) FROM (SELECT FROM hub.duty_change WHERE by_unit = 'hub' "
                        + "GROUP BY duty, detail HAVING count(*) > 1) AS t")
                #expect(twice == 0)
                #expect(try await hub.number("SELECT count(*) FROM hub.duty WHERE signed_by = 'hrss-01'") == 300)
                // Versions count every change, without a gap.
                let gaps = try await hub.number(
                    """
                    SELECT count(*) FROM hub.duty AS d WHERE d.version <> 1 + (
                        SELECT count(*) FROM hub.duty_change AS c WHERE c.county = d.county AND c.duty = d.id)
                    """)
                #expect(gaps == 0)
            }
        }
    }

    @Test func aSignatureEndsTheLadder() async throws {
        try await DutyHub.with(.sandbox) { hub in
            let id = try await hub.duty()
            _ = try await sweep(hub, try await day(0, after: id, hub))
            _ = try await hub.desk.perform("sign", on: id, body: [:], by: hub.officer("hrss-01"))
            let duty = try #require(try await hub.store.duty(id, county: hub.county.id))
            #expect(duty.step == 0)
            _ = try await sweep(hub, try await day(40, after: id, hub))
            let later = try await hub.number(
                "SELECT count(*) FROM hub.step_fired WHERE duty = \(id.rawValue) AND kind = 'sign' AND step > 1")
            #expect(later == 0)
        }
    }

    @Test func draftsAreTheSecretariatsAlone() async throws {
        try await DutyHub.with(.sandbox) { hub in
            let id = try await hub.duty(of: "edu-sports")
            let result = try await sweep(hub, try await day(5, after: id, hub))
            #expect(result.drafts > 0)
            let duty = try #require(try await hub.store.duty(id, county: hub.county.id))
            #expect(duty.step == 3 && duty.reminders == 0)
            #expect(try await hub.desk.sheet(of: id, for: hub.program("edu-sports")).history.isEmpty)
            let secretary = try await hub.desk.sheet(of: id, for: hub.officer("jm-office-01"))
            #expect(secretary.history.map(\.command).contains("draft"))
            for unit in ["edu-sports", "hrss"] as [UnitID] {
                let reader = LogReader(county: hub.county.id, unit: unit, isSecretariat: false)
                let log = try await hub.store.log(reader, after: Position(rawValue: 0), limit: 50)
                let commands = log.compactMap { entry in
                    if case .change(let change, _) = entry { change.command } else { nil }
                }
                #expect(!commands.contains("draft"))
            }
        }
    }

    @Test func whatIsLateStaysListedAfterTheLadderAndLeavesWithTheSignature() async throws {
        try await DutyHub.with(.sandbox) { hub in
            let id = try await hub.duty()
            let asOf = try await day(90, after: id, hub)
            _ = try await sweep(hub, asOf)
            _ = try await sweep(hub, asOf.advanced(bySeconds: 60 * 86_400))
            let late = DutyFilter(unit: "hrss", overdue: .sign)
            let listed = try await hub.store.duties(late, county: hub.county.id, now: asOf, before: nil, limit: 10)
            #expect(listed.map(\.id) == [id])
            let resting =
                "SELECT count(*) FROM hub.timer WHERE due = 'infinity' AND duty = \(id.rawValue) AND kind = 'sign'"
            #expect(try await hub.number(resting) == 1)
            _ = try await hub.desk.perform("sign", on: id, body: [:], by: hub.officer("hrss-01"))
            #expect(try await hub.store.countDuties(late, county: hub.county.id, now: asOf) == 0)
        }
    }

    @Test func aRefusedCompletionGoesOnAboveWhatHasFired() async throws {
        try await DutyHub.with(.sandbox) { hub in
            let id = try await hub.duty()
            let handler = hub.officer("hrss-01")
            _ = try await hub.desk.perform("sign", on: id, body: [:], by: handler)
            _ = try await hub.desk.perform("accept", on: id, body: [:], by: handler)
            let file = try #require(
                try await hub.store.duty(id, county: hub.county.id)?.currentMilestone("file")?.due)
            _ = try await sweep(hub, file)
            _ = try await hub.desk.perform("complete", on: id, body: ["outcome": "unfounded"], by: handler)
            // Completed: the timer is dropped when it falls due.
            _ = try await sweep(hub, file.advanced(bySeconds: 30 * 86_400))
            let steps = "SELECT count(*) FROM hub.step_fired WHERE duty = \(id.rawValue) AND kind = 'file'"
            #expect(try await hub.number(steps + " AND step > 1") == 0)
            _ = try await hub.desk.perform(
                "reject-completion", on: id, body: ["reason": "缺记录"], by: hub.officer("jm-office-01"))
            _ = try await sweep(hub, file.advanced(bySeconds: 30 * 86_400))
            #expect(try await hub.number(steps + " AND step = 5 AND outcome = 'proposed'") == 1)
            #expect(try await hub.number(steps + " AND step = 1 AND outcome = 'reminded'") == 1)
            let sheet = try await hub.desk.sheet(of: id, for: handler)
            #expect(sheet.history.filter { $0.command == "remind" }.count == 1)
        }
    }

    @Test func aDutyThatCannotBeReadKeepsNoOtherFromFiring() async throws {
        try await DutyHub.with(.sandbox) { hub in
            let broken = try await hub.duty(0)
            let sound = try await hub.duty(1)
            let due = try await day(0, after: sound, hub)
            _ = try await hub.store.pool.query(
                PostgresStatement(
                    name: "break",
                    sql: """
                        UPDATE hub.duty SET milestones = '[{}]', wording = NULL, clocks = NULL
                        WHERE county = $1 AND id = $2
                        """,
                    binds: [hub.county.id.rawValue, broken.rawValue]))
            let tried = try await sweep(hub, due, dryRun: true)
            let result = try await sweep(hub, due)
            #expect(result.byUnit["hrss"] == 1 && tried.byUnit == result.byUnit)
            #expect(try await hub.store.duty(sound, county: hub.county.id)?.step == 1)
            #expect(try await sweep(hub, due).stepsFired == 0)
            // Its timers stand until somebody has mended it.
            let timers = "SELECT count(*) FROM hub.timer WHERE duty = \(broken.rawValue) AND kind = 'sign'"
            #expect(try await hub.number(timers) == 1)
        }
    }

    @Test(arguments: ["0001-01-01T00:00:00Z", "1999-12-31T23:59:59+08:00", "2101-01-01T00:00:00+08:00"])
    func noSweepLooksFromBeyondTheYearsOfAClock(_ text: String) async throws {
        try await DutyHub.with(.sandbox) { hub in
            let instant = try #require(Timestamp(rfc3339: text))
            for isDryRun in [true, false] {
                #expect(try await hub.code { try await sweep(hub, instant, dryRun: isDryRun) } == "invalid")
            }
        }
    }

    @Test func theFutureIsForDryRunsAndSandboxes() async throws {
        try await DutyHub.with { hub in
            let id = try await hub.duty()
            let ahead = try await day(1, after: id, hub)
            let refused = try await hub.code { try await sweep(hub, ahead) }
            #expect(refused == "as-of-in-future")
            #expect(try await sweep(hub, ahead, dryRun: true).stepsFired > 0)
            #expect(try await hub.core.sweeper.sweep(county: hub.county.id, asOf: nil, dryRun: false).stepsFired == 0)
        }
    }
}
