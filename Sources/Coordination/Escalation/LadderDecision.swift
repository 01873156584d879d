package import CloudEvents

/// What a sweep does about one timer.
///
/// The sweep reads the timers that are due, asks ``Ladder/decide(_:of:isOpen:calendar:asOf:)``
/// for each, and carries the answer out in one transaction:
///
/// - `discard`: the timer row goes, nothing else happens;
/// - `wait`: the timer row is replaced by this one, nothing else happens;
/// - `fire`: ``LadderFiring/records`` go into the table of fired steps, whose
///   key lets each in once; the timer row is replaced by `next`, or goes; the
///   duty's step becomes ``LadderFiring/level``; what the step's kind asks for
///   is done. If the step is on record already, another sweep has done it.
package enum LadderDecision: Sendable, Hashable {
    /// The milestone is met, its clock does not run, the duty has ended, or the
    /// ladder has no such step any more.
    case discard
    /// Nothing is due yet: the milestone's due instant has moved.
    case wait(LadderTimer)
    /// A step is due.
    case fire(LadderFiring)
}

/// A step that fires, with those it stands for.
package struct LadderFiring: Sendable, Hashable {
    /// The highest step that is due.
    package let step: LadderStep
    /// The lower ones that were due as well, in order. They are recorded and
    /// do nothing: after an outage everybody hears once.
    package let collapsed: [LadderStep]
    /// What to wait for next; nil after the last step.
    package let next: LadderTimer?

    package init(step: LadderStep, collapsed: [LadderStep], next: LadderTimer?) {
        self.step = step
        self.collapsed = collapsed
        self.next = next
    }

    /// Every step to put on record with its outcome, ascending.
    package var records: [(step: Int16, outcome: LadderOutcome)] {
        collapsed.map { ($0.number, .collapsed) } + [(step.number, step.outcome)]
    }

    /// What the duty's step becomes, as boards count it: 0 for a reminder ahead
    /// of the due instant.
    package var level: Int16 { max(0, step.number) }
}

extension Ladder {
    /// Decides about the pending step of a milestone.
    ///
    /// Pure: the same arguments give the same answer, whatever the number of
    /// sweeps. Of the steps that are due at `asOf` only the highest fires.
    ///
    /// - Parameters:
    ///   - pending: the number of the step the timer waits for; steps below it
    ///     are on record.
    ///   - isOpen: whether the duty is open.
    package func decide(
        _ pending: Int16, of milestone: Milestone, isOpen: Bool, calendar: WorkCalendar, asOf: Timestamp,
    ) -> LadderDecision {
        guard isOpen, milestone.met == nil else { return .discard }
        let ahead = zip(steps, timers(for: milestone, calendar: calendar)).filter { $0.0.number >= pending }
        guard let first = ahead.first else { return .discard }
        guard let highest = ahead.lastIndex(where: { $0.1.due <= asOf }) else { return .wait(first.1) }
        return .fire(
            LadderFiring(
                step: ahead[highest].0,
                collapsed: ahead[..<highest].map(\.0),
                next: highest + 1 < ahead.count ? ahead[highest + 1].1 : nil,
            ))
    }
}
