package import ChineseIdentifiers

/// What an officer does in the unit.
package enum OfficerDuty: String, Sendable, Hashable, CaseIterable {
    case handler
    case approver
    case head
}

/// A registered officer. The id is never a citizen ID number.
package struct Officer: Sendable, Hashable, EffectiveDated {
    /// What an officer may be allowed to do, in the order of the documentation.
    package static let knownScopes = [
        "handle", "approve", "secretariat", "convene", "supervise", "audit", "admin",
    ]

    package var id: OfficerID
    package var unit: UnitID
    package var name: String
    package var duty: OfficerDuty
    package var scopes: [String]
    package var validFrom: CivilDate?
    package var validTo: CivilDate?
}
