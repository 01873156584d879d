import Hub
import Synchronization

/// Counts and times for Prometheus. What there is stands in ``MetricCatalogue``.
package final class HubMetrics: Sendable {
    private struct Endpoint {
        var statuses: [Int: Int] = [:]
        var durations = Histogram(bounds: HubMetrics.bounds)
    }

    private struct State {
        var endpoints: [String: Endpoint] = [:]
        var counters: [String: Int] = [:]
        var refusals: [String: Int] = [:]
        var openStreams = 0
    }

    /// Upper bounds of the buckets, in seconds.
    private static let bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

    private let state = Mutex(State())
    private let sources = Mutex<[@Sendable (inout MetricSamples) -> Void]>([])

    package init() {}

    /// Counts an answer.
    package func answered(endpoint: String, status: Int, after duration: Duration) {
        let seconds = duration.inSeconds
        state.withLock { state in
            state.endpoints[endpoint, default: Endpoint()].statuses[status, default: 0] += 1
            state.endpoints[endpoint]?.durations.add(seconds)
        }
    }

    /// Counts refusals by the codes of their answers.
    package func refused(_ codes: [String]) {
        guard !codes.isEmpty else { return }
        state.withLock { state in
            for code in codes { state.refusals[code, default: 0] += 1 }
        }
    }

    /// Adds to a counter without labels; the name ends in `_total`.
    package func add(_ name: String, _ amount: Int = 1) {
        state.withLock { $0.counters[name, default: 0] += amount }
    }

    /// A stream has begun; ``streamEnded()`` must follow.
    package func streamOpened() {
        state.withLock {
            $0.openStreams += 1
            $0.counters["hub_feed_streams_opened_total", default: 0] += 1
        }
    }

    package func streamEnded() {
        state.withLock { $0.openStreams -= 1 }
    }

    /// How many streams are open now.
    package var openStreams: Int { state.withLock { $0.openStreams } }

    /// Registers what adds values when asked for.
    package func source(_ add: @escaping @Sendable (inout MetricSamples) -> Void) {
        sources.withLock { $0.append(add) }
    }

    /// All of it, in Prometheus' text format.
    package func rendered() -> String {
        let state = state.withLock { $0 }
        var samples = MetricSamples()
        for (endpoint, figures) in state.endpoints {
            for (status, count) in figures.statuses {
                samples.add("hub_http_requests_total", [endpoint, String(status)], count)
            }
            samples.add("hub_http_request_duration_seconds", [endpoint], figures.durations)
        }
        for (code, count) in state.refusals { samples.add("hub_refusals_total", [code], count) }
        // Those that nobody has added to stand at 0, so that their first step shows.
        for metric in MetricCatalogue.counted { samples.add(metric.name, state.counters[metric.name] ?? 0) }
        for add in sources.withLock({ $0 }) { add(&samples) }
        return samples.text
    }
}
