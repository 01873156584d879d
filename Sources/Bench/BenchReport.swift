import CloudEvents

/// All scenarios, with what they were measured on.
struct BenchReport {
    var facts: [(name: String, value: String)]
    var measurements: [Measurement] = []

    var jsonValue: JSONValue {
        var machine = JSONObject()
        for fact in facts { machine[fact.name] = .string(fact.value) }
        return ["machine": .object(machine), "results": .array(measurements.map(\.jsonValue))]
    }

    /// The report as tables.
    var text: String {
        var lines = facts.map { Self.pad($0.name, 12) + $0.value }
        lines.append("")
        lines += rates
        let costs = measurements.filter { $0.cost != nil || $0.floor != nil }
        if !costs.isEmpty { lines += ["", "for each of what is counted"] + Self.costs(costs) }
        for line in measurements where !line.parts.isEmpty {
            lines += ["", "parts of \(line.name): p50 ms, p99 ms"]
            lines += line.parts.map {
                Self.row([$0.name, Figures.short($0.p50), Figures.short($0.p99)], [44, 10, 10])
            }
        }
        return lines.joined(separator: "\n")
    }

    private static let rateWidths = [28, 12, 10, 10, 11, 7, 7, 42, 8]

    private var rates: [String] {
        [
            Self.row(
                ["scenario", "per second", "p50 ms", "p99 ms", "plain SQL", "share", "ratio", "goal", ""],
                Self.rateWidths) + "what"
        ]
            + measurements.map { line in
                Self.row(
                    [
                        line.name, line.rate.map(Figures.whole) ?? "", line.p50.map(Figures.short) ?? "",
                        line.p99.map(Figures.short) ?? "", line.floor.map { Figures.whole($0.rate) } ?? "",
                        line.shareOfFloor.map(Figures.short) ?? "", line.ratio.map(Figures.short) ?? "",
                        line.goal?.text ?? "", line.isMet.map { $0 ? "met" : "missed" } ?? "",
                    ], Self.rateWidths) + (line.failure.map { "FAILED: \($0)" } ?? line.what)
            }
    }

    private static let costWidths = [28, 11, 10, 12, 12, 12, 12, 8, 12]

    private static func costs(_ lines: [Measurement]) -> [String] {
        let names = [
            "scenario", "commits", "WAL bytes", "backends µs", "server µs", "hub µs", "load µs", "HOT", "dead duties",
        ]
        var rows = [row(names, costWidths)]
        for line in lines {
            if let cost = line.cost {
                rows.append(
                    row(
                        [line.name] + figures(cost) + [
                            line.updatedDuties?.hotShare.map(Figures.short) ?? "",
                            line.duties.map { String($0.after.deadTuples) } ?? "",
                        ], costWidths))
            }
            if let floor = line.floor { rows.append(row(["  plain SQL"] + figures(floor.cost), costWidths)) }
        }
        return rows
    }

    private static func figures(_ cost: Accounting.Cost) -> [String] {
        [String((cost.commits * 10_000).rounded() / 10_000)]
            + [cost.walBytes, cost.backend, cost.server, cost.hub, cost.load].map { value in
                value < 100 ? Figures.short(value) : Figures.whole(value)
            }
    }

    private static func row(_ cells: [String], _ widths: [Int]) -> String {
        zip(cells, widths).map { pad($0, $1) }.joined()
    }

    private static func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }
}
