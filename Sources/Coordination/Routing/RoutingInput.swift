package import CloudEvents

/// What the router reads of an event: the envelope, and every value of the data
/// that a contract lets it see. Nothing else of a child is here, and none of
/// this is repeated in what the router gives back.
package struct RoutingInput: Sendable {
    package var type: EventType
    package var publisher: UnitID
    /// The context attributes by name. Values of `routable` win over attributes
    /// of the same name.
    package var attributes: [String: CESQLValue]
    /// Promoted and routed-only values, derived ones too, by field name.
    package var routable: [String: RoutableValue]
    /// When it happened: chooses the legal basis in force.
    package var time: Timestamp
    /// When it was stored: the instant of dispatch, from which clocks run.
    package var recordedAt: Timestamp
    /// Whether the contract seals the event as a whole.
    package var sealedWhole: Bool

    package init(
        type: EventType,
        publisher: UnitID,
        attributes: [String: CESQLValue] = [:],
        routable: [String: RoutableValue],
        time: Timestamp,
        recordedAt: Timestamp,
        sealedWhole: Bool = false,
    ) {
        self.type = type
        self.publisher = publisher
        self.attributes = attributes
        self.routable = routable
        self.time = time
        self.recordedAt = recordedAt
        self.sealedWhole = sealedWhole
    }
}
