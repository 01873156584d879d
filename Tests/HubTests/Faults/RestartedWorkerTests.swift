import CloudEvents
import HubClient
import Synchronization
import TestSupport
import Testing

/// Workers of a consumer while the hub stops and starts.
struct RestartedWorkerTests {
    private final class Seen: Sendable {
        private let held = Mutex<Set<String>>([])

        var all: Set<String> { held.withLock { $0 } }

        func add(_ delivery: HubDelivery) { _ = held.withLock { $0.insert(delivery.event["id"]?.stringValue ?? "") } }
    }

    /// Asked to stop while it waits, killed while a worker has something in hand.
    @Test func aWorkerGoesOnWhenTheHubIsBack() async throws {
        try await HubProcess.with { process, hub in
            let configuration = HubClientConfiguration(
                url: "http://127.0.0.1:\(process.port)", token: try await hub.token(.unit("hrss")))
            try await HubClient.withClient(configuration) { client in
                try await client.setConsumer("intake")
                let seen = Seen()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        try await client.work(on: "intake") { delivery in
                            seen.add(delivery)
                            guard delivery.event["id"]?.stringValue == "w-1" else { return }
                            // Done while the hub is away.
                            await process.kill()
                            try await process.start()
                        }
                    }
                    await process.terminate()
                    _ = await process.end()
                    try await process.start()
                    for number in 1...3 {
                        if number == 2 { try await eventually("the first is done") { seen.all.contains("w-1") } }
                        try await eventually("\(number) is stored") {
                            let answer = try? await hub.publish(
                                try Sample.report(id: "w-\(number)", employer: number), as: .unit("jm-office"))
                            return answer.map { $0.status < 300 } ?? false
                        }
                    }
                    try await eventually("all of it is done") {
                        guard let shown = try? await client.consumer("intake") else { return false }
                        return seen.all.count == 3 && shown.inFlight == 0 && shown.waiting == 0
                    }
                    group.cancelAll()
                    await #expect(throws: CancellationError.self) { try await group.next() }
                }
            }
        }
    }
}
