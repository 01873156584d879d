import Synchronization

/// Works through deliveries for ``HubClient/work(on:policy:_:)``.
struct HubWorker {
    let client: HubClient
    let name: String
    let policy: HubWorkPolicy
    /// How long the consumer's leases last, and when that was asked.
    private var lease: (length: Duration, asked: ContinuousClock.Instant)?

    init(client: HubClient, name: String, policy: HubWorkPolicy) {
        self.client = client
        self.name = name
        self.policy = policy
    }

    /// The leases' length may be changed while workers work.
    private static let leaseIsAskedEvery = Duration.seconds(60)
    /// Before a consumer is asked again that is paused.
    private static let pauseWhilePaused = Duration.seconds(2)
    /// Before a hub is asked again that answered early, as one does that stops.
    private static let pauseAfterAnEarlyAnswer = Duration.milliseconds(200)
    /// How long the last words of a cancelled worker may take.
    private static let parting = Duration.seconds(5)
    /// The characters of a reason that the hub takes.
    private static let reasonLimit = 500

    private var retries: RetryPolicy { client.configuration.feedRetries }

    // MARK: - Fetching

    /// The next deliveries; none where none came within a long poll.
    mutating func fetch() async throws -> [HubDelivery] {
        let began = ContinuousClock.now
        if lease.map({ $0.asked.duration(to: began) > Self.leaseIsAskedEvery }) ?? true {
            lease = (try await client.consumer(name, retries: retries).lease, began)
        }
        let wait = max(policy.wait, .seconds(1))
        do {
            let asked = ContinuousClock.now
            let deliveries = try await client.fetch(name, limit: policy.limit, wait: wait, retries: retries)
            if deliveries.isEmpty, asked.duration(to: .now) < wait / 2 {
                try await Task.sleep(for: Self.pauseAfterAnEarlyAnswer)
            }
            return deliveries
        } catch let error as HubClientError where error.code == "paused" {
            try await Task.sleep(for: Self.pauseWhilePaused)
            return []
        }
    }

    // MARK: - Carrying out

    /// Hands deliveries to the closure, one after another, and holds those that
    /// are not done; however it ends, none of them is left in this worker's
    /// hands.
    func carryOut(_ deliveries: [HubDelivery], _ handle: (HubDelivery) async throws -> Void) async throws {
        let hand = Hand(deliveries.map(\.lease))
        let half = (lease?.length ?? HubConsumerSettings().lease) / 2
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await hold(hand, every: half) }
                defer { group.cancelAll() }
                // What another worker holds by now is not begun here.
                for delivery in deliveries where hand.holds(delivery.lease) {
                    try Task.checkCancellation()
                    try await carryOut(delivery, of: hand, handle)
                }
            }
        } catch {
            let rest = hand.leases
            if !rest.isEmpty {
                await outlastingCancellation { [client, name] in
                    _ = try await client.giveBack(rest, to: name, delay: .zero, reason: nil, retries: .never)
                }
            }
            throw error
        }
    }

    private func carryOut(
        _ delivery: HubDelivery, of hand: Hand, _ handle: (HubDelivery) async throws -> Void,
    ) async throws {
        do {
            try await handle(delivery)
        } catch {
            // A worker that is stopped has not failed at it.
            try Task.checkCancellation()
            _ = try await client.giveBack(
                [delivery.lease], to: name,
                delay: policy.delay(afterAttempt: delivery.attempt, jitter: .random(in: 0...1)),
                reason: Self.reason(error), retries: retries)
            return hand.drop(delivery.deliveryID)
        }
        do {
            _ = try await client.settle("ack", [delivery.lease], of: name, retries: retries)
            hand.drop(delivery.deliveryID)
        } catch is CancellationError {
            hand.drop(delivery.deliveryID)
            await outlastingCancellation { [client, name] in
                _ = try await client.settle("ack", [delivery.lease], of: name, retries: .never)
            }
            throw CancellationError()
        }
    }

    /// Extends what is in the hand until it is cancelled. A refusal ends it: the
    /// worker meets the same one at its next word.
    private func hold(_ hand: Hand, every time: Duration) async throws {
        while true {
            try await Task.sleep(for: time)
            let held = hand.leases
            guard !held.isEmpty else { continue }
            let results = try await client.settle("extend", held, of: name, retries: retries)
            for result in results where result.result != .extended { hand.drop(result.deliveryID) }
        }
    }

    /// An error as the reason of giving back.
    static func reason(_ error: any Error) -> String {
        // No JSON of the hub holds U+0000.
        let scalars = "\(error)".unicodeScalars.filter { $0.value != 0 }.prefix(reasonLimit)
        return String(String.UnicodeScalarView(scalars))
    }

    /// Says the last words of a worker that is being cancelled, as far as the
    /// hub hears them; what it does not hear is handed out again later.
    ///
    /// In a task of its own, for a cancelled one sends no request; it is waited
    /// for and bounded, so that it never outlives the call.
    private func outlastingCancellation(_ body: @escaping @Sendable () async throws -> Void) async {
        _ = await Task { try await Bounded.run(within: Self.parting, body) }.result
    }
}

/// The deliveries of one fetch that are not settled yet.
private final class Hand: Sendable {
    private let held: Mutex<[HubLease]>

    init(_ leases: [HubLease]) {
        held = Mutex(leases)
    }

    var leases: [HubLease] { held.withLock { $0 } }

    func holds(_ lease: HubLease) -> Bool { held.withLock { $0.contains(lease) } }

    func drop(_ deliveryID: String) {
        held.withLock { held in held.removeAll { $0.deliveryID == deliveryID } }
    }
}
