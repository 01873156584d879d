import CloudEvents
import Coordination
import Hub
import HubAPI
import TestSupport
import Testing

/// Who opened what is on record before anything is shown.
struct OpeningRecordTests {
    private static let report = Result { try ShippedSample.childLabour.event() }

    @Test func everyOpeningIsOnRecord() async throws {
        try await TestHub.with { hub in
            let event = try await hub.publishAsSender(try Self.report.get())
            let attempts: [(TestHub.Speaker, position: String, JSONValue, status: Int, code: String?)] = [
                (.officer("hrss-01"), event.position, "核实举报", 200, nil),
                (.officer("edu-sports-01"), event.position, "了解情况", 403, "approval-required"),
                (.officer("women-fed-01"), event.position, "好奇", 404, "not-found"),
                (.officer("hrss-01"), "999999", "好奇", 404, "not-found"),
                (.unit("hrss"), event.position, "同步", 403, "scope-missing"),
                (.unit("women-fed"), event.position, "同步", 404, "not-found"),
                (.officer("convener-01"), event.position, "督查", 404, "not-found"),
                (.scopes([.secretariat], unit: "jm-office", of: .mengjin), event.position, "看看", 403, "scope-missing"),
                (.officer("hrss-01"), event.position, "", 422, "invalid"),
                (.officer("hrss-01"), event.position, "  \t", 422, "invalid"),
                (.officer("hrss-01"), event.position, .null, 422, "invalid"),
                (.officer("hrss-01"), event.position, ["核实"], 422, "invalid"),
                (.officer("hrss-01"), event.position, .string(String(repeating: "长", count: 501)), 422, "invalid"),
                (.officer("hrss-01"), event.position, 7, 422, "invalid"),
                (.officer("hrss-01", of: .sandbox), event.position, "别县", 404, "not-found"),
            ]
            for (count, attempt) in attempts.enumerated() {
                let answer = try await hub.open(attempt.position, as: attempt.0, purpose: attempt.2)
                #expect(answer.status == attempt.status, "\(attempt): \(answer.text)")
                #expect(answer.code == attempt.code)
                // On record by the time of the answer, with what came of it.
                let rows = try await hub.database.texts(
                    "SELECT concat_ws(' ', position, outcome, code) FROM hub.access_log ORDER BY id DESC")
                #expect(rows.count == count + 1)
                let outcome = attempt.code.map { "refused \($0)" } ?? "granted"
                #expect(rows.first == "\(attempt.position) \(outcome)")
            }
        }
    }

    @Test func whatWasAskedIsReadToTheLast() async throws {
        try await TestHub.with { hub in
            let event = try await hub.publishAsSender(try Self.report.get())
            let bodies: [(JSONValue, status: Int, faults: [String])] = [
                (["purpose": "核实", "emergency": true], 501, []),
                (["purpose": "核实", "emergency": "yes"], 422, ["/emergency"]),
                (["purpose": 7, "reason": "核实"], 422, ["/purpose", "/reason"]),
                (["purpose": "核实", "emergency": false], 200, []),
            ]
            for (body, status, faults) in bodies {
                let answer = try await hub.post("/v1/events/\(event.position)/open", body, as: .officer("hrss-01"))
                #expect(answer.status == status, "\(answer.text)")
                #expect(answer.faultPaths.sorted() == faults)
            }
            #expect(try await hub.accessLog().map { $0["code"] } == [.null, "invalid", "invalid", "not-yet"])
        }
    }

    @Test func theAuditorReadsWhoOpenedWhatAndWhy() async throws {
        try await TestHub.with { hub in
            let event = try await hub.publishAsSender(try Self.report.get())
            _ = try await hub.open(event.position, as: .officer("hrss-01"), purpose: "核实吕小样身份")
            _ = try await hub.open(event.position, as: .unit("psb"), purpose: "同步")
            _ = try await hub.open(event.position, as: .officer("psb-01", of: .sandbox), purpose: "别县")
            let items = try await hub.accessLog()
            #expect(items.map { $0["unit"] } == ["psb", "hrss"])
            #expect(items.map { $0["officer"] } == [.null, "hrss-01"])
            #expect(items.map { $0["outcome"] } == ["refused", "granted"])
            #expect(items.map { $0["code"] } == ["scope-missing", .null])
            #expect(items.map { $0["purpose"] } == ["同步", "核实吕小样身份"])
            #expect(items.allSatisfy { $0["position"] == .string(event.position) })
            #expect(items.allSatisfy { $0["at"]?.stringValue?.hasSuffix("+08:00") == true })
            let tokens = try await hub.database.texts(
                "SELECT t.id::text FROM hub.token AS t WHERE t.unit IN ('hrss', 'psb') AND t.county = 1 "
                    + "ORDER BY t.unit = 'hrss'")
            #expect(items.compactMap { $0["token"]?.stringValue } == tokens)
            #expect(try await hub.accessLog("?unit=hrss").count == 1)
            #expect(try await hub.accessLog("?unit=women-fed").isEmpty)
            let page = try await hub.get("/v1/access-log?limit=1", as: .auditor)
            let next = try #require(page.json["next"]?.stringValue)
            #expect(try await hub.accessLog("?limit=1&cursor=\(next)").map { $0["unit"] } == ["hrss"])
            #expect(page.header("cache-control") == "no-store")
        }
    }

