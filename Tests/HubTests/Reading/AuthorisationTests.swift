import CloudEvents
import Hub
import TestSupport
import Testing

/// Who may call what, cell by cell: every endpoint, a token with every scope
/// alone, the own county and the same unit id of another one.
struct AuthorisationTests {
    /// An event that hrss has published and handles, in the county as shipped.
    private struct Scene {
        let hub: TestHub
        let event: JSONValue
        let position: String
        let duty: String
        let caseID: String

        init(_ hub: TestHub) async throws {
            self.hub = hub
            event = try Sample.report(id: "LB-1", employer: 1).with("source", "/410322/units/hrss")
            let receipt = try await hub.publish(event, as: .unit("hrss")).json
            let handler = receipt.list("recipients").first { $0.text("unit") == "hrss" }
            position = try #require(receipt.text("position"))
            duty = try #require(handler?.text("dutyId"))
            caseID = try #require(receipt.text("caseId"))
            #expect(handler?.text("role") == "handling")
        }

        func send(_ row: AccessRow, as speaker: TestHub.Speaker) async throws -> TestAnswer {
            var path = row.path
            for (name, value) in [
                ("position", position), ("id", duty), ("caseId", caseID), ("type", "labour.child-labour.reported"),
                ("list", "half"), ("unit", "hrss"), ("name", "all"), ("ref", "ev-1"),
            ] {
                path = path.replacing("{\(name)}", with: value)
            }
            if row.path == "/v1/events", row.method == "GET" { path += "?publisher=me" }
            if row.body == "an event" {
                return try await hub.post(path, event, as: speaker, type: "application/cloudevents+json")
            }
            guard let body = row.body else { return try await hub.send(row.method, path, as: speaker) }
            return try await hub.send(
                row.method, path, as: speaker, headers: [("Content-Type", "application/json")],
                body: body.encodedBytes())
        }

        func command(_ row: CommandRow, as speaker: TestHub.Speaker, program officer: String?) async throws -> Int {
            let body: JSONValue = officer.map { ["officer": .string($0)] } ?? [:]
            return try await hub.post("/v1/duties/\(duty)/\(row.command)", body, as: speaker).status
        }
    }

