import CloudEvents
import Foundation

/// The scenarios of one run, in order.
struct Scenarios {
    let hub: HubUnderTest
    let sample: JSONValue
    let floor: Floor?
    let seconds: Double
    /// The unit that publishes the sample.
    let publisher: String

    private static let eventType = "application/cloudevents+json"
    private static let batchType = "application/cloudevents-batch+json"

    init(hub: HubUnderTest, sample: JSONValue, floor: Floor?, seconds: Double) throws {
        self.hub = hub
        self.sample = sample
        self.floor = floor
        self.seconds = seconds
        let segments = (sample["source"]?.stringValue ?? "").split(separator: "/")
        guard segments.count >= 3 else { throw BenchFailure("the sample has no source") }
        publisher = String(segments[2])
    }

    private func template(_ prefix: String) throws -> EventTemplate {
        guard let template = EventTemplate(sample: sample, idPrefix: prefix) else {
            throw BenchFailure("the sample is not the one this measures with")
        }
        return template
    }

    private func load(_ connections: Int, warmUp: Double = 2) -> Load {
        var load = Load(port: hub.port, connections: connections)
        load.seconds = seconds
        load.warmUp = warmUp
        return load
    }

    /// What an event of the sample is, for the report and for the floor.
    struct Shape {
        var bytes: Int
        var recipients: Int
        var duties: Int
    }

    /// Publishes one event to find out.
    func probe() throws -> Shape {
        let template = try template("probe-")
        var body: [UInt8] = []
        template.append(0, to: &body)
        let receipt = try hub.exchange(
            hub.requests(of: publisher).post("/v1/events", type: Self.eventType, body: body))
        guard receipt["status"]?.stringValue == "routed" else {
            throw BenchFailure("the sample was not routed: \(receipt["status"]?.stringValue ?? "")")
        }
        let recipients = receipt["recipients"]?.arrayValue ?? []
        return Shape(
            bytes: template.size, recipients: recipients.count,
            duties: recipients.filter { $0["dutyId"]?.stringValue != nil }.count)
    }

    // MARK: - The scenarios

    /// The same server answering without the database.
    func serverAlone() throws -> Measurement {
        var line = Measurement("http-only-64", "the same server answering without the database", unit: "requests")
        let request = try hub.requests(of: publisher).get("/healthz")
        try fill(&line, load(64).run(next: { request }), times: 1)
        return line
    }

    /// One event a request.
    func publishSingle(connections: Int, of shape: Shape) throws -> Measurement {
        var line = Measurement(
            "publish-single-\(connections)", "publish, one event a request, answered after commit", unit: "events")
        line.goal = "≥ 8,000, aim 12,000"
        line.floor = try floor?.run("publish.sql", clients: connections, variables: Self.variables(1, shape))
        let template = try template("single-")
        let requests = try hub.requests(of: publisher)
        var number = 0
        var body: [UInt8] = []
        let result = try load(connections).run(next: {
            body.removeAll(keepingCapacity: true)
            template.append(number, to: &body)
            number += 1
            return requests.post("/v1/events", type: Self.eventType, body: body)
        })
        try fill(&line, result, times: 1)
        return line
    }

    /// A hundred events a request.
    func publishBatch(of shape: Shape) throws -> Measurement {
        var line = Measurement("publish-batch-100", "publish in batches of 100, 8 connections", unit: "events")
        line.goal = "≥ 20,000"
        line.floor = try floor?.run("publish.sql", clients: 8, variables: Self.variables(100, shape))
        if let rate = line.floor { line.floor = rate * 100 }
        let next = try batches("batch-")
        try fill(&line, load(8).run(next: next), times: 100)
        return line
    }

    private static func variables(_ events: Int, _ shape: Shape) -> [String: Int] {
        ["events": events, "units": shape.recipients, "duties": shape.duties]
    }

    private func batches(_ prefix: String, limit: Int = .max) throws -> () -> [UInt8]? {
        let template = try template(prefix)
        let requests = try hub.requests(of: publisher)
        var number = 0
        return {
            guard number < limit else { return nil }
            var body: [UInt8] = [UInt8(ascii: "[")]
            for index in 0..<100 {
                if index > 0 { body.append(UInt8(ascii: ",")) }
                template.append(number, to: &body)
                number += 1
            }
            body.append(UInt8(ascii: "]"))
            return requests.post("/v1/events", type: Self.batchType, body: body)
        }
    }

