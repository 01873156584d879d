import CloudEvents
import TestSupport
import Testing

/// What holds for every answer.
struct ConventionsTests {
    private static let office = TestHub.Speaker.unit("jm-office")
    private static let officer = TestHub.Speaker.officer("jm-office-01")

    // MARK: Headers

    @Test func everyAnswerBearsItsRequestAndTheDate() async throws {
        try await TestHub.with { hub in
            let event = try Sample.report(id: "LB-1", employer: 1)
            let filler = String(repeating: "x", count: 80_000)
            var answers = [
                try await hub.publish(event, as: Self.office), try await hub.publish(event, as: Self.office),
                try await hub.publish(event.with("data", [:]), as: Self.office),
                try await hub.post("/v1/events", event, as: Self.office, type: "text/plain"),
                try await hub.publish(batch: [], as: Self.office),
                try await hub.send("DELETE", "/v1/events", as: Self.office),
                try await hub.send("PUT", "/v1/webhooks/all", as: Self.office),
                try await hub.send("HEAD", "/v1/me", as: Self.office),
                try await hub.get("/v1/me", as: Self.office, headers: [("X-Filler", filler)]),
                try await hub.get("/v1/me", as: .nobody),
            ]
            for path in [
                "/v1/feed", "/v1/nothing-here", "/v1/events/7777", "/healthz", "/readyz", "/metrics", "/openapi.json",
                "/docs", "/errors", "/v1/contracts/labour.child-labour.reported/sample",
            ] {
                answers.append(try await hub.get(path, as: Self.office))
            }
            #expect(
                Set(answers.map(\.status)) == [200, 201, 401, 404, 405, 409, 415, 431, 501])
            for answer in answers {
                #expect(answer.headers.count { $0.name == "x-request-id" } == 1, "\(answer.status)")
                #expect(answer.headers.count { $0.name == "date" } == 1)
                #expect(answer.header("date")?.wholeMatch(of: /\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT/) != nil)
                if answer.header("content-type")?.hasPrefix("application/problem+json") ?? false {
                    #expect(answer.json.text("requestId") == answer.header("x-request-id"))
                }
            }
            #expect(Set(answers.compactMap { $0.header("x-request-id") }).count == answers.count)
        }
    }

    @Test func problemsHaveTheFormOfRFC9457() async throws {
        try await TestHub.with { hub in
            let answers = [
                (try await hub.get("/v1/events/7777?x=1", as: Self.office), "not-found", "/v1/events/7777"),
                (try await hub.get("/v1/me", as: .nobody), "unauthorised", "/v1/me"),
                (try await hub.get("/v1/board", as: Self.office), "scope-missing", "/v1/board"),
            ]
            for (answer, code, path) in answers {
                #expect(answer.header("content-type")?.hasPrefix("application/problem+json") == true)
                #expect(answer.json.names.isSuperset(of: ["type", "title", "status", "detail", "instance", "code"]))
                #expect(answer.json.at("status")?.integerValue == Int64(answer.status))
                #expect(answer.code == code && answer.json.text("instance") == path)
                #expect(answer.json.text("type") == "/errors#\(code)")
            }
        }
    }

    @Test func everyCodeHasItsPlaceOnTheOnePage() async throws {
        try await TestHub.with { hub in
            let list = try await hub.get("/errors", as: .nobody, headers: [("Accept", "application/json")])
            let page = try await hub.get("/errors", as: .nobody)
            let kinds = list.json.list("items")
            #expect(kinds.count > 40)
            for kind in kinds {
                let code = try #require(kind.text("code"))
                #expect(page.text.contains("id=\"\(code)\""))
                #expect(["title", "titleZh", "advice", "adviceZh"].allSatisfy { kind.text($0)?.isEmpty == false })
            }
        }
    }

    @Test func whatIsPersonalIsKeptByNobodyOnTheWay() async throws {
        try await TestHub.with { hub in
            let receipt = try await hub.publish(try Sample.report(id: "LB-1", employer: 1), as: Self.office)
            let position = try #require(receipt.json.text("position"))
            let duty = try #require(receipt.json.text("recipients/1/dutyId"))
            let handler = TestHub.Speaker.officer("hrss-01")
            let signed = try await hub.post("/v1/duties/\(duty)/sign", [:], as: handler)
            let personal = [
                try await hub.post("/v1/events/\(position)/open", ["purpose": "核查"], as: handler),
                try await hub.post("/v1/duties/\(duty)/note", ["note": "已见到牛某"], as: handler),
                try await hub.get("/v1/duties/\(duty)", as: handler),
                try await hub.get("/v1/access-log", as: .officer("county-gov-office-01")),
            ]
            #expect(signed.status == 200 && personal.allSatisfy { $0.status == 200 })
            for answer in personal { #expect(answer.header("cache-control") == "no-store", "\(answer.text)") }
            let open = try await hub.get("/v1/units", as: handler)
            #expect(open.header("cache-control") == nil)
        }
    }

    // MARK: Paths and methods

    @Test func aPathThatIsNotThereIsSaidSo() async throws {
        try await TestHub.with { hub in
            for path in ["/v1/nothing-here", "/v1", "/", "/v2/events", "/v1/events/1/nothing", "/v1/me/x"] {
                let answer = try await hub.get(path, as: Self.office)
                #expect(answer.status == 404 && answer.code == "no-such-endpoint", "\(path)")
            }
        }
    }

    @Test(arguments: [
        ("DELETE", "/v1/events", "GET, HEAD, POST"), ("PUT", "/v1/me", "GET, HEAD"),
        ("POST", "/v1/contracts", "GET, HEAD"), ("GET", "/v1/sweeps", "POST"), ("OPTIONS", "/v1/feed", "GET, HEAD"),
        ("PATCH", "/v1/consumers/all", "DELETE, GET, HEAD, PUT"), ("GET", "/v1/duties/1/sign", "POST"),
    ])
    func aMethodThatIsNotThereNamesThoseThatAre(method: String, path: String, allow: String) async throws {
        try await TestHub.with { hub in
            let answer = try await hub.send(method, path, as: Self.office)
            #expect(answer.status == 405 && answer.code == "method-not-allowed")
            #expect(answer.header("allow") == allow)
        }
    }

    @Test func headIsGetWithoutItsBody() async throws {
        try await TestHub.with { hub in
            let get = try await hub.get("/v1/units?limit=2", as: Self.office)
            let head = try await hub.send("HEAD", "/v1/units?limit=2", as: Self.office)
            #expect(head.status == 200 && head.body.isEmpty)
            #expect(head.header("content-length") == get.header("content-length"))
            #expect(head.header("content-type") == get.header("content-type"))
        }
    }

    /// A firewall that lets nothing but GET and POST through.
    @Test func postStandsForOtherMethods() async throws {
        try await TestHub.with { hub in
            let admin = TestHub.Speaker.officer("county-gov-office-02")
            let rate = try await hub.post(
                "/v1/units/hrss/rate", ["requestsPerSecond": 7], as: admin, headers: [("X-HTTP-Method-Override", "PUT")]
            )
            #expect(rate.status == 200 && rate.json.at("requestsPerSecond") == 7, "\(rate.text)")
            let deleted = try await hub.send(
                "POST", "/v1/consumers/all", as: Self.office, headers: [("x-http-method-override", "delete")])
            #expect(deleted.status == 404)
            // It turns nothing else into another method.
            let get = try await hub.get("/v1/units/hrss/rate", as: admin, headers: [("X-HTTP-Method-Override", "PUT")])
            #expect(get.status == 405)
        }
    }

    @Test func whatComesLaterSaysSo() async throws {
        try await TestHub.with { hub in
            let receipt = try await hub.publish(try Sample.report(id: "LB-1", employer: 1), as: Self.office)
            let position = try #require(receipt.json.text("position"))
            let duty = try #require(receipt.json.text("recipients/1/dutyId"))
            let handler = TestHub.Speaker.officer("hrss-01")
            let answers = [
                try await hub.post("/v1/events/\(position)/withdraw", ["reason": "误报"], as: Self.office),
                try await hub.send("PUT", "/v1/webhooks/all", as: Self.office, body: Array("{}".utf8)),
                try await hub.get("/v1/webhooks", as: Self.office),
                try await hub.post("/v1/duties/\(duty)/transfer", [:], as: handler),
                try await hub.post("/v1/duties/\(duty)/suspend", [:], as: handler),
                try await hub.post("/v1/evidence", [:], as: handler),
                try await hub.get("/v1/reports/monthly?period=2020-11", as: Self.officer),
            ]
            for answer in answers {
                #expect(answer.status == 501 && answer.code == "not-yet", "\(answer.text)")
            }
            let unknown = try await hub.post("/v1/duties/\(duty)/frobnicate", [:], as: handler)
            #expect(unknown.status == 404 && unknown.code == "no-such-command")
        }
    }

    // MARK: Reading requests

    @Test func bodiesAndHeadersThatCannotBeReadAreSaidSo() async throws {
        try await TestHub.with { hub in
            let receipt = try await hub.publish(try Sample.report(id: "LB-1", employer: 1), as: Self.office)
            let duty = try #require(receipt.json.text("recipients/1/dutyId"))
            let path = "/v1/duties/\(duty)/sign"
            let handler = TestHub.Speaker.officer("hrss-01")
            let tag = try await hub.post(path, [:], as: handler, headers: [("If-Match", "1")])
            #expect(tag.status == 400 && tag.code == "bad-header" && tag.faultPaths == ["header:if-match"])
            let key = try await hub.post(
                path, [:], as: handler, headers: [("Idempotency-Key", String(repeating: "x", count: 256))])
            #expect(key.status == 400 && key.faultPaths == ["header:idempotency-key"])
            let list = try await hub.post(path, [], as: handler)
            #expect(list.status == 400, "\(list.text)")
            let text = try await hub.send(
                "POST", path, as: handler, headers: [("Content-Type", "application/json")], body: Array("{".utf8))
            #expect(text.status == 400 && text.code == "bad-json")
            let form = try await hub.send(
                "POST", path, as: handler, headers: [("Content-Type", "application/x-www-form-urlencoded")],
                body: Array("a=b".utf8))
            #expect(form.status == 415)
            // No body is an object without members.
            let none = try await hub.send("POST", path, as: handler)
            #expect(none.status == 200, "\(none.text)")
        }
    }

    @Test func aPlusSignThatWasNotEncodedIsForgiven() async throws {
        try await TestHub.with { hub in
            let answer = try await hub.get(
                "/v1/events?publisher=me&recordedFrom=2020-10-22T09:12:00+08:00", as: Self.office)
            #expect(answer.status == 200)
        }
    }

    @Test func whatIsNoHTTPIsAnsweredAndClosed() async throws {
        try await TestHub.with { hub in
            let answer = try await RawExchange.answer(to: "GET / HTTP/1.1\r\nbad header line\r\n\r\n", port: hub.port)
            #expect(answer.hasPrefix("HTTP/1.1 400 "))
            let lower = answer.lowercased()
            #expect(lower.contains("\r\nx-request-id: ") && lower.contains("\r\ndate: "))
            #expect(lower.contains("application/problem+json") && answer.contains("\"bad-request\""))
        }
    }
}
