import CloudEvents
import Coordination
import Hub
import PostgresClient
import Store
import TestSupport
import Testing

struct DutyDeskTests {
    @Test func anOfficerTakesADutyToItsEnd() async throws {
        try await DutyHub.with { hub in
            let id = try await hub.duty()
            let handler = hub.officer("hrss-01")
            for (command, body, state) in [
                ("sign", [:], "signed"), ("accept", [:], "accepted"), ("start", ["note": "去现场"], "in-progress"),
                ("note", ["note": "已立案", "milestone": "file"], "in-progress"),
                ("complete", ["outcome": "unfounded"], "completed"),
            ] as [(String, JSONObject, String)] {
                let sheet = try await hub.desk.perform(command, on: id, body: body, by: handler)
                #expect(sheet.duty.state.rawValue == state)
            }
            let closed = try await hub.desk.perform("verify", on: id, body: [:], by: hub.officer("jm-office-01"))
            #expect(closed.duty.state == .closed)
            #expect(closed.duty.version == 7)
            let sheet = try await hub.desk.sheet(of: id, for: handler)
            #expect(sheet.history.map(\.command) == ["sign", "accept", "start", "note", "complete", "verify"])
            #expect(sheet.history.map(\.note) == [nil, nil, "去现场", "已立案", nil, nil])
            #expect(sheet.history[4].detail == ["outcome": "unfounded"])
            #expect(sheet.duty.currentMilestones.filter { $0.due != nil }.allSatisfy { $0.met != nil })
            #expect(sheet.holdsNotes)
        }
    }

    @Test func whatPeopleWriteIsSealedAndForItsUnit() async throws {
        try await DutyHub.with { hub in
            let id = try await hub.duty()
            let note = "孩子叫示例小明"
            _ = try await hub.desk.perform("note", on: id, body: ["note": .string(note)], by: hub.officer("hrss-01"))
            #expect(try await hub.desk.sheet(of: id, for: hub.program("hrss")).history.map(\.note) == [note])
            for other in [hub.program("jm-office"), hub.program("edu-sports"), hub.officer("jm-office-01")] {
                let sheet = try await hub.desk.sheet(of: id, for: other)
                #expect(sheet.history.map(\.command) == ["note"])
                #expect(sheet.history.map(\.note) == [nil] && !sheet.holdsNotes)
            }
            let plain = try await hub.number(
                "SELECT count(*) FROM hub.duty_change WHERE encode(sealed_note, 'hex') LIKE "
                    + "'%' || encode(convert_to('示例小明', 'UTF8'), 'hex') || '%'")
            #expect(plain == 0)
            #expect(try await hub.number("SELECT count(*) FROM hub.duty_change WHERE sealed_note IS NOT NULL") == 1)
        }
    }

    @Test func whoWroteSomethingReadsIt() async throws {
        try await DutyHub.with { hub in
            let id = try await hub.duty()
            for (command, body) in [
                ("sign", [:]), ("accept", ["note": "去现场"]),
                ("complete", ["outcome": "unfounded", "note": "查无实据"]),
            ] as [(String, JSONObject)] {
                _ = try await hub.desk.perform(command, on: id, body: body, by: hub.officer("hrss-01"))
            }
            let verifier = hub.officer("jm-office-01")
            _ = try await hub.desk.perform("reject-completion", on: id, body: ["reason": "缺记录"], by: verifier)
            for (reader, notes) in [
                (verifier, [nil, nil, nil, "缺记录"]), (hub.officer("hrss-01"), [nil, "去现场", "查无实据", "缺记录"]),
                (hub.officer("edu-sports-01"), [nil, nil, nil, nil]),
            ] as [(Principal, [String?])] {
                #expect(try await hub.desk.sheet(of: id, for: reader).history.map(\.note) == notes)
            }
        }
    }

