import CloudEvents
import HubClient
import Synchronization
import TestSupport
import Testing

/// Hubs that are restarted one after another while everybody works.
struct RollingRestartTests {
    private static let rounds = 2

    /// The deliveries that workers were handed, each time they were.
    private final class Handed: Sendable {
        private let held = Mutex<[String: Int]>([:])

        var all: [String: Int] { held.withLock { $0 } }

        func add(_ delivery: HubDelivery) { held.withLock { $0[delivery.deliveryID, default: 0] += 1 } }
    }

    @Test(.timeLimit(.minutes(10))) func nothingIsLostAndNothingComesTwice() async throws {
        try await HubFleet.with(3) { fleet in
            let hub = fleet.hubs[0]
            let clients = PersistentClients(of: fleet.hubs)
            let handed = Handed()
            let intake = try await fleet.clientConfiguration(as: .unit("hrss"))
            try await HubClient.withClient(intake) { client in
                _ = try await client.setConsumer("intake")
            }
            let followed = try await withThrowingTaskGroup(of: [FeedItem]?.self) { group in
                // Who follows: by hand with every process in turn, and by the client's own way.
                for (index, mode) in FeedFollower.Mode.allCases.enumerated() {
                    let follower = FeedFollower(
                        hubs: fleet.hubs, speaker: .unit("edu-sports"), mode: mode, portion: 60 + index,
                        survivesFaults: true)
                    group.addTask { try await follower.follow { $0.eventID == "the-last" } }
                }
                group.addTask { try await Self.stream(fleet) }
                let workers = (0..<3).map { number in
                    Task { try await Self.work(fleet, first: number, handed) }
                }
                defer { for worker in workers { worker.cancel() } }
                group.addTask {
                    try await clients.work(clients: 6)
                    return nil
                }
                for _ in 0..<Self.rounds {
                    for process in fleet.processes {
                        try await Task.sleep(for: .milliseconds(.random(in: 100...500)))
                        try await fleet.restart(process)
                    }
                }
                clients.stop()
                try #require(try await group.next() == .some(nil))
                let answers = clients.answers
                try await StoredFacts(hub: hub).expect(answers)
                // Nobody was refused but by a hub that stops, and everybody was told when to come again.
                #expect(Set(answers.refusals.keys).isSubset(of: ["shutting-down"]), "\(answers.refusals)")
                #expect(answers.withoutRetryAfter == 0)
                let last = try await hub.publish(try Sample.report(id: "the-last", employer: 0), as: .unit("jm-office"))
                #expect(last.status == 201)
                try await Self.expectAllDone(handed, hub)
                return try await group.reduce(into: [[FeedItem]]()) { all, items in all += [items].compactMap(\.self) }
            }
            let facts = StoredFacts(hub: hub)
            try await facts.expectWhole()
            try await facts.expectCompleteLog(of: "hrss")
            let log = try await hub.numbers(
                """
                SELECT position FROM hub.recipient WHERE unit = 'edu-sports' UNION ALL
                SELECT position FROM hub.duty_change WHERE 'edu-sports' IN (unit, publisher, lead) ORDER BY 1
                """)
            #expect(followed.count == FeedFollower.Mode.allCases.count + 1)
            for items in followed { #expect(items.map(\.cursor) == log) }
        }
    }

    /// The log as the client streams it, which goes to another process by itself.
    private static func stream(_ fleet: HubFleet) async throws -> [FeedItem] {
        let configuration = try await fleet.clientConfiguration(as: .unit("edu-sports"), first: 1)
        return try await HubClient.withClient(configuration) { client in
            var items: [FeedItem] = []
            for try await item in client.stream(from: .earliest) {
                items.append(try #require(FeedItem(item.json)))
                if items.last?.eventID == "the-last" { break }
            }
            return items
        }
    }

    private static func work(_ fleet: HubFleet, first: Int, _ handed: Handed) async throws {
        let configuration = try await fleet.clientConfiguration(as: .unit("hrss"), first: first)
        try await HubClient.withClient(configuration) { client in
            try await client.work(on: "intake") { handed.add($0) }
        }
    }

    /// Every delivery was handed out and acknowledged, and none a second time
    /// but one whose first worker was not heard any more.
    private static func expectAllDone(_ handed: Handed, _ hub: TestHub) async throws {
        let expected = try await hub.numbers(
            "SELECT position FROM hub.recipient WHERE unit = 'hrss' AND officer IS NULL ORDER BY 1")
        try await eventually("all is done", within: .seconds(60)) {
            guard handed.all.count == expected.count else { return false }
            return try await hub.number("SELECT count(*) FROM hub.lease") == 0
        }
        #expect(handed.all.keys.compactMap { Int64($0) }.sorted() == expected)
        // Every process ended gracefully, so every answer reached its worker.
        #expect(handed.all.values.allSatisfy { $0 == 1 })
    }
}
