package import ChineseIdentifiers

/// Who hears about a step, by name of place, on a day.
package struct StepAudience: Sendable, Hashable {
    /// Who hears; never empty.
    package var hearers: [StepHearer]
    /// Who is to be called, in this order; empty where the step calls nobody.
    package var calls: [StepHearer]
    /// Places that nobody fills: the directory has a gap there.
    package var gaps: [ContactGap]
}

/// Somebody who hears about a step.
package enum StepHearer: Sendable, Hashable {
    /// Whoever fills a place of a unit.
    case contact(UnitID, Contact)
    /// The officer to whom a sealed matter is addressed.
    case officer(UnitID, OfficerID)
    /// No person is on file anywhere: it stands on the unit's list alone.
    case list(UnitID)
}

/// A place at a unit that nobody fills; without a place, none of them is
/// filled.
package struct ContactGap: Sendable, Hashable {
    package var unit: UnitID
    package var role: ContactRole?

    package init(unit: UnitID, role: ContactRole?) {
        self.unit = unit
        self.role = role
    }
}

extension LadderStep {
    /// Who hears about this step of a duty.
    ///
    /// A step is never burnt on an empty place. Where a place is not filled it
    /// is reported as a gap, and where nobody addressed at a unit can be
    /// reached the step goes up: to the places above, to whoever else is on
    /// file there, to the secretariat, and at last onto the secretariat's list.
    /// A unit that is no more is answered for by its successor.
    ///
    /// - Parameters:
    ///   - unit: who owes the milestone.
    ///   - officer: the named officer of a sealed duty. Every step, calls
    ///     included, then reaches this officer and the unit's deputy leader
    ///     alone, and goes up to the unit's leader at most.
    package func audience(
        of unit: UnitID, officer: OfficerID? = nil, in directory: Directory, on day: CivilDate,
    ) -> StepAudience {
        var search = AudienceSearch(directory: directory, day: day)
        let unit = search.present(unit)
        if let officer {
            let hearers = search.sealed(officer, of: unit)
            return StepAudience(hearers: hearers, calls: calls.isEmpty ? [] : hearers, gaps: search.gaps)
        }
        let hearers = search.reach(to, for: unit)
        let called = calls.isEmpty ? [] : search.reach(calls, for: unit)
        return StepAudience(hearers: hearers, calls: called, gaps: search.gaps)
    }
}

/// Looks for people in a directory and notes the places where nobody is.
private struct AudienceSearch {
    let directory: Directory
    let day: CivilDate
    var gaps: [ContactGap] = []

    /// From the desk upward.
    private static let upward: [ContactRole] = [.liaisonA, .liaisonB, .dutyOfficer, .deputyLeader, .leader]

    /// The unit that answers for another today.
    func present(_ id: UnitID) -> UnitID {
        directory.successor(of: id, on: day) ?? id
    }

    /// Everybody addressed, unit by unit, each person once.
    mutating func reach(_ addressees: [LadderAddressee], for owner: UnitID) -> [StepHearer] {
        var wanted: [(unit: UnitID, roles: [ContactRole?])] = []
        for addressee in addressees {
            let (unit, role): (UnitID, ContactRole?) =
                switch addressee {
                case .contact(let role): (owner, role)
                case .unit(let id, let role): (present(id), role)
                }
            if let index = wanted.firstIndex(where: { $0.unit == unit }) {
                wanted[index].roles.append(role)
            } else {
                wanted.append((unit, [role]))
            }
        }
        var hearers: [StepHearer] = []
        for (unit, roles) in wanted {
            for hearer in reach(roles, at: unit) where !hearers.contains(hearer) { hearers.append(hearer) }
        }
        return hearers
    }

    private mutating func reach(_ roles: [ContactRole?], at unit: UnitID) -> [StepHearer] {
        var found: [StepHearer] = []
        for role in roles {
            let person = role.map { contact($0, at: unit) } ?? first(of: Self.upward, at: unit)
            if let person { found.append(.contact(unit, person)) } else { note(ContactGap(unit: unit, role: role)) }
        }
        return found.isEmpty ? [goUp(from: roles, at: unit)] : found
    }

    private mutating func goUp(from roles: [ContactRole?], at unit: UnitID) -> StepHearer {
        let highest = roles.compactMap { $0.flatMap(Self.upward.firstIndex) }.max() ?? 0
        let above = Self.upward[highest...]
        if let contact = first(of: above + Self.upward[..<highest].reversed(), at: unit) {
            return .contact(unit, contact)
        }
        note(ContactGap(unit: unit, role: nil))
        let secretariat = directory.units(kind: .secretariat).first { $0.isValid(on: day) }?.id
        guard let secretariat, secretariat != unit else { return .list(secretariat ?? unit) }
        if let contact = first(of: Self.upward, at: secretariat) { return .contact(secretariat, contact) }
        note(ContactGap(unit: secretariat, role: nil))
        return .list(secretariat)
    }

    /// The named officer and the deputy leader. Nobody outside the unit may
    /// learn that the matter exists, so it never goes to the secretariat.
    mutating func sealed(_ officer: OfficerID, of unit: UnitID) -> [StepHearer] {
        var hearers: [StepHearer] = []
        if directory.officer(officer)?.isValid(on: day) ?? false { hearers.append(.officer(unit, officer)) }
        if let deputy = contact(.deputyLeader, at: unit) {
            hearers.append(.contact(unit, deputy))
        } else {
            note(ContactGap(unit: unit, role: .deputyLeader))
        }
        guard hearers.isEmpty else { return hearers }
        if let leader = contact(.leader, at: unit) { return [.contact(unit, leader)] }
        note(ContactGap(unit: unit, role: .leader))
        return [.officer(unit, officer)]
    }

    // MARK: Places

    private func contact(_ role: ContactRole, at unit: UnitID) -> Contact? {
        directory.unit(unit)?.contact(role, on: day)
    }

    private func first(of roles: some Sequence<ContactRole>, at unit: UnitID) -> Contact? {
        for role in roles {
            if let contact = contact(role, at: unit) { return contact }
        }
        return nil
    }

    private mutating func note(_ gap: ContactGap) {
        if !gaps.contains(gap) { gaps.append(gap) }
    }
}