    @Test(arguments: Scope.allCases, [TestCounty.mengjin, .sandbox])
    func aScopeAloneOpensWhatTheContractSays(scope: Scope, county: TestCounty) async throws {
        try await TestHub.with { hub in
            let scene = try await Scene(hub)
            let speaker = TestHub.Speaker.scopes([scope], unit: "hrss", of: county)
            for row in AccessTable.rows {
                let answer = try await scene.send(row, as: speaker)
                var expected = row.status(for: scope, isOwnCounty: county == .mengjin)
                // In the other county the event is new.
                if row.description == "POST /v1/events", expected == 200, county == .sandbox { expected = 201 }
                #expect(answer.status == expected, "\(row) with \(scope.rawValue): \(answer.text)")
                if expected == 403 { #expect(answer.code == "scope-missing", "\(row): \(answer.text)") }
                if expected == 404 { #expect(answer.code == "not-found", "\(row): \(answer.text)") }
            }
        }
    }

    @Test(arguments: Scope.allCases)
    func anEventIsSeenWithTheScopeOfItsPart(scope: Scope) async throws {
        try await TestHub.with { hub in
            let receipt = try await hub.publish(try Sample.report(id: "LB-1", employer: 1), as: .unit("jm-office"))
            let position = try #require(receipt.json.text("position"))
            #expect(!receipt.json.list("recipients").contains { $0.text("unit") == "jm-office" })
            for row in SightRow.rows {
                for path in ["", "/duties", "/explanation"] {
                    let answer = try await hub.get(
                        "/v1/events/\(position)\(path)", as: .scopes([scope], unit: row.unit, of: .mengjin))
                    #expect(answer.status == row.status(of: path, for: scope), "\(row)\(path): \(answer.text)")
                }
            }
        }
    }

    @Test func withoutATokenThereIsNothing() async throws {
        try await TestHub.with { hub in
            let scene = try await Scene(hub)
            for row in AccessTable.rows {
                let answer = try await scene.send(row, as: .nobody)
                if case .anybody = row.callers {
                    #expect(answer.status == 200, "\(row)")
                } else {
                    #expect(answer.status == 401, "\(row)")
                }
            }
        }
    }

    @Test func theTableNamesEveryEndpoint() async throws {
        try await TestHub.with { hub in
            let document = try await hub.get("/openapi.json", as: .nobody).json
            var served: Set<String> = []
            for (path, item) in document.at("paths")?.objectValue ?? [:] {
                for method in item.names { served.insert("\(method.uppercased()) \(path)") }
            }
            let named = AccessTable.rows.map(\.description) + ["POST /v1/duties/{id}/{command}"]
            #expect(Set(named) == served)
            #expect(named.count == Set(named).count)
        }
    }

    @Test func theServedTableSaysTheSame() async throws {
        try await TestHub.with { hub in
            let page = try await hub.get("/docs", as: .nobody).text
            let heads = page.matches(of: /<th>([a-z]+)<\/th>/).map { String($0.output.1) }
            #expect(heads == Scope.allCases.map(\.rawValue))
            let lines = page.split(separator: "<tr").map(String.init)
            for row in AccessTable.rows {
                let line = try #require(
                    lines.first { $0.contains("<code>\(row.method)</code>") && $0.contains("<code>\(row.path)</code>") }
                )
                let cells = line.matches(of: /<td class="yes">✓<\/td>|<td><\/td>/).map { $0.output.contains("✓") }
                #expect(cells == Scope.allCases.map(row.admits), "\(row)")
            }
        }
    }

    // MARK: Commands

    @Test(arguments: Scope.allCases)
    func aScopeAloneGivesTheCommandsTheContractSays(scope: Scope) async throws {
        try await TestHub.with { hub in
            let scene = try await Scene(hub)
            let isProgram = Scope.ofUnits.contains(scope)
            for row in CommandRow.rows {
                let places: [(String, TestCounty, [Scope: Int], Int, String)] = [
                    ("jm-office", .mengjin, row.verifying, 403, "jm-office-01"),
                    // The secretariat sees all of its county, for others it is not there.
                    ("finance", .mengjin, row.stranger, scope == .secretariat ? 403 : 404, "finance-01"),
                    ("hrss", .sandbox, [:], 404, "hrss-01"),
                    ("hrss", .mengjin, row.own, 403, "hrss-01"),
                ]
                for (unit, county, allowed, otherwise, officer) in places {
                    let status = try await scene.command(
                        row, as: .scopes([scope], unit: unit, of: county), program: isProgram ? officer : nil)
                    #expect(
                        status == allowed[scope] ?? otherwise,
                        "\(row.command) by \(unit) of \(county.rawValue) with \(scope.rawValue)")
                }
            }
        }
    }

    @Test(arguments: Scope.allCases)
    func bulkSigningIsJudgedDutyByDuty(scope: Scope) async throws {
        try await TestHub.with { hub in
            let scene = try await Scene(hub)
            let isProgram = Scope.ofUnits.contains(scope)
            let body: JSONValue =
                isProgram
                ? ["dutyIds": [.string(scene.duty)], "officer": "hrss-01"] : ["dutyIds": [.string(scene.duty)]]
            let own = try await hub.post("/v1/duties/sign", body, as: .scopes([scope], unit: "hrss", of: .mengjin))
            let maySign = isProgram || scope == .handle
            #expect(own.status == 200 && own.json.at("results/0/status") == (maySign ? 200 : 403), "\(own.text)")
            let other = try await hub.post("/v1/duties/sign", body, as: .scopes([scope], unit: "hrss", of: .sandbox))
            #expect(other.status == 200 && other.json.at("results/0/status") == 404)
        }
    }

