package import Hub

/// The values of metrics at one moment, on their way to a text.
package struct MetricSamples: Sendable {
    private enum Value: Sendable {
        case number(Double)
        case histogram(Histogram)
    }

    private var values: [String: [(labels: [String], value: Value)]] = [:]

    package init() {}

    /// Takes a value.
    ///
    /// - Parameters:
    ///   - name: of a metric that the catalogue lists.
    ///   - labels: the values of its labels, in the catalogue's order.
    package mutating func add(_ name: String, _ labels: [String], _ value: Double) {
        append(name, labels, .number(value))
    }

    /// Takes a whole number.
    package mutating func add(_ name: String, _ labels: [String], _ value: some BinaryInteger) {
        append(name, labels, .number(Double(value)))
    }

    /// Takes a histogram.
    package mutating func add(_ name: String, _ labels: [String], _ histogram: Histogram) {
        append(name, labels, .histogram(histogram))
    }

    /// Takes the value of a metric without labels.
    package mutating func add(_ name: String, _ value: Double) { add(name, [], value) }

    /// Takes the whole number of a metric without labels.
    package mutating func add(_ name: String, _ value: some BinaryInteger) { add(name, [], value) }

    private mutating func append(_ name: String, _ labels: [String], _ value: Value) {
        let metric = MetricCatalogue.metric(name)
        assert(metric?.labels.count == labels.count, "\(name) is not in the catalogue with these labels")
        values[name, default: []].append((labels, value))
    }

    // MARK: - Text

    /// In Prometheus' text format, in the catalogue's order.
    /// https://prometheus.io/docs/instrumenting/exposition_formats/
    package var text: String {
        var lines: [String] = []
        for metric in MetricCatalogue.all {
            guard let samples = values[metric.name] else { continue }
            lines.append("# HELP \(metric.name) \(metric.help)")
            lines.append("# TYPE \(metric.name) \(metric.kind.rawValue)")
            for sample in samples.sorted(by: { $0.labels.lexicographicallyPrecedes($1.labels) }) {
                let labels = zip(metric.labels, sample.labels).map { "\($0)=\"\(Self.escaped($1))\"" }
                switch sample.value {
                case .number(let number):
                    lines.append("\(metric.name)\(Self.braced(labels)) \(Self.text(number))")
                case .histogram(let histogram):
                    lines += Self.lines(histogram, metric.name, labels)
                }
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func lines(_ histogram: Histogram, _ name: String, _ labels: [String]) -> [String] {
        var lines: [String] = []
        var cumulative = 0
        for (bound, count) in zip(histogram.bounds, histogram.buckets) {
            cumulative += count
            lines.append("\(name)_bucket\(braced(labels + ["le=\"\(text(bound))\""])) \(cumulative)")
        }
        lines.append("\(name)_bucket\(braced(labels + ["le=\"+Inf\""])) \(histogram.count)")
        lines.append("\(name)_sum\(braced(labels)) \(text(histogram.sum))")
        lines.append("\(name)_count\(braced(labels)) \(histogram.count)")
        return lines
    }

    private static func braced(_ labels: [String]) -> String {
        labels.isEmpty ? "" : "{\(labels.joined(separator: ","))}"
    }

    private static func text(_ number: Double) -> String {
        number == number.rounded() && abs(number) < 1e15 ? String(Int64(number)) : String(number)
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}
