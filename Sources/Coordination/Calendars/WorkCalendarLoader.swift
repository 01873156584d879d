import ChineseIdentifiers

/// What has been read of a calendar so far, with the places it was read from.
struct WorkCalendarLoader {
    var reader = ConfigurationReader()
    private var version = ""
    private var years: [(year: Int, node: ConfigurationNode)] = []
    private var holidays: [(holiday: Holiday, node: ConfigurationNode)] = []
    private var makeUpDays: [(day: CivilDate, node: ConfigurationNode)] = []

    /// The calendar; nil without years. Precondition: no faults.
    var calendar: WorkCalendar? {
        guard let first = years.map(\.year).min(), let last = years.map(\.year).max() else { return nil }
        return WorkCalendar(
            version: version, years: first...last, holidays: holidays.map(\.holiday),
            makeUpDays: makeUpDays.map(\.day),
        )
    }

    // MARK: Sections

    /// The sections a file may have. `years` may be spread over several files.
    static let sections: Set<String> = ["calendar", "years"]

    mutating func checkSections(_ found: Set<String>, in file: String) {
        for section in Self.sections.subtracting(found).sorted() {
            reader.fault(
                file: file, line: 0, "missing-key", "no file has the section '\(section)'",
                "各文件中都没有“\(section)”一节",
            )
        }
    }

    mutating func readHead(_ nodes: [ConfigurationNode]) {
        guard let node = nodes.first else { return }
        for other in nodes.dropFirst() {
            reader.fault(
                other, "duplicate-key", "'calendar' stands in more than one file", "“calendar”出现在多个文件中",
            )
        }
        let record = reader.record(node, keys: ["version"])
        version = reader.text(record, "version", required: true) ?? ""
    }

    mutating func readYears(_ node: ConfigurationNode) {
        let entries = reader.entries(node)
        if entries.isEmpty && node.entries != nil {
            reader.fault(node, "no-years", "no year is listed here", "此处没有列出年份")
        }
        for (key, value) in entries {
            guard let text = key.text, text.isDigits(count: 4), let year = Int(text), year > 0 else {
                reader.fault(key, "bad-year", "a year like 2020 is expected here", "此处应为2020这样的年份")
                continue
            }
            if years.contains(where: { $0.year == year }) {
                reader.fault(key, "duplicate-id", "\(year) stands here a second time", "\(year)年在此处重复")
                continue
            }
            years.append((year, key))
            readYear(value, year)
        }
    }

    private mutating func readYear(_ node: ConfigurationNode, _ year: Int) {
        let record = reader.record(node, keys: ["notices", "holidays"])
        // A year that is only expected must not look like a published one.
        if reader.texts(record, "notices").isEmpty {
            reader.fault(
                node, "no-notice",
                "name the State Council's notice for \(year) under 'notices'; leave out a year without one",
                "请在notices中写明国务院\(year)年放假通知；尚未公布的年份不要列出",
            )
        }
        if record["holidays"]?.elements?.isEmpty ?? true {
            reader.fault(node, "no-holidays", "\(year) has no holidays", "\(year)年没有放假安排")
        }
        for element in reader.elements(record["holidays"]) { readHoliday(element, year) }
    }

    private mutating func readHoliday(_ node: ConfigurationNode, _ year: Int) {
        let record = reader.record(node, keys: ["zh", "en", "rest", "festival", "makeUp"])
        let zh = reader.text(record, "zh", required: true)
        let en = reader.text(record, "en", required: true)
        if record["rest"] == nil { reader.missing(node, "rest") }
        let rest = record["rest"].flatMap { days($0, year) }
        let festival = list(record["festival"]).compactMap { node in days(node, year).map { (days: $0, node: node) } }
        for item in list(record["makeUp"]) {
            guard let days = days(item, year) else { continue }
            for number in days.lowerBound.dayNumber...days.upperBound.dayNumber {
                makeUpDays.append((CivilDate(dayNumber: number), item))
            }
        }
        guard let rest else { return }
        for part in festival
        where !(rest.contains(part.days.lowerBound) && rest.contains(part.days.upperBound)) {
            reader.fault(
                part.node, "festival-not-rest", "a festival day lies outside the days off under 'rest'",
                "节日当日不在rest所列放假日之内",
            )
        }
        holidays.append((Holiday(zh: zh ?? "", en: en ?? "", rest: rest, festival: festival.map(\.days)), node))
    }

