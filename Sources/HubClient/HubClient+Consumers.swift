import CloudEvents

/// Leased consumers: several workers share what the unit receives.
///
/// A delivery is handed to one worker for the length of a lease, and again to
/// another unless it is acknowledged: **at least once**, so a worker recognises
/// what it has done, by the event's source and id. An expired lease still counts
/// as long as no other worker holds a newer one. What was handed out as often
/// as the consumer allows is given up and kept, to be looked at and redriven.
///
/// All of it takes the scope `receive`. Every call throws ``HubClientError``:
/// `not-found` for a consumer that the unit does not have, `invalid` with every
/// fault of what was asked.
extension HubClient {
    // MARK: - Setting up

    /// Makes a consumer, or changes the one of that name.
    ///
    /// Another filter applies to what was not handed out yet. All settings are
    /// set, to their defaults too: begin with ``HubConsumer/settings`` to change
    /// one of them.
    ///
    /// - Parameter name: 1 to 63 of a–z, 0–9 and hyphens, no hyphen first.
    /// - Throws: ``HubClientError`` `start-is-fixed` for another start than it has.
    @discardableResult
    public func setConsumer(
        _ name: String, _ settings: HubConsumerSettings = HubConsumerSettings(),
    ) async throws -> HubConsumer {
        let request = HubRequest("PUT", "/v1/consumers/\(Self.segment(name))", json: settings.json)
        return HubConsumer(json: try await send(request).json())
    }

    /// The unit's consumers by their names; all of them on one page.
    public func consumers() async throws -> HubPage<HubConsumer> {
        HubPage(json: try await send(HubRequest("GET", "/v1/consumers")).json(), item: HubConsumer.init)
    }

    /// A consumer and how far it is.
    public func consumer(_ name: String) async throws -> HubConsumer {
        try await consumer(name, retries: configuration.retries)
    }

    func consumer(_ name: String, retries: RetryPolicy) async throws -> HubConsumer {
        let request = HubRequest("GET", "/v1/consumers/\(Self.segment(name))")
        return HubConsumer(json: try await send(request, retries: retries).json())
    }

    /// Removes a consumer with its leases and what it gave up; the log stays.
    ///
    /// - Throws: ``HubClientError`` `not-found`, also where it was removed and
    ///   the answer lost.
    public func removeConsumer(_ name: String) async throws {
        _ = try await send(HubRequest("DELETE", "/v1/consumers/\(Self.segment(name))"))
    }

    /// Pauses a consumer: fetching is refused with 409 `paused`, what is in
    /// workers' hands may be acknowledged.
    @discardableResult
    public func pauseConsumer(_ name: String) async throws -> HubConsumer {
        HubConsumer(json: try await post("pause", to: name))
    }

    /// Lets a paused consumer go on.
    @discardableResult
    public func resumeConsumer(_ name: String) async throws -> HubConsumer {
        HubConsumer(json: try await post("resume", to: name))
    }

    // MARK: - Working

    /// Takes deliveries into this worker's hands, waiting for a first one.
    ///
    /// A call whose answer is lost has taken deliveries all the same; they are
    /// handed out again when their leases run out.
    ///
    /// - Parameters:
    ///   - limit: at most so many, 1 to 500.
    ///   - wait: how long the hub waits for a first one, up to 60 s in whole seconds.
    /// - Throws: ``HubClientError`` `paused` while the consumer is.
    public func fetch(_ name: String, limit: Int = 50, wait: Duration = .zero) async throws -> [HubDelivery] {
        try await fetch(name, limit: limit, wait: wait, retries: configuration.retries)
    }

    func fetch(_ name: String, limit: Int, wait: Duration, retries: RetryPolicy) async throws -> [HubDelivery] {
        let body: JSONObject = ["limit": .integer(Int64(limit)), "wait": .string(HubDuration.text(wait))]
        let json = try await post("fetch", to: name, body, wait: wait, retries: retries)
        return try Self.list("deliveries", of: json).map(HubDelivery.init)
    }

    /// Says that deliveries are done. Repeating it is safe.
    ///
    /// - Parameter leases: up to 1,000, such as `deliveries.map(\.lease)`.
    /// - Returns: the result of each, in the order given.
    @discardableResult
    public func acknowledge(_ leases: [HubLease], of name: String) async throws -> [HubSettlement] {
        try await settle("ack", leases, of: name, retries: configuration.retries)
    }