    /// One signature a request.
    func sign(of shape: Shape) throws -> Measurement {
        var line = Measurement("sign-64", "sign, one duty a request, answered after commit", unit: "signatures")
        line.goal = "≥ 10,000"
        line.floor = try floor?.run("sign.sql", clients: 64)
        // Enough duties for twice the goal.
        let wanted = Int((seconds + 1) * 20_000)
        var duties = try unsignedDuties(events: wanted / max(1, shape.duties), limit: wanted)
        let result = try load(64, warmUp: 1).run(next: { duties.popLast() })
        try fill(&line, result, times: 1)
        return line
    }

    /// Publishes events and gives the requests that sign their duties.
    private func unsignedDuties(events: Int, limit: Int) throws -> [[UInt8]] {
        var requests: [[UInt8]] = []
        var officers: [String: HTTPRequestBytes?] = [:]
        var preparing = load(8, warmUp: 0)
        preparing.seconds = 60
        let result = try preparing.run(
            next: try batches("sign-", limit: events),
            answered: { body in
                for (unit, duty) in Self.duties(in: body) where requests.count < limit {
                    let known = officers[unit] ?? hub.officerRequests(of: unit)
                    officers[unit] = known
                    guard let known else { continue }
                    requests.append(
                        known.post("/v1/duties/\(duty)/sign", type: "application/json", body: Array("{}".utf8)))
                }
            })
        if let refusal = result.firstRefusal { throw BenchFailure("preparing duties: \(refusal)") }
        return requests.shuffled()
    }

    private static let unitMark = Array("{\"unit\":\"".utf8)
    private static let dutyMark = Array("\"dutyId\":".utf8)

    /// The duties of receipts with their units, read by their marks: parsing
    /// hundreds of megabytes of receipts would take longer than the run.
    private static func duties(in body: ArraySlice<UInt8>) -> [(unit: String, duty: String)] {
        let bytes = Array(body)
        var found: [(unit: String, duty: String)] = []
        var position = 0
        while let unit = ByteSearch.find(unitMark, in: bytes, from: position) {
            guard let duty = ByteSearch.find(dutyMark, in: bytes, from: unit) else { break }
            position = duty + dutyMark.count
            // A recipient that is merely informed has null here.
            if bytes[position] == UInt8(ascii: "\"") {
                found.append((text(in: bytes, from: unit + unitMark.count), text(in: bytes, from: position + 1)))
            }
        }
        return found
    }

    private static func text(in bytes: [UInt8], from start: Int) -> String {
        String(decoding: bytes[start...].prefix { $0 != UInt8(ascii: "\"") }, as: UTF8.self)
    }

    /// 200 events a second, from the call to a waiting reader's hand.
    func latency() throws -> Measurement {
        var line = Measurement(
            "latency-200", "publish call → event in a waiting reader's hand over SSE, 200 events/s", unit: "events")
        line.goal = "p50 ≤ 2 ms, p99 ≤ 6 ms"
        let template = try template("latency-")
        let reader = try readingUnit()
        let result = try LatencyRun(
            hub: hub, publisher: try hub.requests(of: publisher), reader: try hub.requests(of: reader),
            template: template, seconds: seconds
        ).run()
        try fill(&line, result, times: 1)
        return line
    }

    /// A unit that handles the sample.
    private func readingUnit() throws -> String {
        var body: [UInt8] = []
        try template("reader-").append(7, to: &body)
        let receipt = try hub.exchange(
            hub.requests(of: publisher).post("/v1/events", type: Self.eventType, body: body))
        let recipients = receipt["recipients"]?.arrayValue ?? []
        let handling = recipients.first { $0["role"]?.stringValue == "handling" } ?? recipients.first
        return handling?["unit"]?.stringValue ?? ""
    }

    private func fill(_ line: inout Measurement, _ result: LoadResult, times: Double) throws {
        if let refusal = result.firstRefusal {
            throw BenchFailure("\(line.name): \(result.refused) refused, the first: \(refusal)")
        }
        line.rate = result.rate * times
        line.p50 = result.percentile(0.5)
        line.p99 = result.percentile(0.99)
    }
}
