import CloudEvents
import TestSupport
import Testing

/// Two hubs on one database, and workers who fight over one consumer.
struct ConsumerStressTests {
    private static let workers = 6
    private static let batches = 20
    private static let batch = 10

    @Test(arguments: ["none", "case"])
    func everyDeliveryIsDoneOnce(_ ordering: String) async throws {
        try await TestHub.with { hub in
            try await TestHub.with(database: hub.database, keyFile: hub.keyFile) { other in
                _ = try await hub.setConsumer(
                    "shared",
                    ["lease": "PT1S", "maxAttempts": 100, "maxInFlight": 40, "ordering": .string(ordering)])
                let workers = ConsumerWorkers(of: "shared", hubs: [hub, other], leaseSeconds: 1)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<Self.workers { group.addTask { try await workers.work(number) } }
                    for number in 0..<Self.batches { try await Self.publish(number, [hub, other][number % 2]) }
                    let expected = try await hub.numbers(
                        "SELECT position FROM hub.recipient WHERE unit = 'hrss' AND officer IS NULL")
                    #expect(expected.count >= Self.batches * Self.batch)
                    try await eventually("all is done", within: .seconds(40)) {
                        workers.settled.isSuperset(of: expected)
                    }
                    workers.stop()
                    try await group.waitForAll()
                    try await Self.expectWhole(workers, expected, hub)
                }
                if ordering == "case" { workers.expectOrder(try await Self.cases(hub)) }
            }
        }
    }

    /// Each batch concerns employers of earlier ones, so that cases grow.
    private static func publish(_ number: Int, _ hub: TestHub) async throws {
        let events = try (0..<batch).map { try Sample.report(id: "s-\(number)-\($0)", employer: $0) }
        let answer = try await hub.publish(batch: events, as: .unit("jm-office"))
        try #require(answer.json.list("results").count == batch, "\(answer.text)")
        try await Task.sleep(for: .milliseconds(100))
    }

    private static func expectWhole(_ workers: ConsumerWorkers, _ expected: [Int64], _ hub: TestHub) async throws {
        #expect(workers.unexpected == [])
        let done = workers.entries.filter { $0.result == "acked" }.map(\.delivery)
        #expect(done.sorted() == expected.sorted())
        workers.expectNoTwoHands()
        #expect(try await hub.number("SELECT count(*) FROM hub.lease") == 0)
        let last = try await hub.numbers("SELECT in_flight FROM hub.consumer_floor ORDER BY step DESC LIMIT 1")
        #expect(last == [0])
        let shown = try await hub.get("/v1/consumers/shared", as: .unit("hrss")).json
        #expect(shown["waiting"] == 0 && shown["inFlight"] == 0 && shown["dead"] == 0)
    }

    /// The cases of the bureau's deliveries.
    private static func cases(_ hub: TestHub) async throws -> [Int64: Int64] {
        let rows = """
            hub.recipient AS r JOIN hub.event AS e ON e.county = r.county AND e.position = r.event
            WHERE r.unit = 'hrss' AND r.officer IS NULL AND e.case_id IS NOT NULL ORDER BY r.position
            """
        let deliveries = try await hub.numbers("SELECT r.position FROM \(rows)")
        let cases = try await hub.numbers("SELECT e.case_id FROM \(rows)")
        #expect(Set(cases).count < deliveries.count / 5)
        return Dictionary(uniqueKeysWithValues: zip(deliveries, cases))
    }
}
