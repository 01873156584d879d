import TestProcesses
import TestSupport
import Testing

/// A hub that dies at any moment, under load.
struct KilledHubTests {
    private static let kills = 6

    @Test func whatWasAnsweredIsStoredOnce() async throws {
        try await HubProcess.with { process, hub in
            let clients = PersistentClients(of: hub)
            let followed = try await withThrowingTaskGroup(of: [FeedItem]?.self) { group in
                for mode in FeedFollower.Mode.allCases {
                    let follower = FeedFollower(
                        hubs: [hub], speaker: .unit("edu-sports"), mode: mode, portion: 100, survivesFaults: true)
                    group.addTask { try await follower.follow { $0.eventID == "the-last" } }
                }
                group.addTask {
                    try await clients.work(clients: 6)
                    return nil
                }
                for _ in 0..<Self.kills {
                    try await Task.sleep(for: .milliseconds(.random(in: 100...1500)))
                    await process.kill()
                    try await process.start()
                }
                try await Task.sleep(for: .milliseconds(300))
                clients.stop()
                // The clients end, then those who follow, with the last event.
                try #require(try await group.next() == .some(nil))
                let answers = clients.answers
                try await StoredFacts(hub: hub).expect(answers)
                #expect(answers.retries > 0)
                let last = try await hub.publish(
                    try Sample.report(id: "the-last", employer: 0), as: .unit("jm-office"))
                #expect(last.status == 201)
                return try await group.reduce(into: [[FeedItem]]()) { all, items in all += [items].compactMap(\.self) }
            }
            let facts = StoredFacts(hub: hub)
            try await facts.expectWhole()
            try await facts.expectCompleteLog(of: "hrss")
            // Who followed all the while missed nothing and saw nothing twice.
            let log = try await hub.numbers(
                """
                SELECT position FROM hub.recipient WHERE unit = 'edu-sports' UNION ALL
                SELECT position FROM hub.duty_change WHERE 'edu-sports' IN (unit, publisher, lead) ORDER BY 1
                """)
            #expect(followed.count == FeedFollower.Mode.allCases.count)
            for items in followed { #expect(items.map(\.cursor) == log) }
        }
    }
}
