import CloudEvents
import Foundation
import Hub
import HubAPI
import PostgresClient
import TestProcesses
import TestSupport
import Testing

/// A primary that goes and a standby that takes over, with a hub that was told
/// of both.
@Suite(.serialized) struct FailoverTests {
    /// How soon a hub stores again; some seconds on a busy machine.
    private static let soon = Duration.seconds(30)

    private struct Servers: Sendable {
        let primary: TestCluster
        let standby: TestCluster
    }

    /// Runs a body with two servers, of which one follows the other, and a hub
    /// that knows both.
    ///
    /// - Parameter standbyFirst: the order in the connection string.
    private static func with(
        standbyFirst: Bool, _ body: @escaping @Sendable (Servers, TestHub) async throws -> Void
    ) async throws {
        let primary = try await TestCluster.start()
        var standby: TestCluster?
        do {
            try await TestDatabase(name: "postgres", url: primary.connectionString).fill()
            let servers = Servers(primary: primary, standby: try await TestCluster.standby(of: primary))
            standby = servers.standby
            // From here on nothing counts as stored that only one of them has.
            try await Self.run("ALTER SYSTEM SET synchronous_standby_names = '*'", on: primary)
            try await Self.run("SELECT pg_reload_conf()", on: primary)
            let hosts = standbyFirst ? [servers.standby, primary] : [primary, servers.standby]
            let url = """
                host=\(hosts.map(\.folder).joined(separator: ",")) \
                port=\(hosts.map { String($0.port) }.joined(separator: ",")) \
                user=postgres dbname=postgres target_session_attrs=read-write connect_timeout=2
                """
            try await TestHub.with(
                database: TestDatabase(name: "postgres", url: url), keyFile: primary.folder + "/keys.json",
                configure: {
                    $0.hub.database.silenceTimeout = .seconds(2)
                    // Only what a test does is written meanwhile.
                    $0.hub.maintainEvery = .seconds(3600)
                }
            ) { hub in
                // Tokens are issued while there is a server.
                for unit in ["jm-office", "hrss", "edu-sports"] { _ = try await hub.token(.unit(unit)) }
                for officer in ["hrss-01", "market-reg-01"] { _ = try await hub.token(.officer(officer)) }
                try await body(servers, hub)
            }
        } catch {
            try? await standby?.remove()
            try? await primary.remove()
            throw error
        }
        try await standby?.remove()
        try await primary.remove()
    }

    private static func run(_ statement: String, on cluster: TestCluster) async throws {
        try await TestDatabase(name: "postgres", url: cluster.connectionString).withSession {
            _ = try await $0.query(statement, name: "test")
        }
    }

    /// Sessions of hubs on a server, by their names.
    private static func sessions(_ name: String, on cluster: TestCluster) async throws -> Int64 {
        try await TestDatabase(name: "postgres", url: cluster.connectionString).number(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE '\(name)' AND pid <> pg_backend_pid()")
    }

    /// Works and follows through what a body does to the servers.
    private static func working(
        _ hub: TestHub, through body: @escaping @Sendable (PersistentClients) async throws -> Void
    ) async throws {
        let clients = PersistentClients(of: hub)
        let followed = try await withThrowingTaskGroup(of: [FeedItem]?.self) { group in
            for mode in FeedFollower.Mode.allCases {
                let follower = FeedFollower(
                    hubs: [hub], speaker: .unit("edu-sports"), mode: mode, portion: 100, survivesFaults: true)
                group.addTask { try await follower.follow { $0.eventID == "the-last" } }
            }
            group.addTask {
                try await clients.work(clients: 4)
                return nil
            }
            try await Task.sleep(for: .milliseconds(700))
            try await body(clients)
            try await Task.sleep(for: .milliseconds(300))
            clients.stop()
            try #require(try await group.next() == .some(nil))
            try await clients.publish(id: "the-last", employer: 0)
            return try await group.reduce(into: [[FeedItem]]()) { all, items in all += [items].compactMap(\.self) }
        }
        let answers = clients.answers
        #expect(answers.withoutRetryAfter == 0)
        #expect(
            Set(answers.refusals.keys).isSubset(of: ["database-unavailable", "outcome-unknown"]), "\(answers.refusals)")
        let facts = StoredFacts(hub: hub)
        try await facts.expect(answers)
        try await facts.expectWhole()
        let log = try await hub.numbers(
            """
            SELECT position FROM hub.recipient WHERE unit = 'edu-sports' UNION ALL
            SELECT position FROM hub.duty_change WHERE 'edu-sports' IN (unit, publisher, lead) ORDER BY 1
            """)
        for items in followed { #expect(items.map(\.cursor) == log) }
    }

    /// The primary dies; later it is back, as a standby.
    @Test(.timeLimit(.minutes(10))) func aPrimaryThatDiesIsReplaced() async throws {
        try await Self.with(standbyFirst: true) { servers, hub in
            #expect(try await Self.sessions("liankong%", on: servers.standby) == 0)
            try await Self.working(hub) { clients in
                try servers.primary.cutOff()
                try await servers.standby.promote()
                let start = ContinuousClock.now
                try await clients.publish(id: "after", employer: 1)
                #expect(start.duration(to: .now) < Self.soon)
            }
            // Who listens does so there as well.
            try await eventually("it listens to the new primary", within: Self.soon) {
                try await Self.sessions("liankong-hints", on: servers.standby) == 1
            }
            try await servers.primary.demote()
            try await servers.primary.start()
            // The hub has to choose again, and both are there.
            try await Self.run(
                """
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE application_name LIKE 'liankong%' AND pid <> pg_backend_pid()
                """, on: servers.standby)
            try await eventually("it stores again", within: Self.soon) {
                try await hub.publish(try Sample.report(id: "again", employer: 2), as: .unit("jm-office")).status < 300
            }
            let page = try await hub.feed(as: .unit("edu-sports"))
            #expect(page.status == 200)
            #expect(try await Self.sessions("liankong%", on: servers.primary) == 0)
            #expect(try await Self.sessions("liankong%", on: servers.standby) > 0)
        }
    }

    /// The primary takes connections and says nothing any more, as one does
    /// whose disk hangs: nothing on the network tells.
    @Test(.timeLimit(.minutes(10))) func aPrimaryThatIsFrozenIsReplaced() async throws {
        try await Self.with(standbyFirst: false) { servers, hub in
            try await Self.working(hub) { clients in
                try servers.primary.signal(SIGSTOP)
                try await servers.standby.promote()
                let start = ContinuousClock.now
                try await clients.publish(id: "after", employer: 1)
                #expect(start.duration(to: .now) < Self.soon)
                // Before it wakes up again somebody sees to it that it does not.
                try servers.primary.cutOff()
            }
        }
    }
}
