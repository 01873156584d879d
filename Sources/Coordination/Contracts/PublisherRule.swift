import ChineseIdentifiers

/// Who may send a type.
package enum PublisherRule: Sendable, Hashable {
    case unit(UnitID)
    /// Any unit of the county with its own voice; not an external addressee and
    /// not the hub.
    case anyUnit
    /// Any member of the joint meeting by name.
    case anyMember
    case town
    case school
    case village
    case inspector
    case hub
    /// The unit that holds the duty; the caller checks that it does.
    case handler

    /// The words of the file that stand for classes of units.
    static let classes: [String: PublisherRule] = [
        "any-unit": .anyUnit, "any-member": .anyMember, "town": .town, "school": .school, "village": .village,
        "inspector": .inspector, "hub": .hub, "handler": .handler,
    ]

    /// The word of the file: a class, or the unit's id.
    package var text: String {
        if case .unit(let id) = self { return id.rawValue }
        return Self.classes.first { $0.value == self }?.key ?? ""
    }

    /// Whether a unit is of this class, or is this unit. A sub-unit speaks for
    /// its parent. Without a day, members of any time are members.
    func admits(_ unit: Unit, on day: CivilDate?) -> Bool {
        switch self {
        case .unit(let id): unit.id == id || (unit.kind == .subUnit && unit.parent == id)
        case .anyUnit: unit.kind != .external && unit.kind != .system
        case .anyMember:
            day.map { unit.isMember(on: $0) } ?? unit.memberships.contains { $0.relation == .jointMeeting }
        case .town: unit.kind == .town
        case .school: unit.kind == .school
        case .village: unit.kind == .village
        case .inspector: unit.id.rawValue.hasPrefix("inspector:")
        case .hub: unit.kind == .system
        case .handler: unit.kind != .external
        }
    }
}

/// Whether a unit may publish a type.
package enum PublishingRight: Sendable, Hashable {
    case granted
    /// Only while it holds the duty that the event is about.
    case asHandler
    case none
}
