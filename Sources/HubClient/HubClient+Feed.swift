public import CloudEvents

/// One entry of the unit's log.
public struct HubFeedItem: Sendable, Hashable {
    /// The entry whole.
    public var json: JSONValue

    /// An entry that was read.
    public init(json: JSONValue) {
        self.json = json
    }

    /// `delivery`, `duty` or `reset`.
    public var kind: String { json["kind"]?.stringValue ?? "" }
    /// Its place in the log; reading on from here misses and repeats nothing.
    public var cursor: String { json["cursor"]?.stringValue ?? "0" }
    /// A delivery: the role the unit has.
    public var role: String? { json["role"]?.stringValue }
    /// A delivery: the duty that came with it.
    public var dutyID: String? { json["dutyId"]?.stringValue }
    /// A delivery: the event, envelope and open data.
    public var event: JSONValue? { json["event"] }
    /// A change: `{id, unit, version, from, to, command, at}`.
    public var duty: JSONValue? { json["duty"] }
}

/// Where reading a log begins.
public enum HubFeedStart: Sendable, Hashable {
    /// At its beginning.
    case earliest
    /// At its end: only what comes.
    case latest
    /// After a cursor, the way to go on from where one was.
    case after(String)
    /// At what was recorded from an instant on.
    case at(Timestamp)

    var query: [(name: String, value: String?)] {
        switch self {
        case .earliest: []
        case .latest: [("start", "latest")]
        case .after(let cursor): [("after", cursor)]
        case .at(let instant): [("at", instant.rfc3339())]
        }
    }
}

/// A page of the unit's log, oldest first.
public struct HubFeedPage: Sendable {
    /// The page whole.
    public var json: JSONValue
    /// The entries.
    public var items: [HubFeedItem]
    /// The cursor to go on from, also when nothing came.
    public var next: String
}

extension HubClient {
    /// Reads a page of the unit's log, waiting for something to come.
    ///
    /// - Parameters:
    ///   - start: where to begin.
    ///   - types: only these event types (`duty` for changes of duties); all where empty.
    ///   - wait: how long the hub waits for a first entry, up to 60 s.
    public func feed(
        from start: HubFeedStart, limit: Int = 100, types: [String] = [], wait: Duration = .zero,
    ) async throws -> HubFeedPage {
        try await feed(from: start, limit: limit, types: types, wait: wait, retries: configuration.retries)
    }

    func feed(
        from start: HubFeedStart, limit: Int, types: [String], wait: Duration, retries: RetryPolicy,
    ) async throws -> HubFeedPage {
        var request = HubRequest("GET", "/v1/feed")
        request.query =
            start.query + [
                ("limit", String(limit)), ("types", types.isEmpty ? nil : types.joined(separator: ",")),
                ("wait", wait > .zero ? "PT\(wait.components.seconds)S" : nil),
            ]
        request.wait = wait
        let json = try await send(request, retries: retries).json()
        guard let next = json["next"]?.stringValue else {
            throw HubClientError(code: "bad-answer", status: 200, message: "the feed's answer has no next cursor")
        }
        return HubFeedPage(json: json, items: (json["items"]?.arrayValue ?? []).map(HubFeedItem.init), next: next)
    }

    /// The unit's log as it grows, by long poll: works through every proxy.
    ///
    /// A hub that restarts is waited for. Ends with an error only when the hub
    /// refuses (a revoked token) or stays away longer than
    /// ``HubClientConfiguration/feedRetries`` last; cancelling the task ends it too.
    public func poll(from start: HubFeedStart, types: [String] = []) -> HubPolledFeed {
        HubPolledFeed(client: self, start: start, types: types)
    }

    /// The unit's log as it grows, by server-sent events: an entry is in hand
    /// milliseconds after its commit.
    ///
    /// A stream that breaks is opened again where it stood, without loss, gap
    /// or repeat. Ends with an error as ``poll(from:types:)`` does.
    public func stream(from start: HubFeedStart, types: [String] = []) -> HubStreamedFeed {
        HubStreamedFeed(client: self, start: start, types: types)
    }
}
