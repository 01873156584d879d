import CloudEvents
import TestProcesses
import TestSupport
import Testing

/// A hub that dies while workers lease.
struct KilledConsumerTests {
    private static let kills = 3
    private static let workers = 6

    @Test func whatWasLeasedIsDeliveredAgain() async throws {
        try await HubProcess.with { process, hub in
            for number in 0..<10 {
                let events = try (0..<20).map { try Sample.report(id: "k-\(number)-\($0)", employer: number * 20 + $0) }
                let answer = try await hub.publish(batch: events, as: .unit("jm-office"))
                try #require(answer.json.list("results").count == 20)
            }
            _ = try await hub.setConsumer("shared", ["lease": "PT1S", "maxAttempts": 100, "maxInFlight": 25])
            let expected = try await hub.numbers(
                "SELECT position FROM hub.recipient WHERE unit = 'hrss' AND officer IS NULL")
            let workers = ConsumerWorkers(of: "shared", hubs: [hub], leaseSeconds: 1, survivesFaults: true)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<Self.workers { group.addTask { try await workers.work(number) } }
                for _ in 0..<Self.kills {
                    try await Task.sleep(for: .milliseconds(.random(in: 50...300)))
                    await process.kill()
                    try await process.start()
                }
                // An acknowledgement whose answer was lost is in the database alone.
                try await eventually("all is done", within: .seconds(40)) {
                    let left = try await hub.number("SELECT count(*) FROM hub.lease")
                    let shown = try await hub.get("/v1/consumers/shared", as: .unit("hrss")).json
                    return left == 0 && shown["waiting"] == 0
                }
                workers.stop()
                try await group.waitForAll()
            }
            #expect(workers.unexpected == [])
            workers.expectNoTwoHands()
            // Whoever is done was in the hands of a worker who said so.
            let acknowledged = workers.entries.filter { $0.acknowledgedAt != nil }.map(\.delivery)
            #expect(Set(acknowledged) == Set(expected))
            let done = workers.entries.filter { $0.result == "acked" }.map(\.delivery)
            #expect(done.count == Set(done).count)
            let last = try await hub.numbers("SELECT in_flight FROM hub.consumer_floor ORDER BY step DESC LIMIT 1")
            #expect(last == [0])
        }
    }
}