    /// The elements of a list, or the one that stands without one.
    private func list(_ node: ConfigurationNode?) -> [ConfigurationNode] {
        node.map { $0.elements ?? [$0] } ?? []
    }

    /// `2020-10-01`, or `2020-10-01..2020-10-08` with both ends.
    private mutating func days(_ node: ConfigurationNode, _ year: Int) -> ClosedRange<CivilDate>? {
        guard let text = node.text, let (first, last) = Self.ends(text) else {
            reader.fault(
                node, "bad-date", "a day like 2020-10-01 or days like 2020-10-01..2020-10-08 are expected here",
                "此处应为2020-10-01这样的日期，或2020-10-01..2020-10-08这样的起止日期",
            )
            return nil
        }
        guard first <= last else {
            reader.fault(node, "range-reversed", "the last day lies before the first", "止日早于起日")
            return nil
        }
        let december = CivilDate(year: year, month: 1, day: 1)!.adding(days: -31)
        guard first >= december, last.year == year || last < CivilDate(year: year, month: 1, day: 1)! else {
            reader.fault(
                node, "not-in-year", "these days lie neither in \(year) nor in the december before",
                "所列日期既不在\(year)年，也不在上一年12月",
            )
            return nil
        }
        return first...last
    }

    private static func ends(_ text: String) -> (CivilDate, CivilDate)? {
        guard text.utf8.count > 10 else { return CivilDate(text).map { ($0, $0) } }
        guard text.utf8.count == 22, let first = CivilDate(text.prefix(10)), let last = CivilDate(text.suffix(10)),
            text.dropFirst(10).hasPrefix("..")
        else { return nil }
        return (first, last)
    }

    // MARK: Checks

    /// Years follow each other: a working day in a gap could not be told from a
    /// holiday.
    mutating func checkYears() {
        guard let first = years.map(\.year).min(), let last = years.map(\.year).max() else { return }
        for year in first...last where !years.contains(where: { $0.year == year }) {
            guard let next = years.filter({ $0.year > year }).min(by: { $0.year < $1.year }) else { continue }
            reader.fault(
                next.node, "missing-year", "\(year) is missing before \(next.year)", "\(next.year)年之前缺少\(year)年")
        }
    }

    /// The sets exclude each other. A later notice that alters an earlier one
    /// takes the day over, and the earlier entry is to be mended.
    mutating func checkDays() {
        var rests: [CivilDate: ConfigurationNode] = [:]
        for (holiday, node) in holidays {
            var other: ConfigurationNode?
            for number in holiday.rest.lowerBound.dayNumber...holiday.rest.upperBound.dayNumber {
                if let taken = rests.updateValue(node, forKey: CivilDate(dayNumber: number)) { other = other ?? taken }
            }
            guard let other else { continue }
            reader.fault(
                node, "days-overlap", "shares a day off with the holiday on line \(other.line)",
                "与第\(other.line)行的假期有重叠",
            )
        }
        var worked: Set<CivilDate> = []
        for (day, node) in makeUpDays {
            if !worked.insert(day).inserted {
                reader.fault(node, "duplicate-day", "\(day) is a make-up day twice", "\(day)两次列为调休上班日")
            }
            if let rest = rests[day] {
                reader.fault(
                    node, "make-up-is-rest", "\(day) is a day off by the holiday on line \(rest.line)",
                    "\(day)在第\(rest.line)行列为放假日，不能同时调休上班",
                )
            }
            if day.weekday < 6 {
                reader.fault(
                    node, "make-up-not-weekend", "\(day) is no saturday or sunday: it is a working day anyway",
                    "\(day)不是周六或周日，本来就是工作日",
                )
            }
        }
    }
}
