/// Where a duty stands. Lateness, reminders, extensions are attributes beside
/// it, never states.
package enum DutyState: String, Sendable, Hashable, CaseIterable {
    /// No rule, or an ambiguous recipient: on the secretariat's list.
    case awaitingDispatch = "awaiting-dispatch"
    /// Addressed to a unit; clocks that start at dispatch run.
    case dispatched
    /// A named person of the unit signed.
    case signed
    /// The unit agrees it is theirs.
    case accepted
    /// Refused with a reason; back to the secretariat.
    case returned
    /// A first action is on record.
    case inProgress = "in-progress"
    /// A statutory pause of the clocks.
    case suspended
    /// The unit claims it is done; a verifier decides.
    case completed
    /// The verifier refused; the settle clock goes on, it does not restart.
    case rework
    /// Verified, or nothing more to do: final.
    case closed
    /// Superseded by a successor duty.
    case reassigned
    /// Withdrawn by the publisher, a duplicate, an error.
    case cancelled

    /// Whether anything may still happen to the duty.
    package var isOpen: Bool {
        switch self {
        case .closed, .reassigned, .cancelled: false
        default: true
        }
    }

    /// The word on a screen, in Chinese.
    package var zh: String {
        switch self {
        case .awaitingDispatch: "待派"
        case .dispatched: "待签收"
        case .signed: "已签收"
        case .accepted: "已受理"
        case .returned: "已退回"
        case .inProgress: "办理中"
        case .suspended: "中止计时"
        case .completed: "已办结（待核验）"
        case .rework: "退回重办"
        case .closed: "已销号"
        case .reassigned: "已转办"
        case .cancelled: "已撤销"
        }
    }

    /// The word on a screen, in English.
    package var en: String {
        switch self {
        case .awaitingDispatch: "awaiting dispatch"
        case .dispatched: "to be signed"
        case .inProgress: "in progress"
        case .completed: "completed, to be verified"
        case .rework: "to be reworked"
        default: rawValue
        }
    }
}
