import CloudEvents
import Hub
import TestSupport
import Testing

/// Sweeps: after an outage, several at once, and looking ahead.
struct EscalationStoryTests {
    @Test func afterAnOutageOnlyTheHighestStepFires() async throws {
        try await Story.play(from: "2020-10-26T09:00:00+08:00") { story in
            let receipt = try await story.publish(try Sample.report(id: "r-1", employer: 1), as: "jm-office")
            let duty = try receipt.duty(of: "hrss")
            try await story.moveClock(to: "2020-11-20T09:00:00+08:00")
            let told = try await story.sweep(dryRun: true)
            let fired = try await story.sweep()
            #expect(fired["stepsFired"] == told["stepsFired"] && fired["byUnit"] == told["byUnit"])
            // The signature and the filing of the case, once each.
            #expect(fired["byUnit"]?["hrss"] == 2)
            #expect((fired["collapsed"]?.integerValue ?? 0) > 0)
            let sheet = try await story.duty(duty, as: "jm-office-01")
            let entry = sheet["history"]?.arrayValue?.first { $0["detail"]?["milestone"] == "sign" }
            #expect(entry?["command"] == "propose")
            #expect(entry?["detail"]?["step"] == 5)
            #expect(entry?["detail"]?["collapsed"] == [-1, 1, 2, 3, 4])
            #expect(sheet["step"] == 5)
            let again = try await story.sweep()
            #expect(again["stepsFired"] == 0 && again["collapsed"] == 0 && again["drafts"] == 0)
            try await story.expectExactBoard()
        }
    }

    @Test func twoHubsThatSweepAtOnceFireEachStepOnce() async throws {
        try await Story.play(from: "2020-10-26T09:00:00+08:00") { story in
            let events = try (0..<60).map { try Sample.report(id: "r-\($0)", employer: $0) }
            let answer = try await story.hub.publish(batch: events, as: Story.unit("jm-office"))
            #expect(answer.json["accepted"] == 60)
            try await TestHub.with(database: story.hub.database, keyFile: story.hub.keyFile) { other in
                let asOf = "2020-10-29T09:00:00+08:00"
                let told = try await story.sweep(asOf: asOf, dryRun: true)["stepsFired"]?.integerValue ?? 0
                #expect(told >= 180)
                let stories = [story, Story(hub: other)]
                let fired = try await withThrowingTaskGroup(of: Int64.self) { group in
                    for turn in 0..<6 {
                        group.addTask {
                            try await stories[turn % 2].sweep(asOf: asOf)["stepsFired"]?.integerValue ?? 0
                        }
                    }
                    return try await group.reduce(0, +)
                }
                #expect(fired == told)
                let changes = try await other.number("SELECT count(*) FROM hub.duty_change WHERE by_unit = 'hub'")
                #expect(changes == told)
            }
            let twice = try await story.hub.number(
                """
                SELECT count(*) FROM (SELECT FROM hub.duty_change WHERE by_unit = 'hub'
                    GROUP BY duty, detail HAVING count(*) > 1) AS t
                """)
            #expect(twice == 0)
            try await story.expectExactBoard()
        }
    }

    /// A real county lives by the database's clock; the secretariat may ask
    /// what would come.
    @Test func theFutureIsForTrialsAlone() async throws {
        try await TestHub.with { hub in
            let duty = try await hub.report(1).duty(of: "hrss")
            let signBy = try await hub.get("/v1/duties/\(duty)", as: .officer("hrss-01")).json.instant("signBy")
            let ahead = JSONValue.string(signBy.advanced(bySeconds: 30 * 86_400).rfc3339())
            let timers = try await hub.numbers("SELECT extract(epoch FROM due) * 1000 FROM hub.timer ORDER BY 1")

            let trial = try await hub.post(
                "/v1/sweeps", ["asOf": ahead, "dryRun": true], as: .officer("jm-office-01"))
            #expect(trial.status == 200)
            #expect((trial.json["stepsFired"]?.integerValue ?? 0) > 2, "\(trial.text)")
            #expect(trial.json["asOf"] == ahead)

            let admin = TestHub.Speaker.scopes([.admin], unit: "county-gov-office", of: .mengjin)
            let early = try await hub.post("/v1/sweeps", ["asOf": ahead], as: admin)
            #expect(early.status == 422 && early.code == "as-of-in-future")
            let forbidden = try await hub.post("/v1/sweeps", [:], as: .officer("jm-office-01"))
            #expect(forbidden.status == 403 && forbidden.code == "scope-missing")
            let now = try await hub.post("/v1/sweeps", [:], as: admin)
            #expect(now.status == 200 && now.json["stepsFired"] == 0)

            let after = try await hub.numbers("SELECT extract(epoch FROM due) * 1000 FROM hub.timer ORDER BY 1")
            #expect(after == timers)
            let fired = try await hub.number("SELECT count(*) FROM hub.step_fired")
            #expect(fired == 0)
            let clock = try await hub.post("/v1/sandbox/clock", ["now": ahead], as: admin)
            #expect(clock.status == 422 && clock.code == "not-a-sandbox")
        }
    }

    /// One unit's act never silences another.
    @Test func whoIsLateIsToldApartFromWhoIsNot() async throws {
        try await Story.play(from: "2020-10-26T09:00:00+08:00") { story in
            let receipt = try await story.publish(try Sample.report(id: "r-1", employer: 1), as: "jm-office")
            let handling = try receipt.duty(of: "hrss")
            let assisting = try receipt.duty(of: "market-reg")
            for command in ["sign", "accept"] { try await story.act("hrss-01", command, handling) }
            try await story.act("hrss-01", "complete", handling, ["outcome": "substantiated-penalised"])
            try await story.act("jm-office-01", "verify", handling)

            try await story.moveClock(to: "2020-10-28T09:00:00+08:00")
            let fired = try await story.sweep()
            #expect(fired["byUnit"]?["market-reg"] == 1)
            #expect(fired["byUnit"]?["hrss"] == nil)
            let late = try await story.duties("overdue=sign", as: "jm-office-01")
            #expect(late.contains(assisting) && !late.contains(handling))
            let own = try await story.duties("overdue=sign", as: "market-reg-01")
            #expect(own == [assisting])

            // The publisher learns who is late; the case stays open.
            let position = receipt["position"]?.stringValue ?? ""
            let duties = try await story.hub.get("/v1/events/\(position)/duties", as: Story.unit("jm-office"))
            let states = (duties.json["items"]?.arrayValue ?? []).reduce(into: [String: JSONValue]()) { all, item in
                all[item["unit"]?.stringValue ?? ""] = item
            }
            #expect(states["market-reg"]?["overdue"] == ["sign"])
            #expect(states["hrss"]?["overdue"] == [] && states["hrss"]?["state"] == "closed")
            let record = try await story.hub.get(
                "/v1/cases/\(receipt["caseId"]?.stringValue ?? "")", as: Story.officer("jm-office-01"))
            #expect(record.json["state"] == "open", "\(record.text)")
            try await story.expectExactBoard()
        }
    }
}
