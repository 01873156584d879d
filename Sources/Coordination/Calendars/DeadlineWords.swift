import ChineseIdentifiers
import CloudEvents

/// The explanation of a deadline as it grows: what was counted, what was left
/// out, from where to where, and what may still change.
struct DeadlineWords {
    private(set) var zh: String
    private(set) var en: String
    private let start: CivilDate
    /// Dates name their year where it is not the start's.
    private let year: Int

    /// What a deadline may be waiting for.
    enum Awaited {
        case schoolCalendar
        case nextNotice
        case earlierNotice(Int)
    }

    /// Days are counted from the day after `start`.
    init(_ period: Period, startingOn start: CivilDate) {
        zh = period.zh
        en = period.en
        self.start = start
        year = start.year
    }

    /// Hours run through.
    init(_ period: Period, hoursFrom start: Timestamp, to due: Timestamp) {
        self.init(period, startingOn: start.beijingDate)
        let (from, to) = (start.beijingClock, due.beijingClock)
        let end = due.beijingDate
        zh += "，昼夜连续计算，含休息日（\(self.zh(self.start))\(from)起，\(self.zh(end))\(to)止）"
        en +=
            ", nights and rest days included (from \(from) on \(self.en(self.start)) to \(to) on \(self.en(end)))"
    }

    /// “10月1日至8日放假，10月10日调休上班”.
    mutating func tell(_ exceptions: [CalendarException]) {
        for exception in exceptions {
            switch exception {
            case .off(let days):
                zh += "，\(zh(days))放假"
                en += "; \(en(days)) off"
            case .worked(let day):
                zh += "，\(zh(day))调休上班"
                en += "; \(en(day)) worked in exchange"
            }
        }
    }

    mutating func tellSchoolDays() {
        zh += "，校历未载入，暂按工作日计算"
        en += ", counted as working days while no school calendar is loaded"
    }

    /// Where the last natural day came to lie, if that was no ordinary working
    /// day.
    mutating func tellEnd(_ last: CivilDate, rolledTo end: CivilDate, in calendar: WorkCalendar) {
        guard last != end else {
            guard calendar.isMakeUpDay(last) else { return }
            zh += "，最后一日\(zh(last))调休上班"
            en += "; the last, \(en(last)), is worked in exchange"
            return
        }
        let isWeekend = calendar.dayKind(last) == .weekend
        zh += "，最后一日\(zh(last))\(isWeekend ? "为周末" : "放假")，顺延至\(zh(end))"
        en += "; the last, \(en(last)), is \(isWeekend ? "a weekend day" : "off"), so it ends on \(en(end))"
        if calendar.isMakeUpDay(end) {
            zh += "（调休上班）"
            en += " (worked in exchange)"
        }
    }

    /// “（9月25日次日起算，9月29日24时止）”: the day of the start is not counted.
    mutating func tellSpan(to last: CivilDate) {
        zh += "（\(zh(start))次日起算，\(zh(last))24时止）"
        en += " (counted from the day after \(en(start)) to the end of \(en(last)))"
    }

    mutating func tellProvisional(until awaited: Awaited) {
        switch awaited {
        case .schoolCalendar:
            zh += "，暂定（待校历载入）"
            en += "; provisional until the school calendar is loaded"
        case .nextNotice:
            zh += "，暂定（待国务院放假通知）"
            en += "; provisional until the State Council's next notice on holidays"
        case .earlierNotice(let year):
            zh += "，暂定（\(year)年以前的放假安排未载入）"
            en += "; provisional because the holidays before \(year) are not loaded"
        }
    }

    // MARK: Dates

    private func zh(_ day: CivilDate) -> String {
        let (year, month, day) = day.components
        return year == self.year ? "\(month)月\(day)日" : "\(year)年\(month)月\(day)日"
    }

    private func en(_ day: CivilDate) -> String {
        let (year, month, day) = day.components
        return year == self.year ? "\(day) \(Self.months[month - 1])" : "\(day) \(Self.months[month - 1]) \(year)"
    }

    private func zh(_ days: ClosedRange<CivilDate>) -> String {
        let (first, last) = (days.lowerBound, days.upperBound)
        guard first != last else { return zh(first) }
        let (from, to) = (first.components, last.components)
        guard from.year == to.year else { return "\(zh(first))至\(zh(last))" }
        return from.month == to.month ? "\(zh(first))至\(to.day)日" : "\(zh(first))至\(to.month)月\(to.day)日"
    }

    private func en(_ days: ClosedRange<CivilDate>) -> String {
        let (first, last) = (days.lowerBound, days.upperBound)
        guard first != last else { return en(first) }
        let (from, to) = (first.components, last.components)
        guard from.year == to.year else { return "\(en(first)) to \(en(last))" }
        return from.month == to.month
            ? "\(from.day)–\(en(last))" : "\(from.day) \(Self.months[from.month - 1]) to \(en(last))"
    }

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
        "November", "December",
    ]
}

extension Timestamp {
    /// The time of day in Beijing to the minute: `9:05`.
    fileprivate var beijingClock: String {
        let minutes = (microseconds - Timestamp(startOf: beijingDate).microseconds) / 60_000_000
        let minute = minutes % 60
        return "\(minutes / 60):\(minute < 10 ? "0" : "")\(minute)"
    }
}
