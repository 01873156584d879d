import CloudEvents
import Foundation
import Hub
import HubAPI
import PostgresClient
import TestProcesses
import TestSupport
import Testing

/// A database server that is cut off and comes back, with a hub over it.
struct RestartedDatabaseTests {
    /// How soon a hub gives in when its server is down, and how soon it stores
    /// again once the server is back; some seconds on a busy machine.
    private static let soon = Duration.seconds(15)

    /// Runs a body with a server of its own and a hub over a database there.
    private static func with(
        _ body: @escaping @Sendable (TestCluster, TestHub) async throws -> Void
    ) async throws {
        let cluster = try await TestCluster.start()
        do {
            let database = TestDatabase(name: "postgres", url: cluster.connectionString)
            try await database.fill()
            try await TestHub.with(
                database: database, keyFile: cluster.folder + "/keys.json",
                configure: {
                    // Only what a test does is written meanwhile.
                    $0.hub.maintainEvery = .seconds(3600)
                },
                { try await body(cluster, $0) })
        } catch {
            try? await cluster.remove()
            throw error
        }
        try await cluster.remove()
    }

    @Test func whatWasAnsweredIsStoredOnce() async throws {
        try await Self.with { cluster, hub in
            // Tokens are issued while there is a server.
            for unit in ["jm-office", "hrss"] { _ = try await hub.token(.unit(unit)) }
            for officer in ["hrss-01", "market-reg-01"] { _ = try await hub.token(.officer(officer)) }
            let clients = PersistentClients(of: hub)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await clients.work(clients: 6) }
                for restart in 0..<2 {
                    try await Task.sleep(for: .milliseconds(.random(in: 300...1000)))
                    try await cluster.stop(mode: "immediate")
                    if restart == 0 { try await Self.expectUnavailable(hub) }
                    try await cluster.start()
                    let start = ContinuousClock.now
                    try await clients.publish(id: "probe-\(restart)", employer: restart)
                    #expect(start.duration(to: .now) < Self.soon)
                }
                try await Task.sleep(for: .milliseconds(300))
                clients.stop()
                try await group.waitForAll()
            }
            let answers = clients.answers
            #expect(answers.retries > 0 && answers.withoutRetryAfter == 0)
            #expect(Set(answers.refusals.keys).isSubset(of: ["database-unavailable", "outcome-unknown"]))
            let facts = StoredFacts(hub: hub)
            try await facts.expect(answers)
            try await facts.expectWhole()
            try await facts.expectCompleteLog(of: "hrss")
        }
    }

    /// While the server is down every answer says so and when to come again;
    /// whoever waits for it waits some seconds at the most.
    private static func expectUnavailable(_ hub: TestHub) async throws {
        let start = ContinuousClock.now
        let health = try await hub.get("/healthz", as: .nobody)
        #expect(health.status == 200)
        let event = try Sample.report(id: "probe-0", employer: 0)
        let answers = [
            try await hub.get("/readyz", as: .nobody),
            try await hub.publish(event, as: .unit("jm-office")),
            try await hub.get("/v1/duties", as: .unit("hrss")),
            try await hub.feed(as: .unit("hrss")),
        ]
        #expect(start.duration(to: .now) < soon)
        for answer in answers {
            #expect(answer.status == 503, "\(answer.text)")
            #expect(["database-unavailable", "outcome-unknown"].contains(answer.code), "\(answer.text)")
            #expect((answer.header("retry-after")).flatMap { Int($0) } ?? 0 > 0)
            #expect(answer.header("x-request-id") != nil)
            for inside in ["postgres", "socket", "/tmp", "SQL"] { #expect(!answer.text.contains(inside)) }
        }
    }

    /// The server went down before the commit.
    @Test func whatWasLostIsStoredWhenSentAgain() async throws {
        try await Self.with { cluster, hub in
            try await hub.report(0)
            let event = try Sample.report(id: "lost", employer: 1)
            let answer = try await HeldLane.with(in: hub) { _ in
                async let answer = hub.publish(event, as: .unit("jm-office"))
                try await HeldLane.waiters(1, in: hub)
                try await cluster.stop(mode: "immediate")
                return try await answer
            }
            Self.expectUnknown(answer)
            try await cluster.start()
            let again = try await Self.patiently { try await hub.publish(event, as: .unit("jm-office")) }
            #expect(again.status == 201 && again.json["duplicate"] == false, "\(again.text)")
            let third = try await hub.publish(event, as: .unit("jm-office"))
            #expect(third.status == 200 && third.json["position"] == again.json["position"])
            try await StoredFacts(hub: hub).expectWhole()
        }
    }

    /// The connection was lost behind the commit: the server waits for a
    /// standby that does not exist, and is then told to end the session.
    @Test func whatWasStoredIsAnsweredWhenSentAgain() async throws {
        try await Self.with { _, hub in
            let duty = try await hub.report(0).duty(of: "hrss")
            _ = try await hub.token(.officer("hrss-01"))
            let event = try Sample.report(id: "kept", employer: 1)
            let answer = try await Self.losingTheAnswer(to: "admit", in: hub) {
                try await hub.publish(event, as: .unit("jm-office"))
            }
            Self.expectUnknown(answer)
            let stored = try await hub.number("SELECT max(position) FROM hub.event")
            let again = try await Self.patiently { try await hub.publish(event, as: .unit("jm-office")) }
            #expect(again.status == 200 && again.json["duplicate"] == true, "\(again.text)")
            #expect(again.json["position"]?.stringValue == String(stored))

            let sign = { @Sendable in try await hub.post("/v1/duties/\(duty)/sign", [:], as: .officer("hrss-01")) }
            let signature = try await Self.losingTheAnswer(to: "change_duties", in: hub, sign)
            Self.expectUnknown(signature)
            let signed = try await Self.patiently(sign)
            #expect(signed.status == 200 && signed.json["version"] == 2, "\(signed.text)")
            #expect(signed.json["history"]?.arrayValue?.count == 1)
            try await StoredFacts(hub: hub).expectWhole()
        }
    }

    // MARK: -

    private static func expectUnknown(_ answer: TestAnswer) {
        #expect(answer.status == 503 && answer.code == "outcome-unknown", "\(answer.text)")
        #expect(answer.header("retry-after") != nil)
    }

    /// Sends until the answer is not to be had by sending again.
    private static func patiently(_ request: () async throws -> TestAnswer) async throws -> TestAnswer {
        let deadline = ContinuousClock.now + soon
        while true {
            let answer = try await request()
            if answer.status < 500 || ContinuousClock.now > deadline { return answer }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    /// Sends a request whose statement commits, and ends the session before
    /// the answer is on its way.
    private static func losingTheAnswer(
        to statement: String, in hub: TestHub, _ request: @escaping @Sendable () async throws -> TestAnswer
    ) async throws -> TestAnswer {
        try await set("ALTER SYSTEM SET synchronous_standby_names = 'nobody'", in: hub)
        async let answer = request()
        let waiting = """
            SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND query ILIKE '%hub.\(statement)%'
            """
        try await eventually("the statement is committed") { try await !hub.numbers(waiting).isEmpty }
        _ = try await hub.number("SELECT pg_terminate_backend(pid)::integer FROM (\(waiting)) AS w")
        let result = try await answer
        try await set("ALTER SYSTEM RESET synchronous_standby_names", in: hub)
        return result
    }

    private static func set(_ statement: String, in hub: TestHub) async throws {
        let session = try await PostgresScriptSession(
            configuration: hub.database.configuration, logger: TestDatabase.logger)
        _ = try await session.query(statement, name: "set")
        _ = try await session.query("SELECT pg_reload_conf()", name: "reload")
        await session.close()
    }
}
