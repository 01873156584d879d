import CloudEvents
import TestSupport
import Testing

/// Readers that wait for their log to grow.
struct FeedWaitingTests {
    /// A reader looks by itself every five seconds only. So many arrivals one
    /// after the other, each awaited, would take it more than a minute.
    private static let arrivals = 15
    private static let muchLess = Duration.seconds(30)

    @Test(arguments: FeedFollower.Mode.allCases)
    func whatArrivesIsThereWithoutPolling(_ mode: FeedFollower.Mode) async throws {
        try await TestHub.with { hub in
            let took = try await Self.time(writer: hub, reader: hub, mode)
            #expect(took < Self.muchLess)
        }
    }

    /// Between processes the hint goes through the database, once the writer
    /// has heard that there is another hub; until then the reader looks itself.
    @Test(arguments: FeedFollower.Mode.allCases)
    func whatAnotherHubStoresIsThereWithoutPolling(_ mode: FeedFollower.Mode) async throws {
        try await TestHub.with { hub in
            try await TestHub.with(database: hub.database, keyFile: hub.keyFile) { other in
                let took = try await Self.time(writer: hub, reader: other, mode)
                #expect(took < Self.muchLess)
            }
        }
    }

    /// How long a row of arrivals takes, each sent when the one before is there.
    private static func time(
        writer: TestHub, reader: TestHub, _ mode: FeedFollower.Mode
    ) async throws -> Duration {
        let (arrived, arrival) = AsyncStream.makeStream(of: Void.self)
        return try await withThrowingTaskGroup(of: [FeedItem].self) { group in
            group.addTask {
                let follower = FeedFollower(hubs: [reader], speaker: .unit("hrss"), mode: mode, portion: 500)
                return try await follower.follow { item in
                    arrival.yield()
                    return item.eventID == "report-\(Self.arrivals - 1)"
                }
            }
            let start = ContinuousClock.now
            var arrivals = arrived.makeAsyncIterator()
            for number in 0..<Self.arrivals {
                try await writer.report(number)
                await arrivals.next()
            }
            let items = try await group.next() ?? []
            #expect(items.compactMap(\.eventID) == (0..<Self.arrivals).map { "report-\($0)" })
            return start.duration(to: .now)
        }
    }

    @Test func aPollThatSeesNothingAnswersAtItsEnd() async throws {
        try await TestHub.with { hub in
            try await hub.report(1)
            let cursor = try await hub.feed("start=latest", as: .unit("hrss")).json["next"]?.stringValue ?? ""
            let start = ContinuousClock.now
            let page = try await hub.feed("after=\(cursor)&wait=PT1S", as: .unit("hrss"))
            #expect(page.json == ["items": [], "next": .string(cursor)])
            #expect(start.duration(to: .now) >= .seconds(1))
        }
    }

    @Test func aStreamResumesWithTheLastID() async throws {
        try await TestHub.with { hub in
            try await hub.reports(0..<6)
            let all = try await hub.log(of: .unit("hrss"))
            for last in [0, 3] {
                var reading = StreamReading()
                var items: [FeedItem] = []
                let header = [("Last-Event-ID", String(all[last].cursor))]
                // What the header names wins over what the address does.
                try await hub.stream("/v1/feed?after=0", as: .unit("hrss"), headers: header) { line in
                    if case .item(let item)? = reading.take(line) { items.append(item) }
                    return items.count < 5 - last
                }
                #expect(items == Array(all[(last + 1)...]))
                #expect(reading.lastID == String(all[5].cursor))
            }
        }
    }

    @Test(arguments: ["999999999", "garbage", "-4"])
    func aStreamWithAnUnknownIDStartsOver(_ id: String) async throws {
        try await TestHub.with { hub in
            try await hub.report(1)
            var reading = StreamReading()
            var items: [FeedItem] = []
            try await hub.stream("/v1/feed", as: .unit("hrss"), headers: [("Last-Event-ID", id)]) { line in
                if case .item(let item)? = reading.take(line) { items.append(item) }
                return items.count < 2
            }
            #expect(items.map(\.kind) == ["reset", "delivery"])
            #expect(items[0].cursor == 0)
        }
    }

    @Test func aStreamFromTheLatestHasOnlyWhatComes() async throws {
        try await TestHub.with { hub in
            try await hub.report(1)
            var reading = StreamReading()
            try await hub.stream("/v1/feed?start=latest", as: .unit("hrss")) { line in
                switch reading.take(line) {
                case .comment:
                    // The stream is open.
                    try await hub.report(2)
                    return true
                case .item(let item):
                    #expect(item.eventID == "report-2")
                    return false
                case nil: return true
                }
            }
        }
    }

    @Test func aStreamThatHasNothingToSayIsAlive() async throws {
        try await TestHub.with { hub in
            var reading = StreamReading()
            var comments = 0
            let start = ContinuousClock.now
            try await hub.stream("/v1/feed", as: .unit("hrss")) { line in
                if case .comment? = reading.take(line) { comments += 1 }
                return comments < 2
            }
            let took = start.duration(to: .now)
            #expect(comments == 2)
            #expect(took > .seconds(10) && took < .seconds(30))
        }
    }

    @Test func aDemonstrationSaysSo() async throws {
        try await TestHub.with { hub in
            try await hub.report(1, in: .sandbox)
            var reading = StreamReading()
            var comments: [String] = []
            try await hub.stream("/v1/feed", as: .unit("hrss", of: .sandbox)) { line in
                switch reading.take(line) {
                case .comment(let text): comments.append(text)
                case .item(let item):
                    #expect(item.value["demonstration"] == true)
                    return false
                case nil: break
                }
                return true
            }
            #expect(comments.first?.contains("演示数据") == true)
        }
    }
}