    /// Gives deliveries back, to be handed out again, or given up where they
    /// were handed out as often as they may be.
    ///
    /// Repeated after a lost answer it answers `stale`.
    ///
    /// - Parameters:
    ///   - leases: up to 1,000.
    ///   - delay: how long to wait before, up to 7 days in whole seconds.
    ///   - reason: why, up to 500 characters; sealed, shown with what was given up.
    /// - Returns: the result of each, in the order given.
    @discardableResult
    public func giveBack(
        _ leases: [HubLease], to name: String, delay: Duration = .zero, reason: String? = nil,
    ) async throws -> [HubSettlement] {
        try await giveBack(leases, to: name, delay: delay, reason: reason, retries: configuration.retries)
    }

    func giveBack(
        _ leases: [HubLease], to name: String, delay: Duration, reason: String?, retries: RetryPolicy,
    ) async throws -> [HubSettlement] {
        var more: JSONObject = ["delay": .string(HubDuration.text(delay))]
        if let reason { more["reason"] = .string(reason) }
        return try await settle("nack", leases, of: name, more, retries: retries)
    }

    /// Holds deliveries for another whole lease from now on.
    ///
    /// - Parameter leases: up to 1,000.
    /// - Returns: the result of each, in the order given.
    @discardableResult
    public func extend(_ leases: [HubLease], of name: String) async throws -> [HubSettlement] {
        try await settle("extend", leases, of: name, retries: configuration.retries)
    }

    func settle(
        _ act: String, _ leases: [HubLease], of name: String, _ more: JSONObject = JSONObject(), retries: RetryPolicy,
    ) async throws -> [HubSettlement] {
        var body = more
        body["deliveries"] = .array(leases.map(\.json))
        return try Self.list("results", of: try await post(act, to: name, body, retries: retries))
            .map(HubSettlement.init)
    }

    // MARK: - What was given up

    /// Deliveries that were given up, oldest first.
    public func deadDeliveries(
        of name: String, limit: Int = 50, cursor: String? = nil,
    ) async throws -> HubPage<HubDeadDelivery> {
        var request = HubRequest("GET", "/v1/consumers/\(Self.segment(name))/dead")
        request.query = [("limit", String(limit)), ("cursor", cursor)]
        return HubPage(json: try await send(request).json(), item: HubDeadDelivery.init)
    }

    /// Hands out again what was given up, with all its attempts before it.
    ///
    /// What was given up may be a million: the hub hands it out in its order, as
    /// much as it does within some seconds, and is asked to go on until all is
    /// done. Called again after it was broken off, it does the rest.
    ///
    /// - Parameters:
    ///   - deliveries: their ids; everything that was given up where nil.
    ///   - progress: told how many it was so far, each time the hub is asked to go on.
    /// - Returns: how many they are.
    @discardableResult
    public func redrive(
        _ name: String, deliveries: [String]? = nil, progress: (Int) -> Void = { _ in },
    ) async throws -> Int {
        var body = JSONObject()
        if let deliveries { body["deliveries"] = .array(deliveries.map { .string($0) }) }
        var count = 0
        while true {
            let answer = try await post("redrive", to: name, body)
            count += Int(answer["redriven"]?.integerValue ?? 0)
            guard let next = answer["next"]?.stringValue else { return count }
            progress(count)
            body["after"] = .string(next)
        }
    }

    // MARK: - Requests

    private func post(
        _ act: String, to name: String, _ body: JSONObject = JSONObject(), wait: Duration = .zero,
        retries: RetryPolicy? = nil,
    ) async throws -> JSONValue {
        var request = HubRequest("POST", "/v1/consumers/\(Self.segment(name))/\(act)", json: .object(body))
        request.wait = wait
        return try await send(request, retries: retries ?? configuration.retries).json()
    }

    private static func list(_ name: String, of json: JSONValue) throws -> [JSONValue] {
        guard let list = json[name]?.arrayValue else {
            throw HubClientError(code: "bad-answer", status: 200, message: "the answer has no \(name)")
        }
        return list
    }
}
