public import CloudEvents

/// How the workers of a consumer want to be served.
public struct HubConsumerSettings: Sendable, Hashable {
    /// What is handed out in order.
    public enum Ordering: String, Sendable, Hashable, CaseIterable {
        /// Nothing; the fastest.
        case none
        /// The deliveries of one case, one at a time; cases side by side.
        case byCase = "case"
    }

    /// A CESQL expression over the event as the unit receives it; nil lets
    /// everything pass. An event on which it errs does not match and is counted.
    public var filter: String?
    /// Only these event types; all where empty.
    public var types: [String] = []
    /// Where a new consumer begins; the beginning of the log where nil. One that
    /// is there keeps its own, and refuses another.
    public var start: HubFeedStart?
    /// How long a delivery stays in a worker's hands, 1 s to 12 h in whole
    /// seconds. 30 s unless set.
    public var lease: Duration = .seconds(30)
    /// How often a delivery is handed out before it is given up, 1 to 100.
    /// 10 unless set.
    public var maxAttempts = 10
    /// How many deliveries may be in workers' hands at once, 1 to 10,000.
    /// 1,000 unless set.
    public var maxInFlight = 1000
    /// What is handed out in order; nothing unless set.
    public var ordering = Ordering.none

    /// The settings with the stated defaults.
    public init() {}

    var json: JSONValue {
        var object: JSONObject = [
            "filter": filter.map { .string($0) } ?? .null,
            "types": .array(types.map { .string($0) }),
            "lease": .string(HubDuration.text(lease)),
            "maxAttempts": .integer(Int64(maxAttempts)),
            "maxInFlight": .integer(Int64(maxInFlight)),
            "ordering": .string(ordering.rawValue),
        ]
        switch start {
        case nil: break
        case .earliest: object["start"] = "earliest"
        case .latest: object["start"] = "latest"
        case .after(let cursor): object["start"] = ["after": .string(cursor)]
        case .at(let instant): object["start"] = ["at": .string(instant.rfc3339())]
        }
        return .object(object)
    }
}

/// A consumer of the unit: a named place in its log that several workers share.
public struct HubConsumer: Sendable, Hashable {
    /// The consumer whole, with members this client does not know.
    public var json: JSONValue

    /// A consumer that was read.
    public init(json: JSONValue) {
        self.json = json
    }

    /// Its name within the unit.
    public var name: String { json["name"]?.stringValue ?? "" }
    /// Where it began: `earliest`, `latest`, `{after}` or `{at}`.
    public var start: JSONValue { json["start"] ?? .null }
    /// How long a delivery stays in a worker's hands.
    public var lease: Duration { settings.lease }
    /// Whether fetching from it is refused for the time being.
    public var isPaused: Bool { json["paused"]?.boolValue ?? false }
    /// How many deliveries wait to be fetched, counted up to some 100,000. Those
    /// that nobody has looked at count whether or not the filter will let them
    /// pass.
    public var waiting: Int { number("waiting") }
    /// How many are in workers' hands.
    public var inFlight: Int { number("inFlight") }
    /// How many were given up.
    public var dead: Int { number("dead") }
    /// On how many events its filter erred so far.
    public var filterErrors: Int { number("filterErrors") }

    /// What it was set to, to be changed and set again; without its start.
    public var settings: HubConsumerSettings {
        var settings = HubConsumerSettings()
        settings.filter = json["filter"]?.stringValue
        settings.types = (json["types"]?.arrayValue ?? []).compactMap(\.stringValue)
        if let lease = json["lease"]?.stringValue.flatMap(HubDuration.duration) { settings.lease = lease }
        if let attempts = json["maxAttempts"]?.integerValue { settings.maxAttempts = Int(attempts) }
        if let flight = json["maxInFlight"]?.integerValue { settings.maxInFlight = Int(flight) }
        if let ordering = json["ordering"]?.stringValue.flatMap(HubConsumerSettings.Ordering.init) {
            settings.ordering = ordering
        }
        return settings
    }

    private func number(_ name: String) -> Int { Int(json[name]?.integerValue ?? 0) }
}
