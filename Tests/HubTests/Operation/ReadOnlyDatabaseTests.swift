import CloudEvents
import Foundation
import Hub
import HubAPI
import TestProcesses
import TestSupport
import Testing

/// A hub over a database that takes no writes: it starts, answers reads, says of
/// writes when to try again, and goes on by itself when the database does.
struct ReadOnlyDatabaseTests {
    @Sendable private static func lookOften(_ configuration: inout HubServerConfiguration) {
        configuration.hub.refreshEvery = .milliseconds(100)
        configuration.hub.maintainEvery = .milliseconds(100)
        configuration.hub.sweepEvery = .milliseconds(100)
    }

    private static func database(_ cluster: TestCluster) -> TestDatabase {
        TestDatabase(name: "postgres", url: cluster.connectionString)
    }

    private static func with(_ body: (TestCluster, TestDatabase, String) async throws -> Void) async throws {
        let cluster = try await TestCluster.start()
        do {
            let database = database(cluster)
            try await database.fill()
            let keyFile = FileManager.default.temporaryDirectory.appendingPathComponent(
                "\(UUID().uuidString).keys"
            ).path
            defer { try? FileManager.default.removeItem(atPath: keyFile) }
            try await body(cluster, database, keyFile)
        } catch {
            try? await cluster.remove()
            throw error
        }
        try await cluster.remove()
    }

    /// Tokens that were issued while there was somewhere to write them.
    private struct Speakers {
        let program: TestHub.Speaker
        let publisher: TestHub.Speaker
        let secretary: TestHub.Speaker

        init(of hub: TestHub) async throws {
            program = .token(try #require(try await hub.token(.unit("hrss"))))
            publisher = .token(try #require(try await hub.token(.unit("jm-office"))))
            secretary = .token(try #require(try await hub.token(.officer("jm-office-01"))))
        }

        func publish(_ hub: TestHub, _ number: Int) async throws -> TestAnswer {
            try await hub.publish(try Sample.report(id: "report-\(number)", employer: number), as: publisher)
        }

        func expectReads(_ hub: TestHub) async throws {
            let reads = [
                ("/v1/feed", program), ("/v1/duties", program), ("/v1/me", program), ("/v1/board", secretary),
            ]
            for (path, speaker) in reads {
                let answer = try await hub.get(path, as: speaker)
                #expect(answer.status == 200, "\(path): \(answer.text)")
            }
            let ready = try await hub.get("/readyz", as: .nobody)
            #expect(ready.status == 200 && ready.json["mode"] == "read-only", "\(ready.text)")
            #expect(try await hub.metric("hub_database_writable") == 0)
        }

        func expectRefusal(_ hub: TestHub) async throws {
            let refused = try await publish(hub, 99)
            #expect(refused.status == 503 && refused.code == "maintenance", "\(refused.text)")
            #expect(refused.header("retry-after") != nil)
        }
    }

    private static func setReadOnly(_ isReadOnly: Bool, _ database: TestDatabase) async throws {
        // Each alone: the first takes no transaction around it.
        try await database.run("ALTER SYSTEM SET default_transaction_read_only = \(isReadOnly ? "on" : "off")")
        try await database.run("SELECT pg_reload_conf()")
    }

    @Test func itStartsAndServesReadsUntilTheDatabaseTakesWrites() async throws {
        try await Self.with { _, database, keyFile in
            let speakers = try await TestHub.with(
                database: database, keyFile: keyFile, configure: Self.lookOften
            ) { hub in
                let speakers = try await Speakers(of: hub)
                #expect(try await speakers.publish(hub, 1).status == 201)
                // While it runs.
                try await Self.setReadOnly(true, database)
                try await eventually("the hub knows") { try await hub.metric("hub_database_writable") == 0 }
                try await speakers.expectRefusal(hub)
                try await speakers.expectReads(hub)
                return speakers
            }
            // And when it starts.
            let log = LogCapture()
            try await TestHub.with(
                database: database, keyFile: keyFile, logger: log.logger, configure: Self.lookOften
            ) { hub in
                try await speakers.expectRefusal(hub)
                try await speakers.expectReads(hub)
                // Chores and sweeps wait instead of failing again and again.
                try await Task.sleep(for: .milliseconds(500))
                #expect(log.lines.filter { $0.contains("chore failed") || $0.contains("sweep failed") } == [])
                #expect(log.lines.contains { $0.contains("the database takes no writes") })
                try await Self.setReadOnly(false, database)
                try await eventually("it takes writes") { try await speakers.publish(hub, 2).status < 300 }
                #expect(try await hub.get("/readyz", as: .nobody).json["mode"] == "read-write")
            }
        }
    }

    @Test func overAHotStandbyItAnswersReadsAndWritesOnceThatIsPromoted() async throws {
        try await Self.with { cluster, database, keyFile in
            let speakers = try await TestHub.with(
                database: database, keyFile: keyFile, configure: Self.lookOften
            ) { hub in
                let speakers = try await Speakers(of: hub)
                #expect(try await speakers.publish(hub, 1).status == 201)
                return speakers
            }
            let standby = try await TestCluster.standby(of: cluster)
            do {
                try await TestHub.with(
                    database: Self.database(standby), keyFile: keyFile, configure: Self.lookOften
                ) { hub in
                    try await speakers.expectRefusal(hub)
                    try await speakers.expectReads(hub)
                    let feed = try await hub.get("/v1/feed", as: speakers.program)
                    #expect(FeedItem.items(of: feed.json).map(\.eventID) == ["report-1"])
                    try await cluster.stop(mode: "fast")
                    try await standby.promote()
                    try await eventually("it takes writes") { try await speakers.publish(hub, 2).status < 300 }
                }
            } catch {
                try? await standby.remove()
                throw error
            }
            try await standby.remove()
        }
    }
}
