/// A member of a command's body.
package enum DutyField: String, Sendable, Hashable, CaseIterable {
    case officer
    case note
    case reason
    /// What a refused completion lacks.
    case missing
    case outcome
    case milestone
    case unit
    case role
    case signedAt
    case paper
    case evidence

    /// Members every command takes: who acts, and what a person has to say.
    static let always: Set<DutyField> = [.officer, .note, .reason, .evidence]

    /// Whether a person writes it freely: it may name a child and is sealed.
    var isText: Bool {
        switch self {
        case .note, .reason, .missing: true
        default: false
        }
    }
}
