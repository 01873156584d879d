package import CloudEvents
package import Coordination

/// A timer that fell due: the step of a milestone's ladder it waits for.
package struct DueTimer: Sendable, Hashable {
    package var duty: DutyID
    /// The milestone's name.
    package var milestone: String
    package var step: Int16
    package var due: Timestamp
    /// The highest step of this milestone that is on record; nil when none is.
    package var lastFired: Int16?

    package init(duty: DutyID, milestone: String, step: Int16, due: Timestamp, lastFired: Int16?) {
        self.duty = duty
        self.milestone = milestone
        self.step = step
        self.due = due
        self.lastFired = lastFired
    }
}

/// What a sweep decided about one timer.
package struct TimerDecision: Sendable {
    /// A step that fires, and what it leaves on the duty.
    package struct Firing: Sendable {
        package var step: Int16
        package var outcome: LadderOutcome
        /// Lower steps that were due as well.
        package var skipped: [Int16]
        package var command: HubCommand
        /// Canonical JSON of codes.
        package var detail: [UInt8]
        /// The one unit whose log it enters; nil for all who follow the duty.
        package var logUnit: UnitID?
        /// The duty's step and reminders afterwards.
        package var dutyStep: Int16
        package var reminders: Int16

        package init(
            step: Int16, outcome: LadderOutcome, skipped: [Int16], command: HubCommand, detail: [UInt8],
            logUnit: UnitID?, dutyStep: Int16, reminders: Int16,
        ) {
            self.step = step
            self.outcome = outcome
            self.skipped = skipped
            self.command = command
            self.detail = detail
            self.logUnit = logUnit
            self.dutyStep = dutyStep
            self.reminders = reminders
        }
    }

    /// What is waited for next.
    package enum Next: Sendable, Hashable {
        case nothing
        case timer(LadderTimer)
        /// The ladder has ended and the milestone is still owed: the timer
        /// rests, so that lists of what is late find it.
        case rest
    }

    package var timer: DueTimer
    /// The version of the duty it was judged on; nil when there is no duty.
    package var version: Int32?
    package var firing: Firing?
    package var next: Next

    package init(timer: DueTimer, version: Int32?, firing: Firing?, next: Next) {
        self.timer = timer
        self.version = version
        self.firing = firing
        self.next = next
    }
}
