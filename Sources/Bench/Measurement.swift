import CloudEvents

/// One line of the report.
struct Measurement {
    /// The scenario's name, as the goals have it.
    var name: String
    /// What it is, in words.
    var what: String
    /// What is counted a second: requests, events or signatures.
    var unit: String
    var rate: Double?
    /// Milliseconds.
    var p50: Double?
    var p99: Double?
    /// The goal of the design.
    var goal: String?
    /// The same facts written by plain SQL, in the same run.
    var floor: Double?
    /// Why there is nothing to show.
    var failure: String?

    init(_ name: String, _ what: String, unit: String) {
        self.name = name
        self.what = what
        self.unit = unit
    }

    /// The rate as a share of the floor's.
    var shareOfFloor: Double? {
        guard let rate, let floor, floor > 0 else { return nil }
        return rate / floor
    }

    var jsonValue: JSONValue {
        func number(_ value: Double?) -> JSONValue { value.map { .number(($0 * 1000).rounded() / 1000) } ?? .null }
        return [
            "name": .string(name), "what": .string(what), "unit": .string(unit), "perSecond": number(rate),
            "p50ms": number(p50), "p99ms": number(p99), "goal": goal.map { .string($0) } ?? .null,
            "floorPerSecond": number(floor), "shareOfFloor": number(shareOfFloor),
            "failure": failure.map { .string($0) } ?? .null,
        ]
    }
}

/// All lines, with what they were measured on.
struct BenchReport {
    var facts: [(name: String, value: String)]
    var measurements: [Measurement] = []

    var jsonValue: JSONValue {
        var machine = JSONObject()
        for fact in facts { machine[fact.name] = .string(fact.value) }
        return ["machine": .object(machine), "results": .array(measurements.map(\.jsonValue))]
    }

    /// The report as a table.
    var text: String {
        var lines = facts.map { "\(Self.pad($0.name, 22)) \($0.value)" }
        lines.append("")
        lines.append(
            Self.row(["scenario", "per second", "p50 ms", "p99 ms", "plain SQL", "share", "goal"], what: "what"))
        for line in measurements {
            lines.append(
                Self.row(
                    [
                        line.name, Self.text(line.rate, digits: 0), Self.text(line.p50, digits: 2),
                        Self.text(line.p99, digits: 2), Self.text(line.floor, digits: 0),
                        line.shareOfFloor.map { Self.text($0, digits: 2) } ?? "", line.goal ?? "",
                    ],
                    what: line.failure.map { "FAILED: \($0)" } ?? line.what))
        }
        return lines.joined(separator: "\n")
    }

    private static let widths = [22, 12, 9, 9, 11, 7, 26]

    private static func row(_ cells: [String], what: String) -> String {
        zip(cells, widths).map { pad($0, $1) }.joined() + what
    }

    private static func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }

    private static func text(_ value: Double?, digits: Int) -> String {
        guard let value else { return "" }
        let scale = digits == 0 ? 1.0 : 100.0
        let rounded = (value * scale).rounded() / scale
        return digits == 0 ? String(Int(rounded)) : String(rounded)
    }
}
