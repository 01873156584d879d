package import ChineseIdentifiers

/// The county's working days, from the yearly notices of the State Council.
///
/// Three sets are kept apart: festival days, the rest days joined to them, and
/// make-up working days. A value without a clock; nothing is known of the years
/// before the first and after the last notice, and what is counted there on
/// Saturdays and Sundays alone is provisional.
package struct WorkCalendar: Sendable {
    /// What the file calls itself.
    package let version: String
    /// The first day of the first published year.
    package let beginning: CivilDate
    /// The last day of the last published year.
    package let horizon: CivilDate
    /// Every holiday of every notice, earliest first.
    package let holidays: [Holiday]
    /// Every make-up working day, earliest first.
    package let makeUpDays: [CivilDate]

    /// The kind of each day from `firstKnown` to the horizon. Deadlines are
    /// counted for every event that is published, so that a day's kind has to
    /// be one look-up.
    private let kinds: [DayKind]
    private let firstKnown: CivilDate
    let memo = DeadlineMemo()

    /// Precondition: at least one year; no day is in two holidays or both a
    /// rest day and a make-up working day; all lie before the horizon, as the
    /// loader checks.
    init(version: String, years: ClosedRange<Int>, holidays: [Holiday], makeUpDays: [CivilDate]) {
        self.version = version
        let beginning = CivilDate(year: years.lowerBound, month: 1, day: 1)!
        let horizon = CivilDate(year: years.upperBound, month: 12, day: 31)!
        self.beginning = beginning
        self.horizon = horizon
        self.holidays = holidays.sorted { $0.rest.lowerBound < $1.rest.lowerBound }
        self.makeUpDays = makeUpDays.sorted()
        // The notice of a year may reach back into the December before.
        let first = min(
            beginning, self.holidays.first?.rest.lowerBound ?? beginning, self.makeUpDays.first ?? beginning,
        )
        var kinds = (first.dayNumber...horizon.dayNumber).map { Self.weekdayKind(CivilDate(dayNumber: $0)) }
        for holiday in holidays {
            for number in holiday.rest.lowerBound.dayNumber...holiday.rest.upperBound.dayNumber {
                let isFestival = holiday.isFestival(CivilDate(dayNumber: number))
                kinds[number - first.dayNumber] = isFestival ? .festival : .joinedRestDay
            }
        }
        for day in makeUpDays { kinds[day.dayNumber - first.dayNumber] = .workingDay }
        self.kinds = kinds
        firstKnown = first
    }

    /// What kind of day it is. Outside the published years only Saturday and
    /// Sunday are known.
    package func dayKind(_ day: CivilDate) -> DayKind {
        guard day >= firstKnown, day <= horizon else { return Self.weekdayKind(day) }
        return kinds[day.dayNumber - firstKnown.dayNumber]
    }

    /// Whether the offices work on a day.
    package func isWorkingDay(_ day: CivilDate) -> Bool {
        dayKind(day).isWorking
    }

    /// Whether a day is worked in exchange for another (调休上班).
    package func isMakeUpDay(_ day: CivilDate) -> Bool {
        isWorkingDay(day) && !Self.weekdayKind(day).isWorking
    }

    /// The holidays with a rest day in a span, earliest first.
    func holidays(in span: ClosedRange<CivilDate>) -> ArraySlice<Holiday> {
        let start = Self.firstIndex(holidays) { $0.rest.upperBound >= span.lowerBound }
        let end = Self.firstIndex(holidays) { $0.rest.lowerBound > span.upperBound }
        return start < end ? holidays[start..<end] : []
    }

    /// The make-up working days in a span, earliest first.
    func makeUpDays(in span: ClosedRange<CivilDate>) -> ArraySlice<CivilDate> {
        let start = Self.firstIndex(makeUpDays) { $0 >= span.lowerBound }
        let end = Self.firstIndex(makeUpDays) { $0 > span.upperBound }
        return start < end ? makeUpDays[start..<end] : []
    }

    private static func weekdayKind(_ day: CivilDate) -> DayKind {
        day.weekday >= 6 ? .weekend : .workingDay
    }

    /// The first place whose element satisfies a condition that all later ones
    /// satisfy too; the end where none does.
    private static func firstIndex<Element>(_ elements: [Element], where holds: (Element) -> Bool) -> Int {
        var (low, high) = (0, elements.count)
        while low < high {
            let middle = (low + high) / 2
            if holds(elements[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
