import CloudEvents
import Foundation
import Hub
import HubAPI
import TestSupport
import Testing

/// What `/metrics` tells of a hub at work.
struct MetricsTests {
    private static func metrics(of hub: TestHub) async throws -> MetricLines {
        MetricLines(try await hub.get("/metrics", as: .nobody).text)
    }

    @Test func everyMetricIsTold() async throws {
        try await TestHub.with(configure: {
            $0.hub.maintainEvery = .milliseconds(200)
            $0.hub.sweepEvery = .milliseconds(200)
        }) { hub in
            let receipt = try await hub.report(1)
            let unit = try #require(receipt["recipients"]?.arrayValue?.first { $0["dutyId"]?.stringValue != nil })
            let name = try #require(unit["unit"]?.stringValue)
            try await hub.act(
                "sign", on: try receipt.duty(of: name), by: .unit(name), ["officer": .string("\(name)-01")])
            _ = try await hub.get("/v1/events/7777", as: .unit("jm-office"))
            try await eventually("the database is measured and a sweep has ended") {
                let lines = try await Self.metrics(of: hub)
                return lines.names.contains("hub_due_steps")
                    && lines.value("hub_sweep_last_run_timestamp_seconds", ["county": "mengjin"]) != nil
            }
            let lines = try await Self.metrics(of: hub)
            #expect(lines.names == MetricCatalogue.all.map(\.name), "in the catalogue's order")
            #expect(lines.faults == [])
        }
    }

    @Test func eventsAreCountedByWhatBecameOfThem() async throws {
        try await TestHub.with { hub in
            try await hub.reports(1..<4)
            try await hub.report(4)
            let again = try await hub.publish(
                try Sample.report(id: "report-4", employer: 4), as: .unit("jm-office"))
            #expect(again.status == 200)
            var broken = try Sample.report(id: "broken", employer: 9)
            if case .object(var object) = broken {
                object["type"] = "no.such.type"
                broken = .object(object)
            }
            let batch = try await hub.publish(batch: [broken, broken], as: .unit("jm-office"))
            #expect(batch.json["rejected"]?.integerValue == 2)
            let refused = try await hub.publish(broken, as: .unit("jm-office"))
            #expect(refused.code == "unknown-type")

            let lines = try await Self.metrics(of: hub)
            let events = lines.values("hub_events_total")
            #expect(events.filter { $0.labels["county"] != "mengjin" }.isEmpty)
            #expect(lines.value("hub_events_total", ["county": "mengjin", "result": "duplicate"]) == 1)
            #expect(events.filter { $0.labels["result"] != "duplicate" }.map(\.value).reduce(0, +) == 4)
            #expect(lines.value("hub_refusals_total", ["code": "unknown-type"]) == 3)
            #expect(lines.value("hub_lane_batch_items_sum", ["lane": "admissions"]) == 5)
            let batches = try #require(lines.value("hub_lane_commit_seconds_count", ["lane": "admissions"]))
            #expect((3...5).contains(batches))
            let posts = ["endpoint": "POST /v1/events", "status": "201"]
            #expect(lines.value("hub_http_requests_total", posts) == 1)
        }
    }

