import CloudEvents
import Hub
import HubAPI
import TestSupport
import Testing

/// More work than the hub can take: who sends it is told to wait, before memory
/// grows, and others go on.
struct WorkPressureTests {
    private static func batch(_ name: String, _ count: Int) throws -> [JSONValue] {
        try (0..<count).map { try Sample.report(id: "\(name)-\($0)", employer: $0) }
    }

    private static func isToldToWait(_ answer: TestAnswer) -> Bool {
        (answer.status == 429 || answer.status == 503)
            && ["too-much-at-once", "overloaded"].contains(answer.code)
            && (answer.header("retry-after").flatMap { Int($0) } ?? 0) >= 1
    }

    /// While nothing can be stored, one unit sends batch after batch: the
    /// mailbox takes a part of them, and still has room for another unit. When
    /// it goes on, what was taken is stored, and the rest when it is sent again.
    @Test func aFullMailboxRefusesAndGoesOn() async throws {
        try await TestHub.with(configure: { $0.hub.mailbox = 100 }) { hub in
            let batches = try (0..<8).map { try Self.batch("b\($0)", 30) }
            try await withThrowingTaskGroup(of: TestAnswer.self) { group in
                try await HeldLane.with(in: hub) { lane in
                    for batch in batches {
                        group.addTask { try await hub.publish(batch: batch, as: .unit("jm-office")) }
                    }
                    // One batch may be on its way to the database, and two wait: as much
                    // as is still free. What no longer fits is answered at once.
                    for _ in 0..<5 {
                        let answer = try #require(try await group.next())
                        #expect(Self.isToldToWait(answer), "\(answer.text.prefix(300))")
                    }
                    group.addTask {
                        try await hub.publish(try Sample.internetCafe.event(id: "another"), as: .unit("psb"))
                    }
                    try await lane.commit()
                }
                var statuses: [Int] = []
                for try await answer in group {
                    statuses.append(answer.status)
                    #expect(answer.status < 300 || Self.isToldToWait(answer), "\(answer.text.prefix(300))")
                }
                #expect(statuses.count { $0 == 201 } == 1, "the other unit's is taken: \(statuses)")
                #expect(statuses.count { $0 == 200 } >= 2, "two batches at least are taken: \(statuses)")
            }
            for batch in batches {
                let answer = try await hub.publish(batch: batch, as: .unit("jm-office"))
                #expect(answer.status == 200 && answer.json["rejected"] == 0, "\(answer.text.prefix(300))")
            }
            #expect(try await hub.number("SELECT count(*) FROM hub.event_key") == 8 * 30 + 1)
        }
    }

    /// Bodies of one unit take at most their part of the memory there is for
    /// them, and the rest is there for others.
    @Test func bodiesInMemoryAreBounded() async throws {
        try await HubProcess.with(options: ["--body-memory", "16"]) { process, hub in
            let before = try await process.memory()
            let head = try await hub.head(
                "POST /v1/events", as: .unit("psb"),
                ["Content-Type: application/cloudevents-batch+json", "Content-Length: 8388608"])
            // All but the end of 12 batches: 90 MB.
            let part = Array(("[" + String(repeating: " ", count: 7_500_000)).utf8)
            let uploads = try (0..<12).map { _ in try PressureSocket(port: hub.port) }
            let refused = try await withThrowingTaskGroup(of: String?.self) { group in
                for socket in uploads {
                    group.addTask {
                        socket.send(head)
                        return socket.send(part) ? nil : try await socket.read()
                    }
                }
                return try await group.reduce(into: [String]()) { all, text in if let text { all.append(text) } }
            }
            try await eventually("most of them are refused") {
                let metrics = try await hub.get("/metrics", as: .nobody).text.split(separator: "\n")
                let refusals = metrics.filter { $0.hasPrefix("hub_refusals_total{code=\"too-much-at-once\"}") }
                return refusals.contains { $0.split(separator: " ").last.flatMap { Double($0) } ?? 0 >= 10 }
            }
            #expect(try await hub.metric("hub_body_bytes") <= Double(16 << 20))
            let during = try await process.memory()
            #expect(during - before < 80 << 20, "\((during - before) >> 20) MiB more")
            for text in refused where !text.isEmpty {
                #expect(text.hasPrefix("HTTP/1.1 429 ") || text.hasPrefix("HTTP/1.1 503 "), "\(text)")
                #expect(text.lowercased().contains("\r\nretry-after: "), "\(text)")
            }
            let answer = try await hub.publish(try Sample.report(id: "other", employer: 1), as: .unit("jm-office"))
            #expect(answer.status == 201, "\(answer.text)")
        }
    }

    /// A flood of tokens that do not exist costs those with a good one nothing
    /// but time.
    @Test func guessedTokensHinderNobody() async throws {
        try await HubProcess.with { _, hub in
            #expect(try await hub.get("/v1/me", as: .unit("psb")).status == 200)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in 0..<32 {
                    group.addTask {
                        for number in 0..<10 {
                            let guess = String(
                                (String(worker * 1000 + number) + String(repeating: "a", count: 43)).prefix(43))
                            let answer = try await hub.get("/v1/me", as: .token("lk_" + guess))
                            #expect(answer.status == 401 || Self.isToldToWait(answer), "\(answer.text)")
                        }
                    }
                }
                for number in 0..<20 {
                    let answer = try await hub.publish(
                        try Sample.report(id: "meanwhile-\(number)", employer: number), as: .unit("jm-office"))
                    #expect(answer.status == 201, "\(answer.text)")
                }
                try await group.waitForAll()
            }
        }
    }
}