    @Test func twoOfficersAtOnceSignOnce() async throws {
        try await DutyHub.with { hub in
            let ids = try await hub.duties(60)
            try await hub.beside { other in
                let results = try await withThrowingTaskGroup(of: (DutyID, OfficerID, String?).self) { group in
                    for id in ids {
                        for (index, officer) in ["hrss-01", "hrss-02", "hrss-03"].enumerated() {
                            let desk = index == 1 ? other.desk : hub.desk
                            let principal = hub.officer(OfficerID(officer))
                            group.addTask {
                                let code = try await hub.code {
                                    try await desk.perform("sign", on: id, body: [:], by: principal)
                                }
                                return (id, OfficerID(officer), code)
                            }
                        }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                for duty in try await hub.store.duties(ids: ids, county: hub.county.id) {
                    let own = results.filter { $0.0 == duty.id }
                    let signers = own.filter { $0.2 == nil }.map(\.1)
                    #expect(signers == [duty.signedBy])
                    let late = own.compactMap(\.2)
                    #expect(late == ["illegal-transition", "illegal-transition"])
                    #expect(duty.version == 2)
                }
            }
        }
    }

    @Test func theSameAgainAnswersTheSame() async throws {
        try await DutyHub.with { hub in
            let id = try await hub.duty()
            let first = hub.officer("hrss-01")
            _ = try await hub.desk.perform("sign", on: id, body: [:], by: first)
            #expect(try await hub.desk.perform("sign", on: id, body: [:], by: first).duty.version == 2)
            // Also when the sender has seen the version before.
            #expect(
                try await hub.desk.perform("sign", on: id, body: [:], by: first, expectedVersions: [1]).duty.version
                    == 2)
            let second = hub.officer("hrss-02")
            #expect(try await hub.refusal(of: "sign", on: id, by: second) == "illegal-transition")

            let note: JSONObject = ["note": "去过了"]
            for version in [3, 3] {
                #expect(
                    try await hub.desk.perform("note", on: id, body: note, by: first).duty.version == Int32(version))
            }
            #expect(try await hub.desk.perform("note", on: id, body: ["note": "又去了"], by: first).duty.version == 4)
            #expect(try await hub.desk.perform("note", on: id, body: ["note": "又去了"], by: second).duty.version == 5)
        }
    }

    @Test func anIdempotencyKeyHoldsForTokenAndDuty() async throws {
        try await DutyHub.with { hub in
            let id = try await hub.duty()
            let officer = hub.officer("hrss-01")
            let note: JSONObject = ["note": "去过了"]
            for _ in 0..<2 {
                let sheet = try await hub.desk.perform("note", on: id, body: note, by: officer, idempotencyKey: "k1")
                #expect(sheet.duty.version == 2)
            }
            _ = try await hub.desk.perform("sign", on: id, body: [:], by: officer, idempotencyKey: "k2")
            // Long after it is last no more.
            let again = try await hub.desk.perform("note", on: id, body: note, by: officer, idempotencyKey: "k1")
            #expect(again.duty.version == 3)
            for (command, body) in [("note", ["note": "别的"]), ("sign", [:])] as [(String, JSONObject)] {
                let code = try await hub.code {
                    try await hub.desk.perform(command, on: id, body: body, by: officer, idempotencyKey: "k1")
                }
                #expect(code == "idempotency-key-reused")
            }
            // Whatever else was sent, also what this command does not take.
            let others: [JSONObject] = [
                ["note": "去过了", "evidence": ["e-1"]], ["note": "去过了", "outcome": "founded"],
                ["note": "去过了", "noted": true], ["note": "去过了 "], ["note": 7], [:],
            ]
            for body in others {
                let code = try await hub.code {
                    try await hub.desk.perform("note", on: id, body: body, by: officer, idempotencyKey: "k1")
                }
                #expect(code == "idempotency-key-reused", "\(body.keys)")
            }
            // Another token's key of the same name is another key.
            let other = try await hub.desk.perform(
                "note", on: id, body: note, by: hub.officer("hrss-01"), idempotencyKey: "k1")
            #expect(other.duty.version == 4)
            let stored = try await hub.number(
                "SELECT count(*) FROM hub.command_key WHERE encode(request, 'escape') LIKE '%k1%'")
            #expect(stored == 0)
        }
    }

    @Test func aKeyLivesThirtyDays() async throws {
        try await DutyHub.with { hub in
            let id = try await hub.duty()
            let officer = hub.officer("hrss-01")
            _ = try await hub.desk.perform("note", on: id, body: ["note": "一"], by: officer, idempotencyKey: "k")
            _ = try await hub.store.pool.query(
                PostgresStatement(
                    name: "age", sql: "UPDATE hub.command_key SET at = at - interval '31 days' WHERE county = $1",
                    binds: [hub.county.id.rawValue]))
            #expect(try await hub.store.forgetCommandKeys(olderThanDays: 30) == 1)
            let sheet = try await hub.desk.perform(
                "note", on: id, body: ["note": "二"], by: officer, idempotencyKey: "k")
            #expect(sheet.duty.version == 3)
        }
    }

    @Test func aStaleVersionIsRefused() async throws {
        try await DutyHub.with { hub in
            let id = try await hub.duty()
            let code = try await hub.code {
                try await hub.desk.perform("sign", on: id, body: [:], by: hub.officer("hrss-01"), expectedVersions: [9])
            }
            #expect(code == "stale-version")
            let sheet = try await hub.desk.perform(
                "sign", on: id, body: [:], by: hub.officer("hrss-01"), expectedVersions: [1, 7])
            #expect(sheet.duty.state == .signed)
        }
    }

