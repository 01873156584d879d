/// How a worker works through a consumer's deliveries.
public struct HubWorkPolicy: Sendable, Hashable {
    /// How many deliveries are taken at once, 1 to 500; they are worked through
    /// one after another. 1 unless set: others keep the hub busy less, and keep
    /// from other workers what waits in this one's hands.
    public var limit = 1
    /// How long one fetch waits for something to come, 1 s to 60 s. 30 s unless set.
    public var wait: Duration = .seconds(30)
    /// After how long a delivery comes again that failed for the first time,
    /// doubled each further time. 1 s unless set.
    public var firstDelay: Duration = .seconds(1)
    /// The longest such delay, up to 7 days. 5 min unless set.
    public var longestDelay: Duration = .seconds(300)

    /// The policy with the stated defaults.
    public init() {}

    /// After how long a delivery comes again.
    ///
    /// - Parameters:
    ///   - attempt: how often it was handed out so far, from 1.
    ///   - jitter: 0 to 1, chosen by the caller; spreads what failed together.
    func delay(afterAttempt attempt: Int, jitter: Double) -> Duration {
        let doubled = firstDelay * (1 << min(max(attempt - 1, 0), 16))
        return min(doubled, longestDelay) * (0.5 + 0.5 * min(max(jitter, 0), 1))
    }
}

extension HubClient {
    /// Works through a consumer's deliveries as they come, until the task is
    /// cancelled.
    ///
    /// Each delivery is handed to the closure and **acknowledged when it
    /// returns**. When it throws, the delivery is given back with a delay that
    /// grows with its attempts and, as the reason, the error's description,
    /// which the hub seals; after the consumer's last attempt it is given up.
    /// A lease is extended as long as the closure runs, from half its length on,
    /// until the task is cancelled.
    ///
    /// **At least once**: a delivery comes again when this program ends before
    /// the acknowledgement is stored, or when the hub cannot be reached for
    /// longer than the lease lasts. The closure is not interrupted then, so it
    /// recognises what was done before, by the event's source and id.
    ///
    /// A hub that restarts is waited for as ``HubClientConfiguration/feedRetries``
    /// says, a paused consumer until it is resumed. Several workers, in one
    /// program or in many, call this with the same name.
    ///
    /// ```swift
    /// try await hub.setConsumer("intake")
    /// try await hub.work(on: "intake") { delivery in
    ///     try await archive.store(delivery.event)
    /// }
    /// ```
    ///
    /// - Parameters:
    ///   - name: a consumer that was set up before.
    ///   - policy: how many at a time, and how patiently.
    ///   - handle: does the work of one delivery.
    /// - Throws: `CancellationError` once the task is cancelled: what the closure
    ///   has finished is acknowledged and what it has not is given back first.
    ///   ``HubClientError`` when the hub refuses (a revoked token, a consumer
    ///   that was removed) or stays away for too long.
    public func work(
        on name: String, policy: HubWorkPolicy = HubWorkPolicy(), _ handle: (HubDelivery) async throws -> Void,
    ) async throws {
        var worker = HubWorker(client: self, name: name, policy: policy)
        while true {
            try Task.checkCancellation()
            let deliveries = try await worker.fetch()
            if !deliveries.isEmpty { try await worker.carryOut(deliveries, handle) }
        }
    }
}
