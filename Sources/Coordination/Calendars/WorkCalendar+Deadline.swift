import ChineseIdentifiers
package import CloudEvents

extension WorkCalendar {
    /// When a period that starts at an instant ends, and why then.
    ///
    /// A start on a rest day counts like any other: from the next day. Hours
    /// run through nights and rest days and never depend on the calendar.
    /// School days are counted on the county's working days and stay
    /// provisional, for no school's own calendar is loaded.
    package func deadline(_ period: Period, from start: Timestamp) -> Deadline {
        memo.deadline(period, from: start) { counted(period, from: start) }
    }

    private func counted(_ period: Period, from start: Timestamp) -> Deadline {
        let first = start.beijingDate
        guard let last = lastDay(of: period, startingOn: first) else {
            let due = end(of: period, from: start)
            let words = DeadlineWords(period, hoursFrom: start, to: due)
            return Deadline(due: due, provisional: false, explanation: words.en, explanationZh: words.zh)
        }
        var words = DeadlineWords(period, startingOn: first)
        switch period.unit {
        case .workingDay: words.tell(exceptions(in: first.adding(days: 1)...last))
        case .schoolDay:
            words.tellSchoolDays()
            words.tell(exceptions(in: first.adding(days: 1)...last))
        default: words.tellEnd(first.adding(days: period.count), rolledTo: last, in: self)
        }
        words.tellSpan(to: last)

        let mayChange = isProvisional(countedFrom: first.adding(days: 1), to: last)
        let isOutside = first < beginning
        if period.unit == .schoolDay { words.tellProvisional(until: .schoolCalendar) }
        if mayChange { words.tellProvisional(until: isOutside ? .earlierNotice(beginning.year) : .nextNotice) }
        return Deadline(
            due: Timestamp(endOf: last), provisional: mayChange || period.unit == .schoolDay,
            explanation: words.en, explanationZh: words.zh,
        )
    }

    /// What sets a span apart from plain weeks: holidays, clipped to the span,
    /// and make-up working days, in order.
    func exceptions(in span: ClosedRange<CivilDate>) -> [CalendarException] {
        let rests = holidays(in: span).map { CalendarException.off($0.rest.clamped(to: span)) }
        let worked = makeUpDays(in: span).map { CalendarException.worked($0) }
        guard !worked.isEmpty else { return rests }
        return (rests + worked).sorted { $0.first < $1.first }
    }
}

/// Days that are not what their weekday says.
enum CalendarException {
    /// 放假.
    case off(ClosedRange<CivilDate>)
    /// 调休上班.
    case worked(CivilDate)

    var first: CivilDate {
        switch self {
        case .off(let days): days.lowerBound
        case .worked(let day): day
        }
    }
}
