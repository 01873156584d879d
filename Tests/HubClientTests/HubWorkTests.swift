import CloudEvents
import Synchronization
import TestSupport
import Testing

@testable import HubClient

/// Workers that share a consumer.
struct HubWorkTests {
    /// What a worker has been handed, in order, as `event id/attempt`.
    private final class Seen: Sendable {
        private let held = Mutex<[String]>([])

        var all: [String] { held.withLock { $0 } }

        func add(_ delivery: HubDelivery) {
            held.withLock { $0.append("\(delivery.event["id"]?.stringValue ?? "")/\(delivery.attempt)") }
        }
    }

    private struct Unfit: Error {}

    private static let name = "intake"

    /// Works until something is true, then cancels.
    ///
    /// - Returns: what the work of one of the workers ended with.
    private static func work(
        _ client: HubClient, policy: HubWorkPolicy = HubWorkPolicy(), workers: Int = 1, until what: String,
        _ isTrue: @escaping @Sendable () async throws -> Bool,
        _ handle: @escaping @Sendable (HubDelivery) async throws -> Void,
    ) async throws -> (any Error)? {
        try await withThrowingTaskGroup(of: (any Error)?.self) { group in
            for _ in 0..<workers {
                group.addTask {
                    do {
                        try await client.work(on: name, policy: policy, handle)
                        return nil
                    } catch {
                        return error
                    }
                }
            }
            defer { group.cancelAll() }
            try await eventually(what, isTrue)
            group.cancelAll()
            return try await group.next() ?? nil
        }
    }

    /// While one worker is busy, another takes the rest and what comes.
    @Test func eachDeliveryIsWorkedOnOnceAndAcknowledged() async throws {
        try await HubConsumerTests.withReports(5) { hub, client in
            try await client.setConsumer(Self.name)
            let seen = Seen()
            let ended = try await Self.work(client, workers: 2, until: "all of it is done") {
                let shown = try await client.consumer(Self.name)
                return seen.all.count == 8 && shown.waiting == 0 && shown.inFlight == 0
            } _: { delivery in
                seen.add(delivery)
                guard delivery.event["id"] == "r-0" else { return }
                try await HubConsumerTests.report([10, 11, 12], to: hub)
                try await eventually("the other has done the rest") { seen.all.count == 8 }
            }
            #expect(ended is CancellationError)
            #expect(Set(seen.all).count == 8 && seen.all.allSatisfy { $0.hasSuffix("/1") })
            #expect(try await client.consumer(Self.name).dead == 0)
        }
    }

    @Test func whatFailsComesAgainUntilItIsGivenUp() async throws {
        try await HubConsumerTests.withReports(2) { _, client in
            var settings = HubConsumerSettings()
            settings.maxAttempts = 3
            try await client.setConsumer(Self.name, settings)
            var policy = HubWorkPolicy()
            policy.firstDelay = .zero
            let seen = Seen()
            _ = try await Self.work(client, policy: policy, until: "one is given up, the other done") {
                let shown = try await client.consumer(Self.name)
                return shown.dead == 1 && shown.waiting == 0 && shown.inFlight == 0
            } _: { delivery in
                seen.add(delivery)
                if delivery.event["id"] == "r-0" { throw Unfit() }
            }
            #expect(seen.all.sorted() == ["r-0/1", "r-0/2", "r-0/3", "r-1/1"])
            let dead = try await client.deadDeliveries(of: Self.name).items
            #expect(dead.map(\.reason) == ["Unfit()"])
        }
    }

    /// Also what waits behind it, taken with the same fetch.
    @Test func whatTakesLongerThanALeaseIsHeld() async throws {
        try await HubConsumerTests.withReports(2) { _, client in
            var settings = HubConsumerSettings()
            settings.lease = .seconds(2)
            try await client.setConsumer(Self.name, settings)
            var policy = HubWorkPolicy()
            policy.limit = 2
            let seen = Seen()
            _ = try await Self.work(client, policy: policy, until: "both are done") {
                let shown = try await client.consumer(Self.name)
                return seen.all.count == 2 && shown.inFlight == 0
            } _: { delivery in
                seen.add(delivery)
                guard delivery.event["id"] == "r-0" else { return }
                let others = try await client.fetch(Self.name, wait: .seconds(5))
                #expect(others.isEmpty)
            }
            #expect(seen.all == ["r-0/1", "r-1/1"])
        }
    }

    @Test func whatACancelledWorkerHoldsIsGivenBackAtOnce() async throws {
        try await HubConsumerTests.withReports(3) { _, client in
            try await client.setConsumer(Self.name)
            var policy = HubWorkPolicy()
            policy.limit = 3
            let seen = Seen()
            let ended = try await Self.work(client, policy: policy, until: "the second has begun") {
                seen.all.count == 2
            } _: { delivery in
                seen.add(delivery)
                if seen.all.count == 2 { try await Task.sleep(for: .seconds(60)) }
            }
            #expect(ended is CancellationError)
            let rest = try await client.fetch(Self.name)
            #expect(rest.map(\.attempt) == [2, 2])
        }
    }

    @Test func whatACancelledWorkerHasFinishedIsAcknowledged() async throws {
        try await HubConsumerTests.withReports(1) { _, client in
            try await client.setConsumer(Self.name)
            let seen = Seen()
            _ = try await Self.work(client, until: "it has begun") {
                !seen.all.isEmpty
            } _: { delivery in
                seen.add(delivery)
                // Finishes in spite of it.
                try? await Task.sleep(for: .seconds(60))
            }
            let shown = try await client.consumer(Self.name)
            #expect(shown.waiting == 0 && shown.inFlight == 0)
        }
    }

    @Test func aPausedConsumerIsWaitedFor() async throws {
        try await HubConsumerTests.withReports(1) { _, client in
            try await client.setConsumer(Self.name)
            try await client.pauseConsumer(Self.name)
            let seen = Seen()
            let resumed = Mutex(false)
            _ = try await Self.work(client, until: "it was resumed and worked on") {
                let isFirst = resumed.withLock { resumed in
                    defer { resumed = true }
                    return !resumed
                }
                if isFirst { try await client.resumeConsumer(Self.name) }
                return !seen.all.isEmpty
            } _: {
                seen.add($0)
            }
            #expect(seen.all == ["r-0/1"])
        }
    }

    @Test func aRefusalEndsIt() async throws {
        try await HubConsumerTests.withReports(0) { _, client in
            let error = await #expect(throws: HubClientError.self) { try await client.work(on: "none") { _ in } }
            #expect(error?.code == "not-found")
        }
    }

    @Test func delaysDoubleUpToTheLongest() {
        let policy = HubWorkPolicy()
        let delays = [0, 1, 2, 3, 9, 100].map { policy.delay(afterAttempt: $0, jitter: 1) }
        #expect(delays == [1, 1, 2, 4, 256, 300].map { .seconds($0) })
        #expect(policy.delay(afterAttempt: 3, jitter: 0) == .seconds(2))
    }

    @Test func aReasonIsOneThatTheHubTakes() {
        struct Long: Error, CustomStringConvertible {
            let description = "\u{0}" + String(repeating: "长", count: 600)
        }
        #expect(HubWorker.reason(Long()) == String(repeating: "长", count: 500))
    }
}
