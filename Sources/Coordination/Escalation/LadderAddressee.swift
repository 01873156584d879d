/// Somebody a step is addressed to.
package enum LadderAddressee: Sendable, Hashable {
    /// A place at the unit that owes the milestone.
    case contact(ContactRole)
    /// Another unit: a place of it, or whoever is the first to be reached
    /// there.
    case unit(UnitID, ContactRole?)

    /// Reads `liaison-a`, `jm-office` or `psb/leader`; nil for any other form.
    init?(_ text: String) {
        if let role = ContactRole(rawValue: text) {
            self = .contact(role)
            return
        }
        // A unit id may contain a colon and never a slash.
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let unit = parts.first, !unit.isEmpty, parts.count <= 2 else { return nil }
        guard parts.count == 2 else {
            self = .unit(UnitID(String(unit)), nil)
            return
        }
        guard let role = ContactRole(rawValue: String(parts[1])) else { return nil }
        self = .unit(UnitID(String(unit)), role)
    }

    /// The other unit; nil for a place at the unit itself.
    package var unit: UnitID? {
        if case .unit(let id, _) = self { id } else { nil }
    }
}
