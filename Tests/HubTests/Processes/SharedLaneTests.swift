import CloudEvents
import TestSupport
import Testing

/// Several hubs write through one lane: batches stay large.
struct SharedLaneTests {
    private static let clients = 64

    private static func with(_ body: @escaping @Sendable ([TestHub]) async throws -> Void) async throws {
        try await TestHub.with { first in
            try await TestHub.with(database: first.database, keyFile: first.keyFile) { second in
                try await TestHub.with(database: first.database, keyFile: first.keyFile) { third in
                    let hubs = [first, second, third]
                    for (number, hub) in hubs.enumerated() { try await hub.report(number) }
                    try await body(hubs)
                }
            }
        }
    }

    /// How many commits stored what lies after a position.
    private static func commits(after position: Int64, _ hub: TestHub) async throws -> Int64 {
        try await hub.number("SELECT count(DISTINCT xmin::text) FROM hub.event WHERE position > \(position)")
    }

    /// While one of them has the lane the others gather: each sends all that
    /// came meanwhile at once.
    @Test func whatWaitsForTheLaneGoesTogether() async throws {
        try await Self.with { hubs in
            let before = try await hubs[0].number("SELECT max(position) FROM hub.event")
            try await HeldLane.with(in: hubs[0]) { lane in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    // One of each is under way, the others wait behind it.
                    for (number, hub) in hubs.enumerated() { group.addTask { try await hub.report(10 + number) } }
                    try await HeldLane.waiters(Int64(hubs.count), in: hubs[0])
                    for client in hubs.count..<Self.clients {
                        group.addTask { try await hubs[client % hubs.count].report(100 + client) }
                    }
                    try await eventually("all of them are taken in") {
                        var waiting = 0.0
                        for hub in hubs { waiting += try await hub.metric("hub_lane_waiting{lane=\"admissions\"}") }
                        return waiting == Double(Self.clients - hubs.count)
                    }
                    try await lane.commit()
                    try await group.waitForAll()
                }
            }
            let stored = try await hubs[0].number("SELECT count(*) FROM hub.event WHERE position > \(before)")
            #expect(stored == Int64(Self.clients))
            let commits = try await Self.commits(after: before, hubs[0])
            #expect(commits == Int64(2 * hubs.count), "\(stored) events in \(commits) commits")
        }
    }
}
