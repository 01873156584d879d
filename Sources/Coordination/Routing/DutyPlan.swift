package import CloudEvents

/// What a unit will owe, computed at dispatch.
package struct DutyPlan: Sendable, Hashable {
    /// In the order of the rule, `sign` first.
    package var milestones: [Milestone]
    /// The due instant of `sign`; nil where nothing has to be signed.
    package var signBy: Timestamp?
    /// The due instant of `settle`, or of the last milestone where the unit
    /// completes without one; nil when it starts at a later fact, or where
    /// nothing has to be completed.
    package var settleBy: Timestamp?
    /// Whether any of the instants may move when a calendar is published.
    package var provisional: Bool
    /// The ladder of reminders; nil where lateness has none.
    package var ladder: String?
    package var needsSignature: Bool
    package var needsCompletion: Bool
    /// Who verifies a completion; nil where nobody does.
    package var verifier: UnitID?
    /// Whether the secretariat has yet to say who must act; the only milestone
    /// is then `assign`.
    package var awaitsDispatch: Bool
    /// External addressees whose letters the unit writes and keeps.
    package var keeps: [UnitID]

    package init(
        milestones: [Milestone],
        signBy: Timestamp? = nil,
        settleBy: Timestamp? = nil,
        provisional: Bool = false,
        ladder: String? = nil,
        needsSignature: Bool,
        needsCompletion: Bool,
        verifier: UnitID? = nil,
        awaitsDispatch: Bool = false,
        keeps: [UnitID] = [],
    ) {
        self.milestones = milestones
        self.signBy = signBy
        self.settleBy = settleBy
        self.provisional = provisional
        self.ladder = ladder
        self.needsSignature = needsSignature
        self.needsCompletion = needsCompletion
        self.verifier = verifier
        self.awaitsDispatch = awaitsDispatch
        self.keeps = keeps
    }
}

/// The names that mean the same in every rule.
package enum MilestoneName {
    /// The first of a duty; its due instant is `signBy`.
    package static let sign = "sign"
    /// The last of a duty; its due instant is `settleBy`.
    package static let settle = "settle"
    /// The secretariat says who must act.
    package static let assign = "assign"
}
