import CloudEvents
import TestSupport
import Testing

/// Clients of a stream that take more slowly than the log grows.
struct SlowReaderTests {
    private static let count = 14

    /// A penalty that rests on five hundred articles: some 200 KB of open data
    /// for public security and market regulation.
    private static func penalty(_ number: Int) throws -> JSONValue {
        let article: JSONValue = [
            "law": .string(String(repeating: "互联网上网服务营业场所管理条例", count: 6)), "article": "第三十一条",
        ]
        return [
            "specversion": "1.0", "id": .string("penalty-\(number)"), "source": "/410322/units/culture-tourism/whsc",
            "type": "culture.venue-penalty.decided", "time": "2020-10-30T15:00:00+08:00",
            "data": [
                "decisionNo": .string("孟文综罚字〔2020〕第\(number)号"), "decidedOn": "2020-10-30", "measure": "suspension",
                "legalBasis": .array(Array(repeating: article, count: 500)),
            ],
        ]
    }

    private static func publish(_ numbers: Range<Int>, in hub: TestHub) async throws {
        for number in numbers {
            let answer = try await hub.publish(try penalty(number), as: .unit("culture-tourism"))
            try #require(answer.status == 201, "\(answer.text.prefix(2000))")
        }
    }

    @Test func whoNeverReadsIsCutOffWhileOthersGoOn() async throws {
        try await TestHub.with { hub in
            let token = try #require(try await hub.token(.unit("psb")))
            let slow = try RawStream(of: hub, "/v1/feed", token: token)
            // The stream is open, and its log empty.
            let head = try await slow.read(until: ": ok\n\n")
            #expect(head.starts(with: Array("HTTP/1.1 200".utf8)))
            let follower = FeedFollower(hubs: [hub], speaker: .unit("market-reg"), mode: .stream, portion: 500)
            async let others = follower.follow { $0.eventID == "penalty-\(Self.count - 1)" }
            try await Self.publish(0..<Self.count, in: hub)
            let followed = try await others
            #expect(followed.compactMap(\.eventID) == (0..<Self.count).map { "penalty-\($0)" })
            try await eventually("the slow client is cut off") {
                try await hub.metric("hub_feed_streams_cut_off_total") == 1
            }

            let rest = try await slow.read()
            let taken = RawStream.items(of: head + rest)
            #expect(taken.count < Self.count)
            let last = taken.last.map { String($0.cursor) } ?? "0"
            let resumed = try RawStream(of: hub, "/v1/feed?after=\(last)", token: token)
            var text = try await resumed.read(until: "\"penalty-\(Self.count - 1)\"")
            text += try await resumed.read(until: "\n\n")
            let log = try await hub.log(of: .unit("psb"))
            #expect((taken + RawStream.items(of: text)).map(\.cursor) == log.map(\.cursor))
            #expect(log.count == Self.count)
        }
    }

    /// Who comes late and reads slowly gets everything: the log waits.
    @Test func whoCatchesUpMayTakeItsTime() async throws {
        try await TestHub.with { hub in
            try await Self.publish(0..<Self.count, in: hub)
            let token = try #require(try await hub.token(.unit("psb")))
            let slow = try RawStream(of: hub, "/v1/feed", token: token)
            var text = try await slow.read(until: "HTTP/1.1 200")
            // Far longer than a client that follows may be 1 MiB behind.
            try await Task.sleep(for: .seconds(3))
            for number in 0..<Self.count { text += try await slow.read(until: "\"penalty-\(number)\"") }
            text += try await slow.read(until: "\n\n")
            let items = RawStream.items(of: text)
            let log = try await hub.log(of: .unit("psb"))
            #expect(items.map(\.cursor) == log.map(\.cursor))
            #expect(items.count == Self.count)
        }
    }
}
