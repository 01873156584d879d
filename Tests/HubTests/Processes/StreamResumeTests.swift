import TestSupport
import Testing

/// A stream whose process dies goes on at another one.
struct StreamResumeTests {
    private static let kills = 6

    @Test(.timeLimit(.minutes(10))) func eachItemComesOnceInOrder() async throws {
        try await HubFleet.with(3) { fleet in
            let clients = PersistentClients(of: fleet.hubs)
            // It stays with a process until that is gone, then asks the next.
            let follower = FeedFollower(
                hubs: fleet.hubs, speaker: .unit("edu-sports"), mode: .stream, portion: .max, survivesFaults: true)
            let items = try await withThrowingTaskGroup(of: [FeedItem]?.self) { group in
                group.addTask { try await follower.follow { $0.eventID == "the-last" } }
                group.addTask {
                    try await clients.work(clients: 4)
                    return nil
                }
                for kill in 0..<Self.kills {
                    let serving = kill % fleet.processes.count
                    try await eventually("process \(serving) serves the stream") {
                        try await fleet.hubs[serving].metric("hub_readers_waiting") > 0
                    }
                    try await Task.sleep(for: .milliseconds(.random(in: 50...400)))
                    await fleet.processes[serving].kill()
                    // The one before is to be there when it is its turn again.
                    try await fleet.processes[serving].start()
                }
                clients.stop()
                try #require(try await group.next() == .some(nil))
                let hub = fleet.hubs[0]
                let last = try await hub.publish(try Sample.report(id: "the-last", employer: 0), as: .unit("jm-office"))
                #expect(last.status == 201)
                return try await group.next().flatMap(\.self) ?? []
            }
            let hub = fleet.hubs[0]
            try await StoredFacts(hub: hub).expectWhole()
            let log = try await hub.numbers(
                """
                SELECT position FROM hub.recipient WHERE unit = 'edu-sports' UNION ALL
                SELECT position FROM hub.duty_change WHERE 'edu-sports' IN (unit, publisher, lead) ORDER BY 1
                """)
            #expect(items.map(\.cursor) == log)
        }
    }
}
