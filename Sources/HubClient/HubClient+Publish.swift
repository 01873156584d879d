public import CloudEvents

/// What became of one event of a batch.
public enum HubBatchResult: Sendable, Hashable {
    /// Stored now or before.
    case stored(HubReceipt)
    /// Refused; sending the same again is refused again.
    case refused(HubProblem)
}

/// What the hub answers to a batch.
public struct HubBatchAnswer: Sendable, Hashable {
    /// The answer whole.
    public var json: JSONValue
    /// The result of each event, in the order sent.
    public var results: [HubBatchResult]

    /// An answer that was read.
    public init(json: JSONValue) {
        self.json = json
        results = (json["results"]?.arrayValue ?? []).map { result in
            if let receipt = result["receipt"] { return .stored(HubReceipt(json: receipt)) }
            return .refused(HubProblem(json: result["problem"] ?? .null))
        }
    }
}

extension HubClient {
    /// Publishes one event and returns after it is stored.
    ///
    /// The same event again gives the first receipt again, so that a caller who
    /// is in doubt simply repeats.
    ///
    /// - Parameter lenient: whether unknown fields are dropped and named in the
    ///   warnings instead of refused.
    public func publish(_ event: CloudEvent, lenient: Bool = false) async throws -> HubReceipt {
        let (headers, body) = HTTPBinding.encodeStructured(event)
        return try await publish(structured: body, headers: headers, lenient: lenient)
    }

    /// Publishes one event given as the bytes of its structured form, which the
    /// hub reads and judges as they are.
    public func publish(structured body: [UInt8], lenient: Bool = false) async throws -> HubReceipt {
        try await publish(
            structured: body, headers: [("content-type", "application/cloudevents+json")], lenient: lenient)
    }

    private func publish(
        structured body: [UInt8], headers: [(name: String, value: String)], lenient: Bool,
    ) async throws -> HubReceipt {
        var request = HubRequest("POST", "/v1/events")
        request.headers = headers + Self.preference(lenient)
        request.body = body
        return HubReceipt(json: try await send(request).json())
    }

    /// Publishes up to 1,000 events. A refused one never fails its neighbours.
    public func publish(batch events: [CloudEvent], lenient: Bool = false) async throws -> HubBatchAnswer {
        let (headers, body) = HTTPBinding.encodeBatch(events)
        return try await publish(batch: body, headers: headers, lenient: lenient)
    }

    /// Publishes a batch given as the bytes of its JSON array.
    public func publish(batch body: [UInt8], lenient: Bool = false) async throws -> HubBatchAnswer {
        try await publish(
            batch: body, headers: [("content-type", "application/cloudevents-batch+json")], lenient: lenient)
    }

    private func publish(
        batch body: [UInt8], headers: [(name: String, value: String)], lenient: Bool,
    ) async throws -> HubBatchAnswer {
        var request = HubRequest("POST", "/v1/events")
        request.headers = headers + Self.preference(lenient)
        request.body = body
        return HubBatchAnswer(json: try await send(request).json())
    }

    /// What publishing an event would answer; stores nothing.
    ///
    /// - Parameter instant: asks with the policy of that time; now where nil.
    /// - Returns: the receipt there would be, with `wouldBe` and `explanation`.
    public func dryRun(structured body: [UInt8], at instant: Timestamp? = nil) async throws -> HubReceipt {
        var request = HubRequest("POST", "/v1/events/dry-run")
        request.headers = [("content-type", "application/cloudevents+json")]
        request.query = [("at", instant?.rfc3339())]
        request.body = body
        return HubReceipt(json: try await send(request).json())
    }

    private static func preference(_ lenient: Bool) -> [(name: String, value: String)] {
        lenient ? [("prefer", "handling=lenient")] : []
    }

    // MARK: - Looking back

    /// An event this token may see: `{position, recordedAt, status, role, event}`.
    public func event(_ position: String) async throws -> JSONValue {
        try await send(HubRequest("GET", "/v1/events/\(Self.segment(position))")).json()
    }

    /// The published event with a source and an id; nil when the hub has none.
    public func event(source: String, id: String) async throws -> JSONValue? {
        var request = HubRequest("GET", "/v1/events")
        request.query = [("source", source), ("id", id)]
        return try await send(request).json()["items"]?.arrayValue?.first
    }

    /// What the hub has of this unit's events, newest first.
    public func publishedEvents(
        from: Timestamp? = nil, to: Timestamp? = nil, limit: Int = 50, cursor: String? = nil,
    ) async throws -> HubPage<JSONValue> {
        var request = HubRequest("GET", "/v1/events")
        request.query = [
            ("publisher", "me"), ("recordedFrom", from?.rfc3339()), ("recordedTo", to?.rfc3339()),
            ("limit", String(limit)), ("cursor", cursor),
        ]
        return HubPage(json: try await send(request).json()) { $0 }
    }

    /// Who has signed and settled an event of this unit, and by when.
    public func duties(ofEvent position: String) async throws -> [JSONValue] {
        try await send(HubRequest("GET", "/v1/events/\(Self.segment(position))/duties")).json()["items"]?
            .arrayValue ?? []
    }

    /// Why each unit received an event: the rules, matched and not.
    public func explanation(ofEvent position: String) async throws -> JSONValue {
        try await send(HubRequest("GET", "/v1/events/\(Self.segment(position))/explanation")).json()
    }
}