    // MARK: Beside the table

    /// A sweep in earnest is the administrator's; the secretariat tries it out.
    @Test(arguments: Scope.allCases)
    func onlyTheAdministratorSweeps(scope: Scope) async throws {
        try await TestHub.with { hub in
            let answer = try await hub.post("/v1/sweeps", [:], as: .scopes([scope], unit: "hrss", of: .mengjin))
            #expect(answer.status == (scope == .admin ? 200 : 403))
        }
    }

    /// A proxy on this host makes everybody look local, but says whom it speaks for.
    @Test func measurementsAreForThisHostAndTheAdministrator() async throws {
        try await TestHub.with { hub in
            for forwarded in [
                ("X-Forwarded-For", "192.0.2.7"), ("Forwarded", "for=192.0.2.7"), ("X-Real-IP", "192.0.2.7"),
                ("Via", "1.1 proxy"),
            ] {
                let stranger = try await hub.get("/metrics", as: .nobody, headers: [forwarded])
                let program = try await hub.get("/metrics", as: .unit("hrss"), headers: [forwarded])
                let admin = try await hub.get("/metrics", as: .officer("county-gov-office-02"), headers: [forwarded])
                #expect([stranger, program, admin].map(\.status) == [401, 403, 200], "\(forwarded)")
            }
        }
    }

    /// What one county has is in no list, count or log of another.
    @Test func theSameUnitOfAnotherCountySeesNothingInItsLists() async throws {
        try await TestHub.with { hub in
            let scene = try await Scene(hub)
            let every: [(String, TestHub.Speaker)] = [
                ("/v1/events?publisher=me", .unit("hrss", of: .sandbox)), ("/v1/feed", .unit("hrss", of: .sandbox)),
                ("/v1/events?source=/410322/units/hrss&id=LB-1", .unit("hrss", of: .sandbox)),
                ("/v1/duties", .unit("hrss", of: .sandbox)), ("/v1/duties", .officer("jm-office-01", of: .sandbox)),
                ("/v1/board", .officer("jm-office-01", of: .sandbox)),
                ("/v1/feed", .unit("jm-office", of: .sandbox)),
            ]
            for (path, speaker) in every {
                let answer = try await hub.get(path, as: speaker)
                #expect(answer.status == 200 && answer.json.list("items").isEmpty, "\(path): \(answer.text)")
            }
            let count = try await hub.get("/v1/duties/count", as: .officer("jm-office-01", of: .sandbox))
            #expect(count.json.at("count") == 0)
            // An opening that was refused is on the record of the county that asked.
            let opened = try await hub.post(
                "/v1/events/\(scene.position)/open", ["purpose": "核查"], as: .officer("hrss-01", of: .sandbox))
            let auditor = TestHub.Speaker.officer("county-gov-office-01")
            let log = try await hub.get("/v1/access-log", as: auditor)
            let otherLog = try await hub.get("/v1/access-log", as: .officer("county-gov-office-01", of: .sandbox))
            #expect(opened.status == 404 && log.json.list("items").isEmpty)
            #expect(otherLog.json.list("items").map { $0.text("code") } == ["not-found"])
        }
    }

    @Test func aUnitsOfficersAreItsOwnAffair() async throws {
        try await TestHub.with { hub in
            let own = try await hub.get("/v1/officers", as: .unit("hrss"))
            #expect(own.json.list("items").allSatisfy { $0.text("unit") == "hrss" } && !own.json.list("items").isEmpty)
            let other = try await hub.get("/v1/officers?unit=finance", as: .unit("hrss"))
            #expect(other.status == 403 && other.code == "scope-missing")
            let admin = try await hub.get("/v1/officers?unit=finance", as: .officer("county-gov-office-02"))
            #expect(admin.json.list("items").allSatisfy { $0.text("unit") == "finance" })
            let duties = try await hub.get("/v1/duties?unit=finance", as: .officer("hrss-01"))
            #expect(duties.status == 403)
        }
    }
}
