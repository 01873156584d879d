/// How a field is kept and who may ever see it.
package enum FieldClass: String, Sendable, Hashable, CaseIterable {
    /// Open; may be printed in bulletins.
    case `public`
    /// Open to every recipient of the event.
    case `internal`
    /// Sealed; the router reads it at admission, nobody afterwards.
    case routedOnly = "routed-only"
    /// Sealed; seen by projection, logged.
    case minorPI = "minor-pi"
    /// Sealed; seen by projection and with an approval, logged.
    case minorSensitive = "minor-sensitive"
    /// Sealed for an audience of its own: those who must answer a reporter.
    case sealedReporter = "sealed-reporter"
    /// Sealed for an audience of its own: those who may see officials' names.
    case sealedOfficials = "sealed-officials"

    /// Where it is sealed; nil for what is open.
    package var sealedClass: SealedClass? {
        switch self {
        case .public, .internal: nil
        case .routedOnly: .router
        case .minorPI: .personal
        case .minorSensitive: .sensitive
        case .sealedReporter: .reporter
        case .sealedOfficials: .officials
        }
    }

    /// Whether its values are personal and must never stand in anything open.
    package var isPersonal: Bool { sealedClass != nil }
}

/// One sealed part of an event: encrypted under a key of its own, so that each
/// audience can be given, or lose, its part alone.
package enum SealedClass: String, Sendable, Hashable, CaseIterable {
    /// Who the child and the family are (`minor-pi`).
    case personal
    /// Causes, health, poverty, free text (`minor-sensitive`).
    case sensitive
    /// Who reported.
    case reporter
    /// Officials named in supervision.
    case officials
    /// What only the router reads.
    case router
}
