import CloudEvents
import TestProcesses
import TestSupport
import Testing

/// A hub that is asked to stop.
struct GracefulShutdownTests {
    private static let count = 20

    @Test func whatIsBeingJudgedIsAnswered() async throws {
        try await HubProcess.with { process, hub in
            let cursor = try await hub.report(0)["position"]?.stringValue ?? ""
            try await HeldLane.with(in: hub) { lane in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    // Nothing is stored while the lane is held: one is under
                    // way, the others wait behind it.
                    group.addTask { try await hub.report(1) }
                    try await HeldLane.waiters(1, in: hub)
                    for number in 2...Self.count { group.addTask { try await hub.report(number) } }
                    group.addTask {
                        let page = try await hub.feed("after=\(cursor)&wait=PT30S", as: .unit("hrss"))
                        // It ends early, with what is there by then: nothing
                        // yet, or some of what the lane stores meanwhile.
                        let next = page.json["next"]?.stringValue.flatMap { Int64($0) } ?? 0
                        #expect(page.status == 200 && next >= Int64(cursor) ?? .max)
                    }
                    // A stream ends; it is not cut off.
                    group.addTask { try await hub.stream("/v1/feed", as: .unit("hrss")) { _ in true } }
                    try await eventually("all of them are taken in") {
                        let waiting = try await hub.metric("hub_lane_waiting{lane=\"admissions\"}")
                        let readers = try await hub.metric("hub_readers_waiting")
                        return waiting == Double(Self.count - 1) && readers == 2
                    }
                    await process.terminate()
                    try await eventually("it accepts nothing new") { !HubProcess.isOpen(process.port) }
                    try await lane.commit()
                    try await group.waitForAll()
                }
            }
            let end = await process.end()
            #expect(end == .exited(0))
            let stored = try await hub.number("SELECT count(*) FROM hub.event")
            #expect(stored == Int64(Self.count + 1))
            try await StoredFacts(hub: hub).expectWhole()
        }
    }

    /// Whatever was stored was answered, and the other way round.
    @Test func stoppingUnderLoadLosesNothing() async throws {
        try await HubProcess.with { process, hub in
            _ = try await hub.report(0)
            let first = try await hub.number("SELECT max(position) FROM hub.event")
            let answered = try await withThrowingTaskGroup(of: [Int64].self) { group in
                for client in 1...16 {
                    group.addTask {
                        // Until the hub takes no more, whichever way it shows.
                        var positions: [Int64] = []
                        while let answer = try? await hub.publish(
                            try Sample.report(
                                id: "s\(client)-\(positions.count)", employer: client * 10_000 + positions.count),
                            as: .unit("jm-office")), answer.status == 201
                        {
                            positions.append(try #require((answer.json["position"]?.stringValue).flatMap { Int64($0) }))
                        }
                        return positions
                    }
                }
                try await Task.sleep(for: .milliseconds(.random(in: 300...900)))
                await process.terminate()
                return try await group.reduce(into: []) { $0 += $1 }
            }
            let end = await process.end()
            #expect(end == .exited(0))
            let stored = try await hub.numbers("SELECT position FROM hub.event WHERE position > \(first) ORDER BY 1")
            #expect(stored == answered.sorted())
            #expect(stored.count > 16)
            try await StoredFacts(hub: hub).expectWhole()
        }
    }
}