    /// Those who open, and those who run the hub, do not read the record.
    @Test(arguments: ["hrss-01", "jm-office-01", "county-gov-office-02", "convener-01", "hrss-02"])
    func theRecordIsTheAuditorsAlone(_ officer: String) async throws {
        try await TestHub.with { hub in
            let answer = try await hub.get("/v1/access-log", as: .officer(officer))
            #expect(answer.status == 403 && answer.code == "scope-missing")
            let program = try await hub.get("/v1/access-log", as: .unit("county-gov-office"))
            #expect(program.status == 403)
        }
    }

    @Test func theAuditorOpensNothing() async throws {
        try await TestHub.with { hub in
            let event = try await hub.publishAsSender(try Self.report.get())
            for scope in [Scope.audit, .admin, .approve] {
                let speaker = TestHub.Speaker.scopes([scope], unit: "hrss", of: .mengjin)
                let answer = try await hub.open(event.position, as: speaker)
                #expect(answer.status == 403 && answer.code == "scope-missing", "\(scope): \(answer.text)")
            }
        }
    }

    @Test func whatCannotBePutOnRecordIsNotShown() async throws {
        let logs = LogCapture()
        try await TestHub.with(logger: logs.logger) { hub in
            let event = try await hub.publishAsSender(try Self.report.get())
            try await hub.database.run(
                "ALTER TABLE hub.access_log ADD CONSTRAINT access_log_full_check CHECK (false) NOT VALID")
            let purpose = "核实吕小样身份"
            for officer in ["hrss-01", "edu-sports-01", "women-fed-01"] {
                let answer = try await hub.open(event.position, as: .officer(officer), purpose: .string(purpose))
                #expect(answer.status == 500 && answer.code == "internal", "\(answer.text)")
                #expect(ValueSearch(["吕小样", "410322200706129015"]).found(in: answer.body) == [])
            }
            #expect(logs.lines.contains { $0.contains("request failed") })
            #expect(ValueSearch(["吕小样", purpose]).found(in: logs.bytes) == [])
            try await hub.database.run("ALTER TABLE hub.access_log DROP CONSTRAINT access_log_full_check")
            let answer = try await hub.open(event.position, as: .officer("hrss-01"))
            #expect(answer.status == 200)
            #expect(try await hub.accessLog().count == 1)
        }
    }

    /// A role of the database that may write everything but the record.
    @Test func aHubWithoutTheRightToRecordShowsNothing() async throws {
        try await TestHub.with { hub in
            let event = try await hub.publishAsSender(try Self.report.get())
            let role = "\(hub.database.name)_role"
            try await hub.database.run(
                """
                CREATE ROLE \(role) LOGIN;
                GRANT USAGE ON SCHEMA hub TO \(role);
                GRANT ALL ON ALL TABLES IN SCHEMA hub TO \(role);
                GRANT ALL ON ALL SEQUENCES IN SCHEMA hub TO \(role);
                REVOKE INSERT ON hub.access_log FROM \(role);
                """)
            do {
                let limited = TestDatabase(name: hub.database.name, url: hub.database.url(user: role))
                try await TestHub.with(database: limited, keyFile: hub.keyFile) { other in
                    let answer = try await other.open(event.position, as: .officer("hrss-01"))
                    #expect(answer.status == 500, "\(answer.text)")
                    #expect(ValueSearch(["吕小样"]).found(in: answer.body) == [])
                }
                #expect(try await hub.accessLog().isEmpty)
            } catch {
                Issue.record(error)
            }
            try await hub.database.run("DROP OWNED BY \(role); DROP ROLE \(role)")
        }
    }

    @Test func theProjectionIsThatOfTheDispatch() async throws {
        try await TestHub.with(configure: { $0.hub.refreshEvery = .milliseconds(50) }) { hub in
            let before = try await hub.publishAsSender(try Self.report.get())
            let waiting = try await hub.publishAsSender(
                try Self.report.get().with(["id": "elsewhere"]).withData(["workRegionCode": "410304001"]))
            try await hub.loadStricterProjection()
            let after = try await hub.publishAsSender(
                try Self.report.get().with(["id": "after"]).withData(["uscc": "91410322MA9KQT4W03"]))
            let opened = try await hub.open(before.position, as: .officer("hrss-01"))
            #expect(opened.json["data"]?["children"]?.arrayValue?.first?["name"] == "吕小样", "\(opened.text)")
            let stricter = try await hub.open(after.position, as: .officer("hrss-01"))
            #expect(stricter.json["data"]?["children"]?.arrayValue?.first?["name"] == "吕*样", "\(stricter.text)")
            // An assignment passes the event on as it was dispatched.
            let duty = try waiting.duty(of: "jm-office")
            let assigned = try await hub.post(
                "/v1/duties/\(duty)/assign", ["unit": "hrss", "reason": "登记在本局"], as: .officer("jm-office-01"))
            #expect(assigned.status == 200, "\(assigned.text)")
            let late = try await hub.open(waiting.position, as: .officer("hrss-01"))
            #expect(late.json["data"]?["children"]?.arrayValue?.first?["name"] == "吕小样", "\(late.text)")
        }
    }
}
