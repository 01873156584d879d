import CloudEvents
import Foundation

/// The scenarios of one run: what they share.
final class Scenarios {
    let hub: HubUnderTest
    let sample: JSONValue
    let accounting: Accounting
    let floor: Floor?
    let profiler: Profiler?
    /// The folder of the SQL they use.
    let scripts: String
    let seconds: Double
    /// The unit that publishes the sample.
    let publisher: String
    /// What an event of the sample is; known after ``learn()``.
    private(set) var shape = Shape()
    /// Rates that later scenarios are compared with, by name.
    var rates: [String: Double] = [:]
    /// The rates before the month, and what happened in it.
    var monthBefore: [MonthPart: (name: String, rate: Double)] = [:]
    var monthTally: String?
    private var templates = 0

    /// What the hub makes of an event of the sample.
    struct Shape {
        struct Recipient {
            var unit: String
            var role: String
            var hasDuty: Bool
        }

        var bytes = 0
        var recipients: [Recipient] = []
        var withDuty: [Recipient] { recipients.filter(\.hasDuty) }

        /// For the head of the report.
        var text: String {
            let names = recipients.map { "\($0.unit) \($0.role)\($0.hasDuty ? "" : ", no duty")" }
            return "\(bytes) bytes, \(recipients.count) recipients, \(withDuty.count) duties ("
                + names.joined(separator: "; ") + ")"
        }
    }

    static let eventType = "application/cloudevents+json"
    static let batchType = "application/cloudevents-batch+json"

    init(
        hub: HubUnderTest, sample: JSONValue, accounting: Accounting, floor: Floor?, profiler: Profiler?,
        scripts: String, seconds: Double,
    ) throws {
        self.hub = hub
        self.sample = sample
        self.accounting = accounting
        self.floor = floor
        self.profiler = profiler
        self.scripts = scripts
        self.seconds = seconds
        let segments = (sample["source"]?.stringValue ?? "").split(separator: "/")
        guard segments.count >= 3 else { throw BenchFailure("the sample has no source") }
        publisher = String(segments[2])
    }

    /// A template whose children are no other template's.
    func template(_ prefix: String) throws -> EventTemplate {
        templates += 1
        guard
            let template = EventTemplate(
                sample: sample, idPrefix: "\(prefix)-\(templates)-", region: 410_300 + templates)
        else { throw BenchFailure("the sample is not one this measures with") }
        return template
    }

    /// A closed loop of this run over so many connections.
    func load(_ connections: Int, ports: [UInt16]? = nil, warmUp: Double = 2) -> Load {
        let ports = ports ?? [hub.port]
        var load = Load(ports: (0..<connections).map { ports[$0 % ports.count] })
        load.seconds = seconds
        load.warmUp = warmUp
        return load
    }

    /// Publishes one event and gives its receipt.
    func publishOne(_ prefix: String, in county: HubUnderTest.County = .bench) throws -> JSONValue {
        var body: [UInt8] = []
        try template(prefix).append(0, to: &body)
        let receipt = try hub.exchange(
            hub.requests(of: publisher, in: county).post("/v1/events", type: Self.eventType, body: body))
        guard receipt["duplicate"]?.boolValue != true else {
            throw BenchFailure("this hub was measured before; another run needs an empty database")
        }
        guard receipt["status"]?.stringValue == "routed" else {
            throw BenchFailure("the sample was not routed: \(receipt["status"]?.stringValue ?? "")")
        }
        return receipt
    }

    // MARK: - Learning

    /// Finds out what the hub makes of the sample, and what it writes; prepares
    /// the floor from that.
    func learn() throws {
        // What is kept once for many events is kept now.
        _ = try publishOne("first")
        let receipt = try publishOne("learnt")
        guard let position = receipt["position"]?.stringValue.flatMap({ Int64($0) }) else {
            throw BenchFailure("a receipt has no position")
        }
        shape.bytes = try template("size").size
        shape.recipients = (receipt["recipients"]?.arrayValue ?? []).map {
            Shape.Recipient(
                unit: $0["unit"]?.stringValue ?? "", role: $0["role"]?.stringValue ?? "",
                hasDuty: $0["dutyId"]?.stringValue != nil)
        }
        let session = accounting.session
        for script in ["template.sql", "scripts.sql"] { try session.query("\\i \(scripts)/\(script)") }
        try session.query("SELECT bench.keep_event('publish', \(position))")
        try learnSignatures(receipt)
        guard let floor else { return }
        try floor.accounting.session.query(
            "SELECT hub.make_partitions(\(10_000_000 + 2_000_000 * Int64(seconds)))")
        let each = Int64(max(1, seconds)) * 10_000
        try floor.accounting.session.query(try session.text("SELECT bench.sign_preparation(\(each))"))
        try floor.write("publish.sql", text: session.text("SELECT bench.publish_script()"))
        try floor.write("sign.sql", text: session.text("SELECT bench.sign_script()"))
        try floor.write("steady.sql", text: session.text("SELECT bench.steady_script()"))
        try floor.settle()
    }

    private func learnSignatures(_ receipt: JSONValue) throws {
        let duties = (receipt["recipients"]?.arrayValue ?? [])
            .compactMap { recipient in
                recipient["dutyId"]?.stringValue.flatMap { Int64($0) }
                    .map { (id: $0, unit: recipient["unit"]?.stringValue ?? "") }
            }
            .sorted { $0.id < $1.id }
        for (index, duty) in duties.enumerated() {
            _ = try hub.exchange(
                try hub.officerRequests(of: duty.unit).post("/v1/duties/\(duty.id)/sign", body: Array("{}".utf8)))
            try accounting.session.query("SELECT bench.keep_signature('sign_\(index + 1)', \(duty.id))")
        }
    }

    /// What an event and its signatures come to in the tables, for the report.
    func storedText() throws -> String {
        let rows = try accounting.session.query(
            """
            SELECT CASE act WHEN 'publish' THEN act ELSE 'sign' END, string_agg(tab || ' ' || rows || ' rows '
                || bytes || ' B', ', ' ORDER BY tab) FROM (
                SELECT act, tab, rows, bytes FROM bench.shape WHERE act IN ('publish', 'sign_1')
            ) AS s GROUP BY 1 ORDER BY 1
            """)
        return rows.map { "\($0[0]): \($0.count > 1 ? $0[1] : "")" }.joined(separator: "; ")
    }

    // MARK: - Measuring

    /// Measures a load and what it costs.
    func measure(
        _ line: inout Measurement, hubs: [Int32]? = nil, each times: Int = 1, _ run: () throws -> LoadResult,
    ) throws {
        var accounting = accounting
        if let hubs { accounting.hubs = hubs }
        let start = try accounting.reading()
        let result = try run()
        line.cost = try accounting.cost(since: start, events: result.total * times)
        try line.take(result, times: Double(times))
        if line.rate != nil, line.failure == nil { rates[line.name] = line.rate }
    }

    /// The figures of the table of duties, with all that has been done: a
    /// backend hands its counts in when it ends a transaction, once a second.
    func dutyTable() throws -> Accounting.DutyTable {
        Thread.sleep(forTimeInterval: 1.2)
        let receipt = try publishOne("counts")
        let duty = (receipt["recipients"]?.arrayValue ?? []).first { $0["dutyId"]?.stringValue != nil }
        if let id = duty?["dutyId"]?.stringValue, let unit = duty?["unit"]?.stringValue {
            _ = try hub.exchange(
                try hub.officerRequests(of: unit).post("/v1/duties/\(id)/sign", body: Array("{}".utf8)))
        }
        return try accounting.dutyTable()
    }
}
