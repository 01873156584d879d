import CloudEvents
import Hub
import TestSupport
import Testing

/// What is said first where several things stand against a request.
struct PrecedenceTests {
    private static let office = TestHub.Speaker.unit("jm-office")

    /// Who is not known is not told what there is.
    @Test(arguments: [
        ("GET", "/v1/nope", 404), ("GET", "/v1", 404), ("DELETE", "/v1/events", 405), ("PUT", "/v1/me", 405),
        ("GET", "/v1/events/1/nothing", 404), ("GET", "/v1/me/", 404), ("GET", "/v1//me", 404),
    ])
    func theTokenComesBeforePathAndMethod(method: String, path: String, status: Int) async throws {
        try await TestHub.with { hub in
            for stranger in [TestHub.Speaker.nobody, .token("x"), .token(BearerToken.generate().text)] {
                let answer = try await hub.send(method, path, as: stranger)
                #expect(answer.status == 401 && answer.header("www-authenticate") == "Bearer", "\(answer.text)")
                #expect(answer.header("allow") == nil)
            }
            let known = try await hub.send(method, path, as: Self.office)
            #expect(known.status == status, "\(known.text)")
        }
    }

    @Test func whatIsOpenStaysSo() async throws {
        try await TestHub.with { hub in
            for path in ["/healthz", "/readyz", "/openapi.json", "/docs", "/errors", "/metrics"] {
                let answer = try await hub.get(path, as: .nobody)
                #expect(answer.status == 200, "\(path)")
                let deleted = try await hub.send("DELETE", path, as: .nobody)
                #expect(deleted.status == 405 && deleted.header("allow") == "GET, HEAD", "\(path)")
            }
            for path in ["/", "/nope", "/v2/events", "/docs/", "//docs", "//v1/me"] {
                let answer = try await hub.get(path, as: .nobody)
                #expect(answer.status == 404 && answer.code == "no-such-endpoint", "\(path): \(answer.text)")
            }
        }
    }

    /// A slash too many makes another path, and there is nothing.
    @Test(arguments: ["/v1//me", "/v1/me/", "//v1/me", "/v1/events//1", "/v1/contracts//sample"])
    func noPathHasAnAlias(path: String) async throws {
        try await TestHub.with { hub in
            let answer = try await hub.get(path, as: Self.office)
            #expect(answer.status == 404 && answer.code == "no-such-endpoint", "\(answer.text)")
        }
    }

    /// What is not there is told before what a token lacks.
    @Test func aUnitThatIsNotThereIsSaidBeforeTheScope() async throws {
        try await TestHub.with { hub in
            let body: JSONValue = ["requestsPerSecond": 7]
            for (unit, speaker, status) in [
                ("zz", TestHub.Speaker.unit("hrss"), 404), ("hrss", .unit("hrss"), 403),
                ("zz", .officer("county-gov-office-02"), 404),
            ] {
                let answer = try await hub.send(
                    "PUT", "/v1/units/\(unit)/rate", as: speaker, headers: [("Content-Type", "application/json")],
                    body: body.encodedBytes())
                #expect(answer.status == status, "\(answer.text)")
            }
        }
    }

    @Test func whatNamesPersonsIsKeptByNobodyEvenARefusal() async throws {
        try await TestHub.with { hub in
            let receipt = try await hub.publish(try Sample.report(id: "LB-1", employer: 1), as: Self.office)
            let position = try #require(receipt.json.text("position"))
            let refused = try await hub.post(
                "/v1/events/\(position)/open", ["purpose": "核查"], as: .officer("market-reg-01"))
            #expect(refused.status == 403 && refused.header("cache-control") == "no-store", "\(refused.text)")
            for speaker in [TestHub.Speaker.unit("hrss"), .officer("county-gov-office-02")] {
                let officers = try await hub.get("/v1/officers", as: speaker)
                #expect(officers.status == 200 && officers.header("cache-control") == "no-store")
            }
        }
    }
}
