import CloudEvents

/// What the design asks of a scenario; every figure that is set must be met.
struct Goal {
    /// At least so many a second.
    var rate: Double?
    /// Hoped for, and no part of the judgement.
    var aim: Double?
    /// At least this share of the floor's rate.
    var shareOfFloor: Double?
    /// At least this share of the rate it is compared with.
    var ratio: Double?
    /// At most so many milliseconds.
    var p50: Double?
    var p99: Double?

    /// Whether a measurement meets it; nil while a figure is missing.
    func isMet(by line: Measurement) -> Bool? {
        let checks: [(wanted: Double?, found: Double?, least: Bool)] = [
            (rate, line.rate, true), (shareOfFloor, line.shareOfFloor, true), (ratio, line.ratio, true),
            (p50, line.p50, false), (p99, line.p99, false),
        ]
        var met = true
        for check in checks {
            guard let wanted = check.wanted else { continue }
            guard let found = check.found else { return nil }
            if check.least ? found < wanted : found > wanted { met = false }
        }
        return met
    }

    /// The goal in words.
    var text: String {
        var parts: [String] = []
        if let rate { parts.append("≥ \(Figures.whole(rate))/s" + (aim.map { ", aim \(Figures.whole($0))" } ?? "")) }
        if let shareOfFloor { parts.append("≥ \(Figures.short(shareOfFloor)) of the floor") }
        if let ratio { parts.append("≥ \(Figures.short(ratio))") }
        if let p50 { parts.append("p50 ≤ \(Figures.short(p50)) ms") }
        if let p99 { parts.append("p99 ≤ \(Figures.short(p99)) ms") }
        return parts.joined(separator: ", ")
    }
}

/// Numbers as people read them.
enum Figures {
    static func whole(_ value: Double) -> String { value.isFinite ? String(Int(value.rounded())) : "" }

    /// Two digits after the point, without a useless zero.
    static func short(_ value: Double) -> String {
        let text = String((value * 100).rounded() / 100)
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    static func json(_ value: Double?) -> JSONValue {
        guard let value, value.isFinite else { return .null }
        return .number((value * 1000).rounded() / 1000)
    }
}