    @Test func aProgramPassesOnActsAndDecidesNothing() async throws {
        try await DutyHub.with { hub in
            let id = try await hub.duty()
            let program = hub.program("hrss")
            for body in [[:], ["officer": "nobody"], ["officer": "psb-01"]] as [JSONObject] {
                #expect(try await hub.refusal(of: "sign", on: id, body, by: program) == "unknown-officer")
            }
            // One who registers acts at once.
            try await hub.store.putOfficers(
                [OfficerRecord(id: "hrss-77", unit: "hrss", name: "新演示", duty: "handler", scopes: ["handle"])],
                county: hub.county.id)
            let sheet = try await hub.desk.perform("sign", on: id, body: ["officer": "hrss-77"], by: program)
            #expect(sheet.duty.signedBy == "hrss-77")
            _ = try await hub.desk.perform("accept", on: id, body: ["officer": "hrss-01"], by: program)
            _ = try await hub.desk.perform(
                "complete", on: id, body: ["officer": "hrss-01", "outcome": "unfounded"], by: program)
            let verify = try await hub.code {
                try await hub.desk.perform(
                    "verify", on: id, body: ["officer": "jm-office-01"], by: hub.program("jm-office"))
            }
            #expect(verify == "person-needed")
        }
    }

    @Test func whoHasLeftSignsNoMore() async throws {
        try await DutyHub.with { hub in
            let id = try await hub.duty()
            try await hub.store.putOfficers(
                [
                    OfficerRecord(
                        id: "hrss-01", unit: "hrss", name: "戚演示", duty: "handler", scopes: ["handle"],
                        validTo: "2020-12-31")
                ], county: hub.county.id)
            #expect(try await hub.refusal(of: "sign", on: id, by: hub.officer("hrss-01")) == "unknown-officer")
        }
    }

    @Test(arguments: [
        ("psb-01", "sign", "not-found"), ("jm-office-01", "sign", "not-your-duty"),
        ("edu-sports-01", "complete", "not-your-duty"), ("hrss-01", "verify", "verifier-is-handler"),
        ("hrss-01", "assign", "scope-missing"), ("hrss-01", "complete", "illegal-transition"),
        ("hrss-01", "burn", "no-such-command"), ("hrss-01", "return", "not-yet"), ("psb-01", "return", "not-found"),
    ])
    func aRefusalHasItsCode(_ officer: String, _ command: String, _ code: String) async throws {
        try await DutyHub.with { hub in
            let id = try await hub.duty()
            let answer = try await hub.code {
                try await hub.desk.perform(command, on: id, body: [:], by: hub.officer(OfficerID(officer)))
            }
            #expect(answer == code)
        }
    }

    @Test func theSameUnitOfAnotherCountySeesNothing() async throws {
        try await DutyHub.with { hub in
            let id = try await hub.duty()
            let other = hub.core.counties.county(key: TestCounty.sandbox.rawValue)!.id
            let stranger = hub.program("hrss", in: other)
            let seen = try await hub.code { try await hub.desk.sheet(of: id, for: stranger) }
            #expect(seen == "not-found")
            #expect(try await hub.refusal(of: "sign", on: id, by: stranger) == "not-found")
        }
    }

