/// A length of time as a rule writes it: `3wd`, `7nd`, `24h`, `5sd`.
package struct Period: Sendable, Hashable {
    /// What is counted.
    package enum Unit: String, Sendable, Hashable, CaseIterable {
        /// 工作日: days on which the offices work.
        case workingDay = "wd"
        /// 自然日: every day; an end on a rest day rolls forward.
        case naturalDay = "nd"
        /// 上课日: days on which the school is in session.
        case schoolDay = "sd"
        /// 小时: real time, nights and rest days included.
        case hour = "h"
    }

    /// From 1 to ``limit``.
    package let count: Int
    package let unit: Unit

    /// The longest period, in its own unit.
    package static let limit = 999

    /// Precondition: `count` is from 1 to ``limit``.
    package init(_ count: Int, _ unit: Unit) {
        precondition((1...Self.limit).contains(count), "a period counts from 1 to \(Self.limit)")
        self.count = count
        self.unit = unit
    }

    /// Reads `3wd`, `7nd`, `24h` or `5sd`; nil for any other text, for zero and
    /// for a number that begins with zero.
    package static func parse(_ text: some StringProtocol) -> Period? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let first = digits.first, first != "0", digits.count <= 3, let count = Int(digits),
            let unit = Unit(rawValue: String(text.dropFirst(digits.count)))
        else { return nil }
        return Period(count, unit)
    }

    /// As a rule writes it. Never shown on a screen.
    package var text: String { "\(count)\(unit.rawValue)" }

    /// As a person says it, in Chinese: 3个工作日.
    package var zh: String {
        switch unit {
        case .workingDay: "\(count)个工作日"
        case .naturalDay: "\(count)个自然日"
        case .schoolDay: "\(count)个上课日"
        case .hour: "\(count)小时"
        }
    }

    /// As a person says it, in English: 3 working days.
    package var en: String {
        let noun =
            switch unit {
            case .workingDay: "working day"
            case .naturalDay: "natural day"
            case .schoolDay: "school day"
            case .hour: "hour"
            }
        return "\(count) \(noun)\(count == 1 ? "" : "s")"
    }
}
