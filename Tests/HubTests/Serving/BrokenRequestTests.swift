import CloudEvents
import HubAPI
import TestSupport
import Testing

/// Requests that break off, do not come, or end their connection.
struct BrokenRequestTests {
    private static func head(_ line: String, _ fields: [String]) -> String {
        ([line, "Host: 127.0.0.1"] + fields).joined(separator: "\r\n") + "\r\n\r\n"
    }

    private static func publishing(in hub: TestHub, _ fields: [String]) async throws -> String {
        let token = try await hub.token(.unit("jm-office")) ?? ""
        return head(
            "POST /v1/events HTTP/1.1",
            ["Authorization: Bearer \(token)", "Content-Type: application/cloudevents+json"] + fields)
    }

    /// A client of HTTP/1.0 reads to the end of the connection.
    @Test(arguments: [
        ("HTTP/1.0", []), ("HTTP/1.0", ["Connection: keep-alive"]), ("HTTP/1.1", ["Connection: Close"]),
        ("HTTP/1.1", ["Connection: close"]),
    ])
    func theConnectionEndsAfterTheLastAnswer(version: String, fields: [String]) async throws {
        try await TestHub.with { hub in
            let answer = try await RawExchange.answer(
                to: Self.head("GET /healthz \(version)", fields), port: hub.port)
            #expect(answer.contains(" 200 ") && answer.lowercased().contains("\r\nconnection: close\r\n"), "\(answer)")
            #expect(answer.hasSuffix("{\"status\":\"alive\"}"))
        }
    }

    /// What came of it is whole by itself, and still nothing is stored.
    @Test func aBodyWithABadChunkIsRefusedAndClosed() async throws {
        try await TestHub.with { hub in
            let event = String(
                decoding: try Sample.report(id: "LB-1", employer: 1).encodedBytes(), as: UTF8.self)
            let head = try await Self.publishing(in: hub, ["Transfer-Encoding: chunked"])
            let chunk = String(event.utf8.count, radix: 16) + "\r\n" + event + "\r\n"
            let answer = try await RawExchange.answer(to: head + chunk + "zz\r\n", port: hub.port)
            #expect(answer.hasPrefix("HTTP/1.1 400 ") && answer.contains("\"bad-request\""), "\(answer)")
            #expect(answer.lowercased().contains("\r\nconnection: close\r\n"))
            let stored = try await hub.get("/v1/events?publisher=me", as: .unit("jm-office"))
            #expect(stored.json["items"] == [])
        }
    }

    @Test func aBodyThatDoesNotComeIsGivenUp() async throws {
        try await TestHub.with(configure: { $0.bodyTimeout = .seconds(1) }) { hub in
            let head = try await Self.publishing(in: hub, ["Content-Length: 100"])
            let start = ContinuousClock.now
            let answer = try await RawExchange.answer(to: head + "{\"id\":", port: hub.port)
            #expect(answer.hasPrefix("HTTP/1.1 408 ") && answer.contains("\"request-timeout\""), "\(answer)")
            #expect(start.duration(to: .now) >= .seconds(1) && start.duration(to: .now) < .seconds(20))
            // A time that the hub takes itself is not the client's.
            let poll = try await hub.get("/v1/feed?wait=PT3S", as: .unit("finance"))
            #expect(poll.status == 200)
        }
    }

    /// No parser of HTTP knows it, so no path does.
    @Test func aMethodThatIsNoneIsNoHTTP() async throws {
        try await TestHub.with { hub in
            let answer = try await RawExchange.answer(to: Self.head("FOO /v1/me HTTP/1.1", []), port: hub.port)
            #expect(answer.hasPrefix("HTTP/1.1 400 ") && answer.contains("\"bad-request\""), "\(answer)")
        }
    }

    @Test func aBodyThatIsCompressedOnTheWayIsRefused() async throws {
        try await TestHub.with { hub in
            let head = try await Self.publishing(
                in: hub, ["Transfer-Encoding: gzip, chunked", "Connection: close"])
            let answer = try await RawExchange.answer(to: head + "1\r\n{\r\n0\r\n\r\n", port: hub.port)
            #expect(answer.hasPrefix("HTTP/1.1 415 ") && answer.contains("\"unsupported-media-type\""), "\(answer)")
        }
    }
}