    @Test func manyAreSignedOneByOne() async throws {
        try await DutyHub.with { hub in
            let ids = try await hub.duties(5)
            _ = try await hub.desk.perform("sign", on: ids[1], body: [:], by: hub.officer("hrss-02"))
            let foreign = try await hub.duty(of: "edu-sports", 50)
            let asked = ids + [foreign, DutyID(rawValue: 999_999_999), ids[0]]
            let results = try await hub.desk.sign(asked, body: [:], by: hub.officer("hrss-01"))
            let codes = results.map { result -> String in
                switch result {
                case .success(let sheet): sheet.duty.state.rawValue
                case .failure(let error): error.code
                }
            }
            #expect(
                codes == [
                    "signed", "illegal-transition", "signed", "signed", "signed", "not-found", "not-found", "signed",
                ])
        }
    }

    @Test func anAssignedDutyReachesItsUnit() async throws {
        try await DutyHub.with { hub in
            let receipt = try await hub.reportFromElsewhere()
            #expect(receipt.status == "awaiting-dispatch")
            let id = receipt.recipients.first { $0.unit == "jm-office" }!.duty!
            let secretary = hub.officer("jm-office-01")
            let waiting = try await hub.desk.sheets(
                DutyFilter(state: .awaitingDispatch), for: secretary, before: nil, limit: 10)
            #expect(waiting.map(\.duty.id) == [id])

            let body: JSONObject = ["unit": "civil-affairs", "reason": "登记在本局"]
            let sheet = try await hub.desk.perform("assign", on: id, body: body, by: secretary)
            #expect(
                sheet.duty.unit == "civil-affairs" && sheet.duty.state == .dispatched && sheet.duty.role == .handling)
            #expect(sheet.duty.signBy != nil && sheet.duty.needsCompletion)
            let again = try await hub.desk.perform("assign", on: id, body: body, by: secretary)
            #expect(again.duty.version == sheet.duty.version)

            let reader = LogReader(county: hub.county.id, unit: "civil-affairs", isSecretariat: false)
            let entries = try await hub.store.log(reader, after: Position(rawValue: 0), limit: 10)
            guard entries.count == 2, case .change(let change, _) = entries[0],
                case .delivery(let got, let event) = entries[1]
            else {
                Issue.record("\(entries)")
                return
            }
            #expect(change.command == "assign")
            #expect(got.duty == id && event.position == receipt.position && !got.projection.isEmpty)
            #expect(try await hub.desk.sheet(of: id, for: hub.program("civil-affairs")).history.last?.note == "登记在本局")
            #expect(
                try await hub.number(
                    "SELECT count(*) FROM hub.timer WHERE duty = \(id.rawValue) AND kind = 'sign'") == 1)
            _ = try await hub.desk.perform("sign", on: id, body: [:], by: hub.officer("civil-affairs-01"))
            try await expectExactBoard(hub)
        }
    }

    @Test func theBoardCountsEveryChange() async throws {
        try await DutyHub.with { hub in
            let ids = try await hub.duties(100)
            let officer = hub.officer("hrss-01")
            _ = try await hub.desk.sign(ids, body: [:], by: officer)
            for id in ids.prefix(20) {
                _ = try await hub.desk.perform("accept", on: id, body: [:], by: officer)
                _ = try await hub.desk.perform("complete", on: id, body: ["outcome": "unfounded"], by: officer)
            }
            for id in ids.prefix(10) {
                _ = try await hub.desk.perform(
                    "reject-completion", on: id, body: ["reason": "缺记录"], by: hub.officer("jm-office-01"))
            }
            for id in ids[10..<15] {
                _ = try await hub.desk.perform("verify", on: id, body: [:], by: hub.officer("jm-office-01"))
            }
            try await expectExactBoard(hub)
        }
    }

    /// An update is HOT, and so touches no index, while no index column or
    /// predicate names what it changes.
    @Test func noIndexNamesWhatSigningChanges() async throws {
        try await DutyHub.with { hub in
            let changing = [
                "state", "version", "signed_at", "signed_by", "accepted_at", "started_at", "completed_at",
                "completed_by",
                "outcome", "step", "reminders", "reworks", "milestones",
            ]
            let known = try await hub.number(
                """
                SELECT count(*) FROM pg_attribute
                WHERE attrelid = 'hub.duty'::regclass AND attname = ANY ('{\(changing.joined(separator: ","))}')
                """)
            #expect(known == Int64(changing.count))
            let indexed = try await hub.number(
                """
                SELECT count(*) FROM pg_depend AS d
                JOIN pg_class AS i ON i.oid = d.objid AND i.relkind = 'i'
                JOIN pg_attribute AS a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
                WHERE d.refobjid = 'hub.duty'::regclass
                    AND a.attname = ANY ('{\(changing.joined(separator: ","))}')
                """)
            #expect(indexed == 0)
        }
    }

    /// The board's appended counts against the duties themselves.
    private func expectExactBoard(_ hub: DutyHub) async throws {
        let differing = try await hub.number(
            """
            SELECT count(*) FROM (
                SELECT unit, type, sum(open) AS open, sum(unsigned) AS unsigned, sum(signed) AS signed,
                    sum(settled) AS settled, sum(settle_seconds) AS settle_seconds
                FROM hub.board_delta WHERE county = \(hub.county.id.rawValue) GROUP BY unit, type
            ) AS b FULL JOIN (
                SELECT unit, type, count(*) FILTER (WHERE ended_at IS NULL) AS open,
                    count(*) FILTER (WHERE state = 'dispatched' AND sign_by IS NOT NULL) AS unsigned,
                    count(signed_at) AS signed, count(completed_at) AS settled,
                    coalesce(sum(extract(epoch FROM completed_at - created_at)::bigint), 0) AS settle_seconds
                FROM hub.duty WHERE county = \(hub.county.id.rawValue) GROUP BY unit, type
            ) AS d USING (unit, type)
            WHERE (coalesce(b.open, 0), coalesce(b.unsigned, 0), coalesce(b.signed, 0), coalesce(b.settled, 0),
                    coalesce(b.settle_seconds, 0))
                IS DISTINCT FROM (coalesce(d.open, 0), coalesce(d.unsigned, 0), coalesce(d.signed, 0),
                    coalesce(d.settled, 0), coalesce(d.settle_seconds, 0))
            """)
        #expect(differing == 0)
    }
}
