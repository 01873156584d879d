import CloudEvents

/// What became of the cases, by area and outcome.
struct Tally {
    private var counts: [FuzzArea: [String: Int]] = [:]
    private(set) var cases = 0

    mutating func count(_ area: FuzzArea, _ outcome: String) {
        counts[area, default: [:]][outcome, default: 0] += 1
        cases += 1
    }

    func cases(of area: FuzzArea) -> Int { counts[area]?.values.reduce(0, +) ?? 0 }

    /// A line for each outcome, the most frequent first.
    var lines: [String] {
        var lines: [String] = []
        for area in FuzzArea.allCases {
            guard let outcomes = counts[area] else { continue }
            lines.append("\(area.rawValue): \(cases(of: area)) cases")
            for (outcome, count) in Self.sorted(outcomes) {
                let number = String(count)
                lines.append("  " + String(repeating: " ", count: max(0, 9 - number.count)) + number + "  " + outcome)
            }
        }
        return lines
    }

    var json: JSONValue {
        var object = JSONObject()
        for area in FuzzArea.allCases {
            guard let outcomes = counts[area] else { continue }
            var members = JSONObject()
            for (outcome, count) in Self.sorted(outcomes) { members[outcome] = .integer(Int64(count)) }
            object[area.rawValue] = .object(members)
        }
        return .object(object)
    }

    private static func sorted(_ outcomes: [String: Int]) -> [(String, Int)] {
        outcomes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) }
    }
}
