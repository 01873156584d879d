package import CloudEvents

/// What decides, beside unit and role, how much of an event a unit sees.
package struct ProjectionContext: Sendable {
    /// The unit sent the event: it sees what it sent as it sent it.
    package var isPublisher: Bool
    /// The unit holds the duty to answer the reporter now. After a return or a
    /// transfer the new unit does, and the old one no longer.
    package var mustAnswer: Bool
    /// When it happened: ages and names of towns are those of that day.
    package var time: Timestamp
    /// The classes for which an approval is in force for this opening.
    package var approved: Set<SealedClass>

    package init(isPublisher: Bool, mustAnswer: Bool, time: Timestamp, approved: Set<SealedClass> = []) {
        self.isPublisher = isPublisher
        self.mustAnswer = mustAnswer
        self.time = time
        self.approved = approved
    }
}

/// What a unit gets to see of the sealed parts of an event.
package struct ProjectionResult: Sendable, Hashable {
    /// The fields as the contract nests them, masked where the matrix says so.
    package var data: JSONObject
    /// Classes of which the unit would see something with an approval.
    package var approvalRequired: Set<SealedClass>

    /// Whether nothing can be shown for want of an approval.
    package var isRefused: Bool { data.isEmpty && !approvalRequired.isEmpty }
}

/// How a field appears to a unit.
package enum FieldVisibility: String, Sendable, Hashable {
    case full, masked, absent
}
