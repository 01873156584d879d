import Coordination
import Testing

struct WorkCalendarLoadTests {
    private static let head = "calendar: {version: t}\n"

    private func allFaults(_ files: [(name: String, text: String)]) -> [ConfigurationFault] {
        switch WorkCalendar.load(files: files) {
        case .success: []
        case .failure(let faults): faults.faults
        }
    }

    private func faults(_ text: String) -> [String] {
        allFaults([("calendar.yaml", text)]).map { "\($0.line) \($0.code)" }
    }

    /// Years of one holiday each, which begins on line 5.
    private func year(_ entries: String..., year: String = "2020", notices: String = "[国办发明电]") -> String {
        let holidays = entries.map { "      - {zh: 节, en: Day, \($0)}\n" }.joined()
        return Self.head + "years:\n  \(year):\n    notices: \(notices)\n    holidays:\n" + holidays
    }

    @Test func aGoodFileLoads() throws {
        let text = year(
            "rest: 2020-10-01..2020-10-08, festival: [2020-10-01..2020-10-03, 2020-10-06], makeUp: 2020-10-10..2020-10-11",
            "rest: 2019-12-31..2020-01-01, makeUp: [2020-09-27]",
        )
        let calendar = try WorkCalendar.load(files: [("calendar.yaml", text)]).get()
        #expect(calendar.version == "t")
        #expect(calendar.holidays.map(\.zh) == ["节", "节"])
        #expect(calendar.makeUpDays == ["2020-09-27", "2020-10-10", "2020-10-11"].map { CalendarFixture.day($0) })
        #expect(calendar.dayKind(CalendarFixture.day("2020-10-06")) == .festival)
        #expect(calendar.dayKind(CalendarFixture.day("2020-10-05")) == .joinedRestDay)
        #expect(calendar.dayKind(CalendarFixture.day("2020-10-11")) == .workingDay)
        #expect(calendar.dayKind(CalendarFixture.day("2019-12-31")) == .joinedRestDay)
    }

    @Test func yearsMayStandInSeveralFiles() throws {
        let first = year("rest: 2020-10-01", year: "2020")
        let second = "years:\n  2021:\n    notices: [x]\n    holidays:\n      - {zh: 节, en: Day, rest: 2021-10-01}\n"
        let calendar = try WorkCalendar.load(files: [("calendar.yaml", first), ("calendar-2021.yaml", second)]).get()
        #expect(calendar.horizon == CalendarFixture.day("2021-12-31"))
    }

    @Test(arguments: [
        ("rest: 2020-13-01", "6 bad-date"), ("rest: 1 October", "6 bad-date"),
        ("rest: 2020-10-01-2020-10-08", "6 bad-date"),
        ("rest: 2020-10-01..2020-10-32", "6 bad-date"), ("rest: 2020-10-01 .. 2020-10-08", "6 bad-date"),
        ("rest: 2020-10-08..2020-10-01", "6 range-reversed"), ("rest: 2021-10-01", "6 not-in-year"),
        ("rest: 2019-11-30..2020-01-01", "6 not-in-year"), ("rest: 2020-12-31..2021-01-02", "6 not-in-year"),
        ("festival: 2020-10-01", "6 missing-key"),
        ("rest: 2020-10-02..2020-10-08, festival: 2020-10-01", "6 festival-not-rest"),
        ("rest: 2020-10-01, festival: 2020-10-01..2020-10-02", "6 festival-not-rest"),
        ("rest: 2020-10-01, festival: soon", "6 bad-date"),
        ("rest: 2020-10-01, makeUp: 2020-10-09", "6 make-up-not-weekend"),
        ("rest: 2020-10-01..2020-10-08, makeUp: 2020-10-03", "6 make-up-is-rest"),
        ("rest: 2020-10-01, makeUp: [2020-10-10, 2020-10-10]", "6 duplicate-day"),
        ("rest: 2020-10-01, makeUp: {a: b}", "6 bad-date"), ("rest: 2020-10-01, off: x", "6 unknown-key"),
    ])
    func aFaultIsNamedWithItsLine(_ holiday: String, _ fault: String) {
        #expect(faults(year(holiday)) == [fault])
    }

    @Test func overlappingHolidaysNameTheOtherLine() throws {
        let text = year("rest: 2020-10-01..2020-10-08", "rest: 2020-10-08..2020-10-09")
        #expect(faults(text) == ["7 days-overlap"])
        let fault = try #require(allFaults([("calendar.yaml", text)]).first)
        #expect(fault.message.contains("line 6") && fault.messageZh.contains("第6行"))
    }

    @Test(arguments: [
        ("years: {}\n", ["0 missing-key", "1 no-years"]),
        ("calendar: {version: t}\n", ["0 missing-key"]),
        ("calendar: {}\nyears: {}\n", ["1 missing-key", "2 no-years"]),
        ("calendar: {version: t}\nyears:\n  next: {}\n", ["3 bad-year"]),
        ("calendar: {version: t}\nyears:\n  2020: {}\n", ["3 no-notice", "3 no-holidays"]),
        (
            "calendar: {version: t}\nyears:\n  2020:\n    notices: []\n    holidays: [{zh: a, en: b, rest: 2020-01-01}]\n",
            ["4 no-notice"]
        ),
        ("calendar: {version: t}\nyears:\n  - 2020\n", ["3 not-a-mapping"]),
        ("calendar: {version: t}\nmonths: {}\n", ["2 unknown-key"]), ("calendar: [", ["2 bad-yaml"]),
        ("", ["0 empty-file"]),
    ])
    func theShapeIsChecked(_ text: String, _ expected: [String]) {
        #expect(faults(text) == expected)
    }

    @Test func theHeadStandsOnce() {
        let first = year("rest: 2020-10-01")
        let found = allFaults([("a.yaml", first), ("b.yaml", Self.head)])
        #expect(found.map { "\($0.file) \($0.code)" } == ["b.yaml duplicate-key"])
    }

    @Test func aGapBetweenYearsIsAFault() {
        let text =
            Self.head
                + """
                years:
                  2019:
                    notices: [x]
                    holidays: [{zh: a, en: b, rest: 2019-01-01}]
                  2022:
                    notices: [x]
                    holidays: [{zh: a, en: b, rest: 2022-01-01}]
                """
        #expect(faults(text) == ["6 missing-year", "6 missing-year"])
    }

    @Test func allFaultsComeAtOnceInTheOrderOfLines() {
        let text = year(
            "rest: 2020-10-01, makeUp: 2020-10-09", "rest: never", "zh2: x, rest: 2020-05-01, festival: 2020-05-02",
        )
        #expect(faults(text) == ["6 make-up-not-weekend", "7 bad-date", "8 unknown-key", "8 festival-not-rest"])
        for fault in allFaults([("calendar.yaml", text)]) {
            #expect(fault.file == "calendar.yaml" && !fault.message.isEmpty && !fault.messageZh.isEmpty)
        }
    }
}
