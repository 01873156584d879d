import TestProcesses
import TestSupport
import Testing

/// A hub that dies at any moment, under load.
struct KilledHubTests {
    private static let kills = 6

    @Test(.timeLimit(.minutes(3))) func whatWasAnsweredIsStoredOnce() async throws {
        try await HubProcess.with { process, hub in
            let clients = PersistentClients(of: hub)
            let follower = FeedFollower(hubs: [hub], speaker: .unit("edu-sports"), mode: .longPoll, portion: 100)
            let followed = try await withThrowingTaskGroup(of: [FeedItem].self) { group in
                group.addTask {
                    try await follower.followThroughFaults { $0.eventID == "the-last" }
                }
                group.addTask {
                    try await clients.work(clients: 6)
                    return []
                }
                for _ in 0..<Self.kills {
                    try await Task.sleep(for: .milliseconds(.random(in: 100...1500)))
                    await process.kill()
                    try await process.start()
                }
                try await Task.sleep(for: .milliseconds(300))
                clients.stop()
                // The clients end, then the follower with the last event.
                _ = try await group.next()
                let answers = clients.answers
                try await StoredFacts(hub: hub).expect(answers)
                #expect(answers.retries > 0)
                let last = try await hub.publish(
                    try Sample.report(id: "the-last", employer: 0), as: .unit("jm-office"))
                #expect(last.status == 201)
                return try await group.next() ?? []
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
            #expect(followed.map(\.cursor) == log)
        }
    }
}
