extension WorkCalendar {
    /// Reads the calendar of a county. All faults come back at once, with file
    /// and line, so that whoever copies a year's notice mends everything in one
    /// round.
    ///
    /// ```yaml
    /// calendar:
    ///   version: "2026-1"
    /// years:
    ///   2020:
    ///     notices: [国办发明电〔2019〕16号]
    ///     holidays:
    ///       - zh: 国庆节、中秋节
    ///         en: National Day and Mid-Autumn Festival
    ///         rest: 2020-10-01..2020-10-08
    ///         festival: 2020-10-01..2020-10-04
    ///         makeUp: [2020-09-27, 2020-10-10]
    /// ```
    ///
    /// `rest` is every day off of the paragraph, `festival` the days that the
    /// regulation on festivals names, `makeUp` the weekend days worked in
    /// exchange. Years follow each other without a gap; a year's notice may
    /// reach back into the December before.
    package static func load(files: [(name: String, text: String)]) -> Result<WorkCalendar, ConfigurationFaults> {
        var loader = WorkCalendarLoader()
        var found: [String: [ConfigurationNode]] = [:]
        for file in files {
            guard let root = loader.reader.root(file: file.name, text: file.text) else { continue }
            let record = loader.reader.record(root, keys: WorkCalendarLoader.sections)
            for (section, node) in record.values { found[section, default: []].append(node) }
        }
        // What is missing may stand in a file that could not be read.
        if loader.reader.faults.isEmpty {
            loader.checkSections(Set(found.keys), in: files.first?.name ?? "calendar.yaml")
        }
        loader.readHead(found["calendar", default: []])
        for node in found["years", default: []] { loader.readYears(node) }
        loader.checkYears()
        loader.checkDays()
        guard loader.reader.faults.isEmpty, let calendar = loader.calendar else {
            return .failure(ConfigurationFaults(loader.reader.sortedFaults))
        }
        return .success(calendar)
    }
}
