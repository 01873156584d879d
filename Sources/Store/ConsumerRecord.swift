package import CloudEvents
package import Coordination
package import PostgresClient

/// A unit's leased consumer, as it was set up.
package struct ConsumerRecord: Sendable, Hashable {
    /// How its workers want to be served.
    package struct Settings: Sendable, Hashable {
        /// A CESQL expression; nil for everything.
        package var filter: String?
        /// Event types; nil for all.
        package var types: [String]?
        /// Seconds that a delivery stays in a worker's hands.
        package var leaseSeconds: Int32
        /// How often a delivery is handed out before it is given up.
        package var maxAttempts: Int16
        /// How many deliveries may be in workers' hands at once.
        package var maxInFlight: Int32
        package var ordering: Ordering

        package init(
            filter: String?, types: [String]?, leaseSeconds: Int32, maxAttempts: Int16, maxInFlight: Int32,
            ordering: Ordering,
        ) {
            self.filter = filter
            self.types = types
            self.leaseSeconds = leaseSeconds
            self.maxAttempts = maxAttempts
            self.maxInFlight = maxInFlight
            self.ordering = ordering
        }
    }

    /// What is handed out in order.
    package enum Ordering: String, Sendable, CaseIterable {
        case none
        /// Of one case, one delivery at a time.
        case byCase = "case"
    }

    package var county: CountyID
    package var unit: UnitID
    package var name: String
    /// Stands for it in the tables that grow.
    package var id: Int64
    package var settings: Settings
    /// Canonical JSON of where it was asked to begin.
    package var start: [UInt8]
    /// What that meant: it is given what lies behind.
    package var startPosition: Position
    package var isPaused: Bool
    /// One more with every change of the settings.
    package var revision: Int32

    static let columns = """
        county, unit, name, id, filter, types, start_at, start_position, lease_seconds, max_attempts, max_in_flight,
        ordering, paused, revision
        """

    init(_ row: borrowing PostgresRow) throws {
        guard let ordering = Ordering(rawValue: try row.decode("ordering", as: String.self)) else {
            throw StoreError.unexpectedShape("consumer")
        }
        county = CountyID(rawValue: try row.decode("county", as: Int16.self))
        unit = UnitID(try row.decode("unit", as: String.self))
        name = try row.decode("name", as: String.self)
        id = try row.decode("id", as: Int64.self)
        settings = Settings(
            filter: try row.decode("filter", as: String?.self),
            types: try row.decode("types", as: [String]?.self),
            leaseSeconds: try row.decode("lease_seconds", as: Int32.self),
            maxAttempts: try row.decode("max_attempts", as: Int16.self),
            maxInFlight: try row.decode("max_in_flight", as: Int32.self),
            ordering: ordering)
        start = try row.decode("start_at", as: [UInt8].self)
        startPosition = Position(rawValue: try row.decode("start_position", as: Int64.self))
        isPaused = try row.decode("paused", as: Bool.self)
        revision = try row.decode("revision", as: Int32.self)
    }
}

/// How far a consumer is.
package struct ConsumerProgress: Sendable, Hashable {
    /// Nobody has looked at what lies above.
    package var floor: Position
    /// Events on which the filter erred, so far.
    package var filterErrors: Int64
    /// Deliveries in workers' hands.
    package var inFlight: Int64
    /// Deliveries that came back or wait behind another of their case, above
    /// those nobody has looked at.
    package var waiting: Int64
    /// Deliveries given up.
    package var dead: Int64
}

/// Where a consumer stands, as a fetch begins.
package struct ConsumerStanding: Sendable, Hashable {
    /// Nobody has looked at what lies above.
    package var floor: Position
    /// Deliveries in workers' hands, with those whose lease has run out.
    package var inFlight: Int32
}

/// A delivery in a worker's hands.
package struct DeliveryLease: Sendable, Hashable {
    package var position: Position
    package var lease: PostgresUUID
    package var attempt: Int16
    package var until: Timestamp
    /// Whether it is handed out for the first time.
    package var isFirst: Bool
}

/// A delivery that was given up.
package struct DeadDelivery: Sendable, Hashable {
    package var position: Position
    package var attempt: Int16
    /// Why the last worker gave it back; nil where its lease ran out.
    package var sealedReason: [UInt8]?
}
