package import ChineseIdentifiers

/// The places at a unit that somebody fills, so that whatever falls due reaches
/// a person.
package enum ContactRole: String, Sendable, Hashable, CaseIterable {
    case liaisonA = "liaison-a"
    case liaisonB = "liaison-b"
    case dutyOfficer = "duty-officer"
    case deputyLeader = "deputy-leader"
    case leader
    case integrator
}

/// Who is reached when something is due at a unit. Messages to a contact carry
/// no name and no cause of a child.
package struct Contact: Sendable, Hashable, EffectiveDated {
    package var role: ContactRole
    /// The registered officer who fills the place, where it is one.
    package var officer: OfficerID?
    package var name: String
    package var officePhone: String?
    package var mobile: String?
    /// `sms`, `gov-app`, `phone`.
    package var channels: [String]
    package var hours: String?
    /// Whose deputy it is, within the same unit.
    package var deputyOf: ContactRole?
    package var validFrom: CivilDate?
    package var validTo: CivilDate?
}
