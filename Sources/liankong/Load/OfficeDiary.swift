import ChineseIdentifiers

/// What the officers of a county will do, by the hour of the simulation: who is
/// on time, who is late, and who never looks.
struct OfficeDiary: Sendable {
    /// What an officer does to a duty.
    enum Act: Sendable, Hashable {
        case sign
        case settle
    }

    /// One thing to do.
    struct Entry: Sendable {
        var duty: String
        var officer: String
        var act: Act
    }

    private let firstDay: CivilDate
    private let calendar: LoadCalendar
    private var random: SeededRandom
    private var entries: [Int: [Entry]] = [:]

    init(firstDay: CivilDate, calendar: LoadCalendar, random: SeededRandom) {
        self.firstDay = firstDay
        self.calendar = calendar
        self.random = random
    }

    /// What is to be done in an hour; it is forgotten then.
    mutating func take(_ hour: Int) -> [Entry] {
        entries.removeValue(forKey: hour) ?? []
    }

    /// A duty that was dispatched in an hour is signed at some time, or never.
    mutating func receive(_ duty: String, officer: String, in hour: Int) {
        let chance = Double.random(in: 0..<1, using: &random)
        let wait: Int
        switch chance {
        case ..<LoadShape.signedSameDay:
            wait = Int.random(in: 0...5, using: &random)
        case ..<(LoadShape.signedSameDay + LoadShape.signedNextDay):
            wait = Int.random(in: 6...12, using: &random)
        case ..<(LoadShape.signedSameDay + LoadShape.signedNextDay + LoadShape.signedLate):
            wait = Int.random(in: 16...40, using: &random)
        default: return
        }
        enter(Entry(duty: duty, officer: officer, act: .sign), after: hour, officeHours: wait)
    }

    /// A duty that was signed in an hour is settled within a week, or stays.
    mutating func sign(_ duty: String, officer: String, in hour: Int) {
        guard random.happens(LoadShape.settled) else { return }
        enter(
            Entry(duty: duty, officer: officer, act: .settle), after: hour,
            officeHours: Int.random(in: 4...40, using: &random))
    }

    private mutating func enter(_ entry: Entry, after hour: Int, officeHours: Int) {
        var hour = hour
        var left = officeHours
        repeat {
            hour += 1
            if isOfficeHour(hour) { left -= 1 }
        } while left >= 0
        entries[hour, default: []].append(entry)
    }

    private func isOfficeHour(_ hour: Int) -> Bool {
        LoadShape.officeHours.contains(hour % 24) && calendar.isWorkingDay(firstDay.adding(days: hour / 24))
    }
}
