package import ChineseIdentifiers

/// What a unit is.
package enum UnitKind: String, Sendable, Hashable, CaseIterable {
    case government
    case governmentOffice = "government-office"
    case personRole = "person-role"
    case secretariat
    case bureau
    case supervisionOrgan = "supervision-organ"
    case massOrganisation = "mass-organisation"
    case office
    case partyOrgan = "party-organ"
    case town
    case school
    case village
    case subUnit = "sub-unit"
    case external
    case system

    /// Whether units of this kind come with programs and officers of their own.
    /// A village is reached through its town, an external addressee by letter,
    /// a sub-unit through its bureau.
    package var hasAccount: Bool {
        switch self {
        case .village, .external, .subUnit, .system: false
        default: true
        }
    }
}

/// What a unit is called for a span of days.
package struct UnitName: Sendable, Hashable, EffectiveDated {
    package var zh: String
    package var zhShort: String
    package var en: String
    package var validFrom: CivilDate?
    package var validTo: CivilDate?
}

/// The plan's relations to a unit. Lead, responsible and obliged are of a
/// clause; `jointMeeting` is of clause IV.1.
package enum MembershipRelation: String, Sendable, Hashable, CaseIterable {
    case jointMeeting = "jm"
    case lead
    case responsible
    case obliged
}

/// One relation of a unit to a clause of the plan.
package struct Membership: Sendable, Hashable, EffectiveDated {
    package var relation: MembershipRelation
    package var clause: String
    package var validFrom: CivilDate?
    package var validTo: CivilDate?
}

/// A unit of the county's directory: who may publish, receive, sign and settle.
package struct Unit: Sendable, Hashable, EffectiveDated {
    package var id: UnitID
    package var kind: UnitKind
    package var parent: UnitID?
    /// Every name it has had, oldest first; never empty.
    package var names: [UnitName]
    package var uscc: String?
    /// Six digits for a unit of the county, nine for a town or school, twelve
    /// for a village.
    package var regionCode: String?
    /// What the law lets it do, such as `correction-order`.
    package var legalCapacity: Set<String>
    /// The units whose functions and open duties it took over.
    package var successorOf: [UnitID]
    package var memberships: [Membership]
    package var contacts: [Contact]
    /// The unit that signs letters to an external addressee.
    package var custodian: UnitID?
    package var validFrom: CivilDate?
    package var validTo: CivilDate?

    /// Whether it is a member of the joint meeting by name, on a day.
    package func isMember(on day: CivilDate) -> Bool {
        memberships.contains { $0.relation == .jointMeeting && $0.isValid(on: day) }
    }

    /// What it is called on a day; where no name covers the day, its last name.
    package func name(on day: CivilDate) -> UnitName {
        names.last { $0.isValid(on: day) } ?? names[names.count - 1]
    }

    /// Whoever fills a place on a day, nil when nobody does.
    package func contact(_ role: ContactRole, on day: CivilDate) -> Contact? {
        contacts.first { $0.role == role && $0.isValid(on: day) }
    }
}
