/// What a day is for people at work. The kinds of rest are never merged: minors
/// may be let into an arcade on a festival day and not on the days joined to it.
package enum DayKind: String, Sendable, Hashable, CaseIterable {
    /// 节日当日, by the State Council's regulation on festivals.
    case festival
    /// 调休连休日: a day that a year's notice joins to a festival, and the day
    /// given in lieu of a festival that falls on a weekend.
    case joinedRestDay = "joined-rest-day"
    /// An ordinary Saturday or Sunday.
    case weekend
    /// 工作日, make-up working days among them.
    case workingDay = "working-day"

    /// Whether the offices work.
    package var isWorking: Bool { self == .workingDay }

    /// The words on a screen, in Chinese.
    package var zh: String {
        switch self {
        case .festival: "节日当日"
        case .joinedRestDay: "调休连休日"
        case .weekend: "周末"
        case .workingDay: "工作日"
        }
    }

    /// The words on a screen, in English.
    package var en: String {
        switch self {
        case .festival: "festival day"
        case .joinedRestDay: "joined rest day"
        case .weekend: "weekend"
        case .workingDay: "working day"
        }
    }
}
