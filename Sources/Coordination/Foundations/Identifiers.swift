/// The internal number of a county. It never changes, while the six-digit code
/// does (410322 became 410308 in March 2021).
package struct CountyID: RawRepresentable, Sendable, Hashable, Comparable {
    package let rawValue: Int16
    package init(rawValue: Int16) { self.rawValue = rawValue }
    package static func < (left: CountyID, right: CountyID) -> Bool { left.rawValue < right.rawValue }
}

/// A unit of the directory, such as `hrss`, `town:410322101` or `ext:court`.
/// May contain `:` and never `/`.
package struct UnitID: RawRepresentable, Sendable, Hashable, Comparable, ExpressibleByStringLiteral {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
    package init(_ rawValue: String) { self.rawValue = rawValue }
    package init(stringLiteral value: String) { rawValue = value }
    package static func < (left: UnitID, right: UnitID) -> Bool { left.rawValue < right.rawValue }
}

/// A registered officer of a unit; never a citizen ID number.
package struct OfficerID: RawRepresentable, Sendable, Hashable, ExpressibleByStringLiteral {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
    package init(_ rawValue: String) { self.rawValue = rawValue }
    package init(stringLiteral value: String) { rawValue = value }
}

/// An event type of a contract, such as `labour.child-labour.reported`.
package struct EventType: RawRepresentable, Sendable, Hashable, Comparable, ExpressibleByStringLiteral {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
    package init(_ rawValue: String) { self.rawValue = rawValue }
    package init(stringLiteral value: String) { rawValue = value }
    package static func < (left: EventType, right: EventType) -> Bool { left.rawValue < right.rawValue }

    /// The first segment: `labour` of `labour.child-labour.reported`.
    package var family: Substring { rawValue.prefix { $0 != "." } }
}

/// A place in the hub's one order of everything that enters a log.
package struct Position: RawRepresentable, Sendable, Hashable, Comparable {
    package let rawValue: Int64
    package init(rawValue: Int64) { self.rawValue = rawValue }
    package static func < (left: Position, right: Position) -> Bool { left.rawValue < right.rawValue }
}

/// A duty, one per unit and event.
package struct DutyID: RawRepresentable, Sendable, Hashable, Comparable {
    package let rawValue: Int64
    package init(rawValue: Int64) { self.rawValue = rawValue }
    package static func < (left: DutyID, right: DutyID) -> Bool { left.rawValue < right.rawValue }
}

/// A case: a child, an employer, a venue or a matter.
package struct CaseID: RawRepresentable, Sendable, Hashable, Comparable {
    package let rawValue: Int64
    package init(rawValue: Int64) { self.rawValue = rawValue }
    package static func < (left: CaseID, right: CaseID) -> Bool { left.rawValue < right.rawValue }
}