    @Test func streamsAreCountedAndLongPollsAreNot() async throws {
        try await TestHub.with { hub in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { _ = try await hub.feed("wait=PT20S&start=latest", as: .unit("hrss")) }
                group.addTask {
                    try await hub.stream("/v1/feed?start=latest", as: .unit("edu-sports")) { _ in true }
                }
                try await eventually("poll and stream wait") { try await hub.metric("hub_readers_waiting") == 2 }
                #expect(try await hub.metric("hub_streams_open") == 1)
                group.cancelAll()
                while let result = await group.nextResult() { _ = result }
            }
            try await eventually("the stream is over") { try await hub.metric("hub_streams_open") == 0 }
            #expect(try await hub.metric("hub_feed_streams_opened_total") == 1)
        }
    }

    @Test func stepsThatAreDueAndStepsThatFiredAreTold() async throws {
        try await TestHub.with(configure: { $0.hub.maintainEvery = .milliseconds(100) }) { hub in
            try await hub.report(1, in: .sandbox)
            try await hub.database.run(
                "UPDATE hub.county SET clock_offset = interval '400 days' WHERE sandbox")
            try await eventually("steps are due") {
                try await Self.metrics(of: hub).value("hub_due_steps", ["county": "mengjin-demo"]) ?? 0 > 0
            }
            let late = try await Self.metrics(of: hub).value("hub_due_step_oldest_seconds", ["county": "mengjin-demo"])
            #expect(late ?? 0 > 86_400)
            let admin = TestHub.Speaker.officer("county-gov-office-02", of: .sandbox)
            try await eventually("the hub's clock follows, and the sweep fires") {
                let swept = try await hub.post("/v1/sweeps", [:], as: admin)
                return (swept.json["stepsFired"]?.integerValue ?? 0) > 0
            }
            let fired = try await Self.metrics(of: hub).values("hub_sweep_steps_total")
            #expect(fired.filter { $0.labels["county"] == "mengjin-demo" }.map(\.value).reduce(0, +) > 0)
            try await eventually("nothing is due any more") {
                try await Self.metrics(of: hub).value("hub_due_steps", ["county": "mengjin-demo"]) == 0
            }
        }
    }

    @Test func consumersThatLagAndDeadDeliveriesAreTold() async throws {
        try await TestHub.with(configure: { $0.hub.maintainEvery = .milliseconds(100) }) { hub in
            let made = try await hub.send(
                "PUT", "/v1/consumers/intake", as: .unit("hrss"), headers: [("Content-Type", "application/json")],
                body: Array(#"{"start": "earliest"}"#.utf8))
            #expect(made.status == 201, "\(made.text)")
            try await hub.report(1)
            try await hub.database.run("UPDATE hub.event SET recorded_at = recorded_at - interval '2 days'")
            let mengjin = ["county": "mengjin"]
            try await eventually("the consumer lags by two days") {
                try await Self.metrics(of: hub).value("hub_consumer_lag_seconds", mengjin) ?? 0 > 172_000
            }
            try await hub.database.run(
                """
                INSERT INTO hub.lease (county, consumer, position, attempt, until, state)
                SELECT c.county, c.id, n, 10, now(), s.state FROM hub.consumer AS c,
                    (VALUES (1000001, 'dead'), (1000002, 'dead'), (1000003, 'blocked')) AS s (n, state);
                UPDATE hub.consumer SET paused = true;
                """)
            try await eventually("the rest is measured") {
                let lines = try await Self.metrics(of: hub)
                return lines.value("hub_deliveries_dead", mengjin) == 2
                    && lines.value("hub_deliveries_blocked", mengjin) == 1
                    && lines.value("hub_consumers", ["county": "mengjin", "state": "paused"]) == 1
                    && lines.value("hub_consumer_lag_seconds", mengjin) == 0
            }
        }
    }
}

/// The text format, read back.
struct MetricLines {
    struct Sample {
        var name: String
        var labels: [String: String]
        var value: Double
    }

    /// In their order.
    private(set) var names: [String] = []
    private(set) var samples: [Sample] = []
    /// Lines that are none of the format's, and samples without a head.
    private(set) var faults: [String] = []

    init(_ text: String) {
        for line in text.split(separator: "\n") {
            if let head = line.wholeMatch(of: /# TYPE (\S+) (counter|gauge|histogram)/) {
                names.append(String(head.1))
            } else if let sample = line.wholeMatch(of: /([a-z_]+)(?:\{(.*)\})? (-?[0-9.e+-]+)/) {
                let name = String(sample.1)
                let pairs = (sample.2 ?? "").matches(of: /([a-z_]+)="((?:[^"\\]|\\.)*)"/)
                let labels = Dictionary(
                    pairs.map { (String($0.1), String($0.2)) }, uniquingKeysWith: { first, _ in first })
                samples.append(Sample(name: name, labels: labels, value: Double(sample.3) ?? .nan))
                if names.last.map({ name.hasPrefix($0) }) != true { faults.append(name) }
            } else if !line.hasPrefix("# HELP ") {
                faults.append(String(line))
            }
        }
    }

    func values(_ name: String) -> [Sample] { samples.filter { $0.name == name } }

    func value(_ name: String, _ labels: [String: String]) -> Double? {
        values(name).first { $0.labels == labels }?.value
    }
}
