import ChineseIdentifiers
import CloudEvents

// Instants derive from the milestone's start and due alone, never from the time
// at which somebody looks, so that an outage shifts nothing. No step falls due
// before the one ahead of it.
extension Ladder {
    /// Every step with the instant at which it falls due, in order; none while
    /// the milestone's clock does not run.
    package func timers(for milestone: Milestone, calendar: WorkCalendar) -> [LadderTimer] {
        var timers: [LadderTimer] = []
        visitTimers(of: milestone, calendar: calendar) {
            timers.append($0)
            return true
        }
        return timers
    }

    /// The step to wait for first: the earliest that does not lie before the
    /// milestone started. Nil while its clock does not run, once it is met, and
    /// where every step lies before the start.
    package func firstTimer(for milestone: Milestone, calendar: WorkCalendar) -> LadderTimer? {
        guard milestone.met == nil, let started = milestone.started else { return nil }
        return timer(for: milestone, calendar: calendar) { $0.due >= started }
    }

    /// The step to wait for once another has fired; nil after the last, and
    /// while the milestone has nothing to wait for. Also for a clock that
    /// resumes after its milestone had been met.
    package func nextTimer(after step: Int16, for milestone: Milestone, calendar: WorkCalendar) -> LadderTimer? {
        guard milestone.met == nil else { return nil }
        return timer(for: milestone, calendar: calendar) { $0.step > step }
    }

    private func timer(
        for milestone: Milestone, calendar: WorkCalendar, where holds: (LadderTimer) -> Bool,
    ) -> LadderTimer? {
        var found: LadderTimer?
        visitTimers(of: milestone, calendar: calendar) {
            if holds($0) { found = $0 }
            return found == nil
        }
        return found
    }

    /// Computes timers in order until told to stop. Admission asks for the
    /// first of each milestone alone, and later ones cost a walk through the
    /// calendar each.
    private func visitTimers(
        of milestone: Milestone, calendar: WorkCalendar, _ takesNext: (LadderTimer) -> Bool,
    ) {
        guard let started = milestone.started, let due = milestone.due else { return }
        var previous: Timestamp?
        for step in steps {
            var instant =
                switch step.moment {
                case .share(let percent):
                    calendar.instant(percent: percent, of: milestone.period, from: started, due: due)
                case .before(let period): calendar.instant(period, before: due)
                case .due: due
                case .after(let period): calendar.due(period, after: due)
                case .monthly(let day): Self.next(day, after: previous ?? due)
                }
            if let previous { instant = max(instant, previous) }
            previous = instant
            guard takesNext(LadderTimer(step: step.number, due: instant)) else { return }
        }
    }

    /// 00:00 on the first such day of a month after an instant; in a month that
    /// is too short, on its last day.
    private static func next(_ day: Int, after instant: Timestamp) -> Timestamp {
        var (year, month, _) = instant.beijingDate.components
        while true {
            let date = CivilDate(year: year, month: month, day: min(day, CivilDate.days(in: month, of: year)))!
            if Timestamp(startOf: date) > instant { return Timestamp(startOf: date) }
            month += 1
            if month > 12 { (year, month) = (year + 1, 1) }
        }
    }
}
