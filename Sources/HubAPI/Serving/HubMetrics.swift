import Synchronization

/// Counts and times for Prometheus, in its text format.
package final class HubMetrics: Sendable {
    private struct RequestKey: Hashable {
        var endpoint: String
        var status: Int
    }

    private struct Histogram {
        var buckets = [Int](repeating: 0, count: HubMetrics.bounds.count + 1)
        var sum = 0.0
        var count = 0
    }

    private struct State {
        var requests: [RequestKey: Int] = [:]
        var durations: [String: Histogram] = [:]
        var counters: [String: Int] = [:]
    }

    /// Upper bounds of the buckets, in seconds.
    private static let bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

    private let state = Mutex(State())
    private let gauges = Mutex<[(name: String, help: String, read: @Sendable () -> Double)]>([])

    package init() {}

    /// Counts an answer.
    package func answered(endpoint: String, status: Int, after duration: Duration) {
        let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
        state.withLock { state in
            state.requests[RequestKey(endpoint: endpoint, status: status), default: 0] += 1
            let bucket = Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count
            state.durations[endpoint, default: Histogram()].buckets[bucket] += 1
            state.durations[endpoint]?.sum += seconds
            state.durations[endpoint]?.count += 1
        }
    }

    /// Adds to a counter; the name ends in `_total`.
    package func add(_ name: String, _ amount: Int = 1) {
        state.withLock { $0.counters[name, default: 0] += amount }
    }

    /// Registers a value that is read when asked for.
    package func gauge(_ name: String, help: String, read: @escaping @Sendable () -> Double) {
        gauges.withLock { $0.append((name, help, read)) }
    }

    /// All of it, in Prometheus' text format.
    package func rendered() -> String {
        let (requests, durations, counters) = state.withLock { ($0.requests, $0.durations, $0.counters) }
        var lines: [String] = []
        lines.append("# HELP hub_http_requests_total Answers by endpoint and status.")
        lines.append("# TYPE hub_http_requests_total counter")
        let byName = requests.sorted { ($0.key.endpoint, $0.key.status) < ($1.key.endpoint, $1.key.status) }
        for (key, count) in byName {
            lines.append(
                "hub_http_requests_total{endpoint=\"\(key.endpoint)\",status=\"\(key.status)\"} \(count)")
        }
        lines.append("# HELP hub_http_request_duration_seconds Time from the head of a request to its answer.")
        lines.append("# TYPE hub_http_request_duration_seconds histogram")
        for (endpoint, histogram) in durations.sorted(by: { $0.key < $1.key }) {
            var cumulative = 0
            for (bound, count) in zip(Self.bounds, histogram.buckets) {
                cumulative += count
                lines.append(
                    "hub_http_request_duration_seconds_bucket{endpoint=\"\(endpoint)\",le=\"\(bound)\"} \(cumulative)")
            }
            lines.append(
                "hub_http_request_duration_seconds_bucket{endpoint=\"\(endpoint)\",le=\"+Inf\"} \(histogram.count)")
            lines.append("hub_http_request_duration_seconds_sum{endpoint=\"\(endpoint)\"} \(histogram.sum)")
            lines.append("hub_http_request_duration_seconds_count{endpoint=\"\(endpoint)\"} \(histogram.count)")
        }
        for (name, count) in counters.sorted(by: { $0.key < $1.key }) {
            lines.append("# TYPE \(name) counter")
            lines.append("\(name) \(count)")
        }
        for gauge in gauges.withLock({ $0 }) {
            lines.append("# HELP \(gauge.name) \(gauge.help)")
            lines.append("# TYPE \(gauge.name) gauge")
            lines.append("\(gauge.name) \(gauge.read())")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
