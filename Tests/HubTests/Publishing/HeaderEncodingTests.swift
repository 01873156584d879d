import CloudEvents
import TestSupport
import Testing

/// Headers are UTF-8, percent-encoded: other bytes are not guessed at.
struct HeaderEncodingTests {
    private static let office = TestHub.Speaker.unit("jm-office")

    /// An event in binary mode whose headers are bytes.
    private func send(_ headers: [(String, [UInt8])], id: [UInt8], to hub: TestHub) async throws -> String {
        let event = try Sample.report(id: "LB-1", employer: 1)
        let token = try #require(try await hub.token(Self.office))
        let body = event.at("/data")?.encodedBytes() ?? []
        var fields: [(String, [UInt8])] = [
            ("Host", Array("hub".utf8)), ("Connection", Array("close".utf8)),
            ("Authorization", Array("Bearer \(token)".utf8)), ("Content-Type", Array("application/json".utf8)),
            ("Content-Length", Array(String(body.count).utf8)), ("ce-id", id),
        ]
        for name in ["specversion", "source", "type", "time"] {
            fields.append(("ce-\(name)", Array((event.text(name) ?? "").utf8)))
        }
        var request = Array("POST /v1/events HTTP/1.1\r\n".utf8)
        for (name, value) in fields + headers {
            request += Array("\(name): ".utf8) + value + Array("\r\n".utf8)
        }
        return try await RawExchange.answer(to: request + Array("\r\n".utf8) + body, port: hub.port)
    }

    /// 电 and 话 in GBK: as text both were the same two signs.
    @Test func differentIdsInGBKAreRefusedAndCollideWithNothing() async throws {
        try await TestHub.with { hub in
            for id in [[0xB5, 0xE7], [0xBB, 0xB0]] as [[UInt8]] {
                let answer = try await send([], id: Array("LB-".utf8) + id, to: hub)
                #expect(answer.hasPrefix("HTTP/1.1 400 "), "\(answer)")
                #expect(answer.contains("\"bad-header\"") && answer.contains("header:ce-id"))
                #expect(answer.contains("GBK/GB18030"))
            }
            #expect(try await hub.number("SELECT count(*) FROM hub.event_key") == 0)
        }
    }

    @Test func everyHeaderThatIsUsedIsNamed() async throws {
        try await TestHub.with { hub in
            let answer = try await send(
                [("ce-subject", [0xB5, 0xE7]), ("traceparent", [0xFF]), ("tracestate", [0x61, 0xFF])],
                id: Array("LB-1".utf8), to: hub)
            #expect(answer.hasPrefix("HTTP/1.1 400 "), "\(answer)")
            for name in ["ce-subject", "traceparent", "tracestate"] { #expect(answer.contains("header:\(name)")) }
        }
    }

    @Test func textInUTF8IsTakenAndTheReplacementCharacterPercentEncoded() async throws {
        try await TestHub.with { hub in
            let answer = try await send(
                [("ce-subject", Array("登记".utf8)), ("x-other", [0xB5, 0xE7])], id: Array("LB-%EF%BF%BD".utf8), to: hub)
            #expect(answer.hasPrefix("HTTP/1.1 201 "), "\(answer)")
        }
    }
}
