import CloudEvents
import TestSupport
import Testing

@testable import HubClient

/// Leased consumers through the client, against a hub on a real socket.
struct HubConsumerTests {
    /// Runs a body as the labour bureau, which has so many deliveries.
    static func withReports(
        _ count: Int, _ body: @escaping @Sendable (TestHub, HubClient) async throws -> Void,
    ) async throws {
        try await TestHub.with { hub in
            try await report(Array(0..<count), to: hub)
            let configuration = HubClientConfiguration(
                url: "http://127.0.0.1:\(hub.port)", token: try await hub.token(.unit("hrss")))
            try await HubClient.withClient(configuration) { try await body(hub, $0) }
        }
    }

    /// Publishes reports of different employers, which the labour bureau handles.
    static func report(_ numbers: [Int], to hub: TestHub) async throws {
        for number in numbers {
            let answer = try await hub.publish(
                try Sample.report(id: "r-\(number)", employer: number), as: .unit("jm-office"))
            try #require(answer.status == 201)
        }
    }

    @Test func aConsumerIsMadeShownChangedAndRemoved() async throws {
        try await Self.withReports(0) { _, client in
            var settings = HubConsumerSettings()
            settings.filter = "type LIKE 'labour.%'"
            settings.types = ["labour.child-labour.reported"]
            settings.start = .latest
            settings.lease = .seconds(90)
            settings.maxAttempts = 3
            settings.maxInFlight = 7
            settings.ordering = .byCase
            let made = try await client.setConsumer("intake", settings)
            settings.start = nil
            #expect(made.settings == settings && made.start == "latest" && !made.isPaused)
            settings.filter = nil
            let changed = try await client.setConsumer("intake", settings)
            #expect(changed.settings.filter == nil && changed.settings.maxAttempts == 3)
            settings.start = .earliest
            let moved = await #expect(throws: HubClientError.self) { try await client.setConsumer("intake", settings) }
            #expect(moved?.code == "start-is-fixed")
            #expect(try await client.consumers().items.map(\.name) == ["intake"])
            try await client.removeConsumer("intake")
            let gone = await #expect(throws: HubClientError.self) { try await client.consumer("intake") }
            #expect(gone?.code == "not-found")
        }
    }

    @Test func deliveriesAreFetchedAndSettled() async throws {
        try await Self.withReports(3) { _, client in
            try await client.setConsumer("intake")
            let deliveries = try await client.fetch("intake", limit: 3)
            #expect(deliveries.count == 3 && Set(deliveries.map(\.leaseID)).count == 3)
            #expect(deliveries.map { $0.event["id"] } == ["r-0", "r-1", "r-2"])
            #expect(
                deliveries.allSatisfy {
                    $0.attempt == 1 && $0.role == "handling" && $0.dutyID != nil && $0.leaseUntil != nil
                })
            let leases = deliveries.map(\.lease)
            #expect(try await client.extend([leases[0]], of: "intake").map(\.result) == [.extended])
            #expect(
                try await client.acknowledge([leases[0], leases[1]], of: "intake").map(\.result)
                    == [.acknowledged, .acknowledged])
            #expect(try await client.acknowledge([leases[0]], of: "intake").map(\.result) == [.alreadyAcknowledged])
            let never = HubLease(deliveryID: "999999999", leaseID: leases[2].leaseID)
            let back = try await client.giveBack([leases[2], never], to: "intake", delay: .seconds(3600))
            #expect(back.map(\.result) == [.givenBack, .unknown] && back.map(\.deliveryID).last == "999999999")
            #expect(try await client.acknowledge([leases[2]], of: "intake").map(\.result) == [.stale])
            #expect(try await client.fetch("intake").isEmpty)
            let shown = try await client.consumer("intake")
            #expect(shown.waiting == 1 && shown.inFlight == 0 && shown.dead == 0)
        }
    }

    @Test func whatWasGivenUpIsShownAndHandedOutAgain() async throws {
        try await Self.withReports(1) { _, client in
            var settings = HubConsumerSettings()
            settings.maxAttempts = 1
            try await client.setConsumer("intake", settings)
            let delivery = try #require(try await client.fetch("intake").first)
            try await client.giveBack([delivery.lease], to: "intake", reason: "档案系统维护中")
            let dead = try await client.deadDeliveries(of: "intake").items
            #expect(dead.map(\.deliveryID) == [delivery.deliveryID] && dead.first?.reason == "档案系统维护中")
            #expect(dead.first?.event["id"] == "r-0" && dead.first?.attempt == 1)
            #expect(try await client.redrive("intake", deliveries: ["999999999"]) == 0)
            #expect(try await client.redrive("intake") == 1)
            #expect(try await client.fetch("intake").map(\.attempt) == [1])
        }
    }

    @Test func aPausedConsumerRefusesUntilItIsResumed() async throws {
        try await Self.withReports(1) { _, client in
            try await client.setConsumer("intake")
            #expect(try await client.pauseConsumer("intake").isPaused)
            let refusal = await #expect(throws: HubClientError.self) { try await client.fetch("intake") }
            #expect(refusal?.code == "paused" && refusal?.isTransient == false)
            #expect(try await client.resumeConsumer("intake").isPaused == false)
            #expect(try await client.fetch("intake").count == 1)
        }
    }

    @Test func aFetchWaitsForWhatComes() async throws {
        try await Self.withReports(0) { hub, client in
            try await client.setConsumer("intake")
            async let waiting = client.fetch("intake", wait: .seconds(30))
            try await Self.report([1], to: hub)
            #expect(try await waiting.count == 1)
        }
    }

    @Test(
        arguments: [
            (.seconds(30), "PT30S"), (.milliseconds(1), "PT1S"), (.milliseconds(2500), "PT3S"), (.zero, "PT0S"),
            (.seconds(-5), "PT0S"),
        ] as [(Duration, String)])
    func durationsAreToldInWholeSeconds(duration: Duration, text: String) {
        #expect(HubDuration.text(duration) == text)
    }

    @Test(
        arguments: [
            ("PT30S", .seconds(30)), ("PT1M30S", .seconds(90)), ("PT12H", .seconds(43_200)), ("PT", nil), ("30", nil),
            ("PT3", nil), ("P1D", nil), ("PTS", nil),
        ] as [(String, Duration?)])
    func durationsAreRead(text: String, duration: Duration?) {
        #expect(HubDuration.duration(text) == duration)
    }
}
