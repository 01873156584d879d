package import ChineseIdentifiers
package import CloudEvents

// Civil Code §201 and §203: the day a period starts on is not counted, a period
// whose last day is a statutory rest day ends on the first day after the rest,
// and it ends at 24:00 of its last day.
extension WorkCalendar {
    /// The n-th working day after a day, which is not counted itself.
    /// Precondition: `count` is not negative; the 0th is the day itself.
    package func workingDay(_ count: Int, after day: CivilDate) -> CivilDate {
        var (day, missing) = (day, count)
        while missing > 0 {
            day = day.adding(days: 1)
            if isWorkingDay(day) { missing -= 1 }
        }
        return day
    }

    /// The day itself when the offices work on it, else the next on which they
    /// do.
    package func rolledForward(_ day: CivilDate) -> CivilDate {
        var day = day
        while !isWorkingDay(day) { day = day.adding(days: 1) }
        return day
    }

    /// The last day of a period that starts on a day; nil for one counted in
    /// hours.
    ///
    /// School days are counted on the county's working days: no school's own
    /// calendar is loaded.
    func lastDay(of period: Period, startingOn day: CivilDate) -> CivilDate? {
        switch period.unit {
        case .workingDay, .schoolDay: workingDay(period.count, after: day)
        case .naturalDay: rolledForward(day.adding(days: period.count))
        case .hour: nil
        }
    }

    /// The first late instant of a period that starts at another.
    func end(of period: Period, from start: Timestamp) -> Timestamp {
        guard let last = lastDay(of: period, startingOn: start.beijingDate) else {
            return start.advanced(bySeconds: Int64(period.count) * 3600)
        }
        return Timestamp(endOf: last)
    }

    /// Whether a count may change when a calendar is published: the last ten
    /// days of the last published year may still be altered by the next notice,
    /// as 29 to 31 December 2018 were, and days outside the published years are
    /// not known at all.
    func isProvisional(countedFrom first: CivilDate, to last: CivilDate) -> Bool {
        last > horizon.adding(days: -10) || first < beginning
    }

    // MARK: Around a deadline

    /// The instant a period after a due instant, for the steps that follow
    /// lateness: one working day after the end of Friday is the end of Monday.
    ///
    /// 00:00 is the end of the day before, which is the day not counted.
    package func due(_ period: Period, after due: Timestamp) -> Timestamp {
        guard let last = lastDay(of: period, startingOn: due.dayThatEnds) else {
            return due.advanced(bySeconds: Int64(period.count) * 3600)
        }
        return Timestamp(endOf: last)
    }

    /// The instant a period before a due instant, for what happens ahead of it:
    /// three working days before the end of Friday is the start of Wednesday,
    /// so that three whole days are left.
    package func instant(_ period: Period, before due: Timestamp) -> Timestamp {
        var day = due.dayThatEnds
        switch period.unit {
        case .hour:
            return due.advanced(bySeconds: -Int64(period.count) * 3600)
        case .naturalDay:
            return Timestamp(startOf: day.adding(days: 1 - period.count))
        case .workingDay, .schoolDay:
            var missing = period.count
            while true {
                if isWorkingDay(day) { missing -= 1 }
                guard missing > 0 else { return Timestamp(startOf: day) }
                day = day.adding(days: -1)
            }
        }
    }

    /// The instant at which a share of a period's counted time has passed.
    ///
    /// Of a period in days it is the counted days that are shared out, each a
    /// whole day of 24 hours: 80 % of two working days is 14:24 on the second.
    /// The instant lies within a counted day; whole days end where the next
    /// counted day begins, so that nothing falls due on the rest days between.
    /// Days over which an end has been rolled are not counted. Of hours it is
    /// the time between the two instants.
    ///
    /// - Parameters:
    ///   - percent: 0 is `start`, 100 is `due`.
    ///   - due: where the period ends; another end than the period's own counts
    ///     the days up to it.
    package func instant(
        percent: Int, of period: Period, from start: Timestamp, due: Timestamp,
    ) -> Timestamp {
        guard percent > 0 else { return start }
        guard percent < 100 else { return due }
        let total = countedDays(of: period, from: start, to: due)
        guard total > 0 else { return start.share(percent, of: due) }
        let (whole, rest) = (total * percent).quotientAndRemainder(dividingBy: 100)
        let day =
            period.unit == .naturalDay
            ? start.beijingDate.adding(days: whole + 1) : workingDay(whole + 1, after: start.beijingDate)
        let instant = Timestamp(startOf: day).share(rest, of: Timestamp(endOf: day))
        return max(start, min(instant, due))
    }

    /// How many days are counted between the two; none for hours.
    private func countedDays(of period: Period, from start: Timestamp, to due: Timestamp) -> Int {
        guard period.unit != .hour else { return 0 }
        if end(of: period, from: start) == due { return period.count }
        let (first, last) = (start.beijingDate.dayNumber + 1, due.dayThatEnds.dayNumber)
        guard first <= last else { return 0 }
        if period.unit == .naturalDay { return last - first + 1 }
        return (first...last).count { isWorkingDay(CivilDate(dayNumber: $0)) }
    }
}

extension Timestamp {
    /// The day in Beijing to which an exclusive end belongs: 00:00 is the end
    /// of the day before.
    package var dayThatEnds: CivilDate {
        Timestamp(microseconds: microseconds - 1).beijingDate
    }

    /// The instant at a share of the way to another.
    func share(_ percent: Int, of end: Timestamp) -> Timestamp {
        Timestamp(microseconds: microseconds + (end.microseconds - microseconds) / 100 * Int64(percent))
    }
}
