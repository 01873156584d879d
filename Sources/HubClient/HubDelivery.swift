public import CloudEvents

/// What a worker names when it says something of a delivery that it holds.
public struct HubLease: Sendable, Hashable {
    /// The delivery.
    public var deliveryID: String
    /// The lease by which this worker holds it; each handing out has another.
    public var leaseID: String

    /// A lease by its two ids.
    public init(deliveryID: String, leaseID: String) {
        self.deliveryID = deliveryID
        self.leaseID = leaseID
    }

    var json: JSONValue { ["deliveryId": .string(deliveryID), "leaseId": .string(leaseID)] }
}

/// A delivery in a worker's hands.
public struct HubDelivery: Sendable, Hashable {
    /// The delivery whole, with members this client does not know.
    public var json: JSONValue

    /// A delivery that was read.
    public init(json: JSONValue) {
        self.json = json
    }

    /// Its place in the unit's log; the same each time it is handed out.
    public var deliveryID: String { json["deliveryId"]?.stringValue ?? "" }
    /// The lease by which it is held.
    public var leaseID: String { json["leaseId"]?.stringValue ?? "" }
    /// Both, as acknowledging and giving back take them.
    public var lease: HubLease { HubLease(deliveryID: deliveryID, leaseID: leaseID) }
    /// How often it was handed out so far, this time included.
    public var attempt: Int { Int(json["attempt"]?.integerValue ?? 1) }
    /// From this instant on, by the hub's clock, another worker may get it.
    public var leaseUntil: Timestamp? { json.instant("leaseUntil") }
    /// The role the unit has in the event.
    public var role: String { json["role"]?.stringValue ?? "" }
    /// The duty that came with it; nil for a unit that is merely informed.
    public var dutyID: String? { json["dutyId"]?.stringValue }
    /// The event, envelope and open data.
    public var event: JSONValue { json["event"] ?? .null }
}

/// A delivery that was handed out as often as it may be and never acknowledged.
public struct HubDeadDelivery: Sendable, Hashable {
    /// The delivery whole, with members this client does not know.
    public var json: JSONValue

    /// A delivery that was read.
    public init(json: JSONValue) {
        self.json = json
    }

    /// Its place in the unit's log.
    public var deliveryID: String { json["deliveryId"]?.stringValue ?? "" }
    /// How often it was handed out.
    public var attempt: Int { Int(json["attempt"]?.integerValue ?? 0) }
    /// What the last worker said that gave it back; nil where it said nothing
    /// or its lease ran out.
    public var reason: String? { json["reason"]?.stringValue }
    /// The role the unit has in the event.
    public var role: String { json["role"]?.stringValue ?? "" }
    /// The duty that came with it.
    public var dutyID: String? { json["dutyId"]?.stringValue }
    /// The event, envelope and open data.
    public var event: JSONValue { json["event"] ?? .null }
}

/// What became of one delivery of which a worker said something.
public struct HubSettlement: Sendable, Hashable {
    /// What it can be; a later hub may answer others.
    public struct Result: RawRepresentable, Sendable, Hashable {
        /// The word of the API.
        public var rawValue: String

        /// A result by the word of the API.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// It is done and will not be handed out again.
        public static let acknowledged = Result(rawValue: "acked")
        /// It was done before; the answer to an acknowledgement that is repeated.
        public static let alreadyAcknowledged = Result(rawValue: "already-acked")
        /// It is handed out again after its delay, or was given up.
        public static let givenBack = Result(rawValue: "nacked")
        /// It is held for another whole lease from now on.
        public static let extended = Result(rawValue: "extended")
        /// Another worker holds a newer lease, or it was given back or given up.
        public static let stale = Result(rawValue: "stale")
        /// This consumer never handed it out.
        public static let unknown = Result(rawValue: "unknown")
    }

    /// The result whole.
    public var json: JSONValue

    /// A result that was read.
    public init(json: JSONValue) {
        self.json = json
    }

    /// Which delivery.
    public var deliveryID: String { json["deliveryId"]?.stringValue ?? "" }
    /// What became of it.
    public var result: Result { Result(rawValue: json["result"]?.stringValue ?? "") }
}
