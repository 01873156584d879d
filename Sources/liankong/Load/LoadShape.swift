import ChineseIdentifiers
import Coordination

/// What a prefecture reports in a day, and when.
///
/// The figures are assumptions, chosen so that they can be argued with. A
/// prefecture of the plan's kind has nine counties, each with some 50,000 pupils
/// in compulsory education. On a school day 1.2 % of them are absent, and the
/// school records it: 600 of a county's 700 events. The rest are suspected
/// dropouts (14), needs and referrals (49), minors in internet cafés (24) and
/// child labour (11): 6,300 events a day for the prefecture.
enum LoadShape {
    /// Events on an ordinary working day, of all counties together.
    static let eventsPerDay = 6_300

    /// One kind of report.
    struct Stream: Sendable {
        /// Short, for the events' ids.
        var name: String
        var type: String
        /// The units that report it, by their ids or what these begin with.
        var publishers: [String]
        /// Its part of a working day's events.
        var share: Double
        /// The parts of a day's events by the hour.
        var hours: [Int: Double]
        /// How much of a working day's number comes on a day of rest.
        var restDays: Double

        func isReported(by unit: String) -> Bool {
            publishers.contains { unit == $0 || $0.hasSuffix(":") && unit.hasPrefix($0) }
        }
    }

    private static let office = [9: 0.2, 10: 0.25, 11: 0.15, 14: 0.1, 15: 0.15, 16: 0.1, 17: 0.05]

    static let streams = [
        // Registers are read out in the morning, and again after noon.
        Stream(
            name: "absence", type: "attendance.absence.recorded", publishers: ["school:"], share: 0.86,
            hours: [7: 0.1, 8: 0.5, 9: 0.15, 14: 0.2, 15: 0.05], restDays: 0),
        Stream(
            name: "dropout", type: "attendance.dropout.suspected", publishers: ["school:"], share: 0.02,
            hours: [10: 0.2, 16: 0.4, 17: 0.4], restDays: 0),
        Stream(
            name: "need", type: "assistance.need.identified", publishers: ["school:"], share: 0.03,
            hours: [10: 0.3, 11: 0.2, 15: 0.3, 16: 0.2], restDays: 0),
        Stream(
            name: "referral", type: "assistance.referral.requested", publishers: ["town:"], share: 0.04, hours: office,
            restDays: 0.05),
        // Patrols go when minors are out of school.
        Stream(
            name: "cafe", type: "culture.minor-admission.reported", publishers: ["psb"], share: 0.035,
            hours: [15: 0.05, 19: 0.2, 20: 0.3, 21: 0.3, 22: 0.15], restDays: 2),
        Stream(
            name: "labour", type: "labour.child-labour.reported", publishers: ["jm-office", "market-reg", "psb"],
            share: 0.015, hours: office, restDays: 0.3),
    ]

    /// Of a county. Who is absent today is often absent tomorrow, and what is
    /// reported twice joins the case it opened.
    static let pupils = 50_000
    static let venues = 400
    static let employers = 2_000

    /// When officers work.
    static let officeHours = 9..<17

    /// When what was dispatched is signed, in parts of all duties; the rest is
    /// never signed, and the ladders climb.
    static let signedSameDay = 0.75
    static let signedNextDay = 0.15
    static let signedLate = 0.07
    /// How many of those signed are settled, within a week.
    static let settled = 0.7
}

/// Which days are worked: by a calendar, or Monday to Friday.
struct LoadCalendar: Sendable {
    var calendar: WorkCalendar?

    func isWorkingDay(_ day: CivilDate) -> Bool {
        calendar?.isWorkingDay(day) ?? (day.weekday < 6)
    }
}
