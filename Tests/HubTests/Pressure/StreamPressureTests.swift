import CloudEvents
import TestSupport
import Testing

/// Many streams, and streams that nobody reads.
struct StreamPressureTests {
    /// A penalty that rests on five hundred articles: some 200 KB of open data
    /// for public security and market regulation.
    private static func penalty(_ number: Int) -> JSONValue {
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

    /// Sixty clients that never read are given 6 × 200 KB each, some 70 MB in
    /// all: the hub keeps to what it may hold for them, and the unit that reads
    /// gets everything.
    @Test func whatNobodyReadsStaysOnDisk() async throws {
        try await HubProcess.with(options: ["--stream-memory", "8"]) { process, hub in
            let silent = try await hub.openStreams(60, as: .unit("psb"), takingLittle: true)
            let before = try await process.memory()
            let follower = FeedFollower(
                hubs: [hub], speaker: .unit("market-reg"), mode: .stream, portion: 500, survivesFaults: true)
            async let followed = follower.follow { $0.eventID == "penalty-5" }
            var most = before
            for number in 0..<6 {
                let answer = try await hub.publish(Self.penalty(number), as: .unit("culture-tourism"))
                #expect(answer.status == 201, "\(answer.text.prefix(400))")
                most = max(most, try await process.memory())
                // What is read at the same time may go beyond the limit by a page
                // each: sixteen readers, and a page is at most a mebibyte and one event.
                #expect(try await hub.metric("hub_stream_bytes") < Double(8 << 20 + 16 * (5 << 18)))
            }
            #expect(try await followed.count == 6)
            for _ in 0..<20 {
                most = max(most, try await process.memory())
                try await Task.sleep(for: .milliseconds(50))
            }
            #expect(most - before < 128 << 20, "\((most - before) >> 20) MiB more")
            #expect(try await hub.get("/v1/me", as: .unit("psb")).status == 200)
            withExtendedLifetime(silent) {}
        }
    }

    /// Six hundred streams of four units: each costs little, and one event
    /// reaches all of its unit's.
    @Test func hundredsOfStreamsAreServed() async throws {
        try await HubProcess.with { process, hub in
            let before = try await process.memory()
            var streams: [PressureSocket] = []
            for unit in ["hrss", "market-reg", "psb", "finance"] {
                streams += try await hub.openStreams(150, as: .unit(unit))
            }
            let each = (try await process.memory() - before) / streams.count
            #expect(each < 100 << 10, "\(each) bytes for each stream")
            #expect(try await hub.metric("hub_streams_open") == 600)
            let answer = try await hub.publish(try Sample.report(id: "for-all", employer: 1), as: .unit("jm-office"))
            #expect(answer.status == 201)
            for stream in streams[..<150] {
                let text = try await stream.read(until: "\"for-all\"")
                #expect(text.contains("event: delivery"))
            }
        }
    }

    /// A unit has only so many streams and long polls; another one is not concerned.
    @Test func aUnitHasOnlySoManyStreams() async throws {
        try await HubProcess.with(options: ["--waits-per-unit", "20"]) { _, hub in
            var streams = try await hub.openStreams(20, as: .unit("psb"))
            for headers in [[("Accept", "text/event-stream")], []] {
                let answer = try await hub.get("/v1/feed?wait=PT10S", as: .unit("psb"), headers: headers)
                #expect(answer.status == 429 && answer.code == "too-much-at-once", "\(answer.text)")
                #expect(answer.header("retry-after").flatMap { Int($0) } ?? 0 >= 1)
            }
            #expect(try await hub.openStreams(1, as: .unit("hrss")).count == 1)
            streams.removeLast()
            try await eventually("there is room for another") {
                try await hub.get("/v1/feed", as: .unit("psb")).status == 200
            }
        }
    }
}
