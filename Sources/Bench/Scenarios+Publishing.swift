import CloudEvents
import Foundation

extension Scenarios {
    /// The same server answering without the database.
    func serverAlone() throws -> Measurement {
        var line = Measurement("http-only-64", "the same server answering without the database", unit: "requests")
        let request = try hub.requests(of: publisher).get("/healthz")
        try measure(&line) {
            try load(64).run(next: {
                $0.append(contentsOf: request)
                return true
            })
        }
        return line
    }

    /// One event a request.
    ///
    /// - Parameter name: of the scenario, where it is not the plain one.
    func publishSingle(
        connections: Int, as name: String? = nil, what: String? = nil, ports: [UInt16]? = nil, hubs: [Int32]? = nil,
    ) throws -> Measurement {
        var line = Measurement(
            name ?? "publish-single-\(connections)",
            what ?? "publish, one event a request, answered after commit, \(connections) connections", unit: "events")
        let template = try template("single")
        let head = try hub.requests(of: publisher).head("/v1/events", type: Self.eventType)
        var number = 0
        try measure(&line, hubs: hubs) {
            try load(connections, ports: ports).run(next: { buffer in
                head.begin(template.size, in: &buffer)
                template.append(number, to: &buffer)
                number += 1
                return true
            })
        }
        return line
    }

    /// The plain scenario, with its floor.
    func publishSingleOverFloor(connections: Int, goal: Goal) throws -> Measurement {
        let result = try floor?.run("publish.sql", clients: connections)
        var line = try profiled("publish-single-\(connections)", when: connections == 64) {
            try publishSingle(connections: connections)
        }
        line.goal = goal
        line.floor = result
        return line
    }

    /// The same load over two processes.
    func publishTwoHubs(_ second: SecondHub) throws -> Measurement {
        try second.running { port, process in
            var line = try publishSingle(
                connections: 64, as: "publish-single-64-two-hubs", what: "publish-single-64 through two hub processes",
                ports: [hub.port, port], hubs: accounting.hubs + [process])
            line.reference = try reference()
            line.goal = Goal(ratio: 0.9)
            return line
        }
    }

    /// The plain rate of this run, measured now where it was not yet.
    func reference() throws -> (name: String, rate: Double) {
        if rates["publish-single-64"] == nil { _ = try publishSingle(connections: 64) }
        return ("publish-single-64", rates["publish-single-64"] ?? 0)
    }

    /// With a snapshot held by a reader for the whole run: nothing that is
    /// updated meanwhile can be cleaned up.
    func publishPinned(psql: String, url: String) throws -> Measurement {
        let reference = try reference()
        let reader = try SQLSession(psql: psql, url: url)
        defer { reader.close() }
        try reader.query("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM hub.county")
        var line = try publishSingle(
            connections: 64, as: "publish-pinned-ratio", what: "publish-single-64 while a reader holds a snapshot")
        line.reference = reference
        line.goal = Goal(ratio: 0.8)
        return line
    }

    /// A hundred events a request.
    func publishBatch() throws -> Measurement {
        var line = Measurement("publish-batch-100", "publish in batches of 100, 8 connections", unit: "events")
        line.goal = Goal(rate: 20_000)
        line.floor = try floor?.run("publish.sql", clients: 8, events: 100)
        let next = try batches("batch")
        try measure(&line, each: 100) { try load(8).run(next: next) }
        return line
    }

    /// Requests of a hundred events each.
    func batches(_ prefix: String, limit: Int = .max) throws -> (inout [UInt8]) -> Bool {
        let template = try template(prefix)
        let head = try hub.requests(of: publisher).head("/v1/events", type: Self.batchType)
        var number = 0
        return { buffer in
            guard number < limit else { return false }
            Self.batch(from: number, of: template, head: head, in: &buffer)
            number += 100
            return true
        }
    }

    /// Appends a request of a hundred events.
    static func batch(
        from number: Int, of template: EventTemplate, head: HTTPRequestBytes.Head, in buffer: inout [UInt8],
    ) {
        head.begin(100 * template.size + 101, in: &buffer)
        for index in 0..<100 {
            buffer.append(UInt8(ascii: index == 0 ? "[" : ","))
            template.append(number + index, to: &buffer)
        }
        buffer.append(UInt8(ascii: "]"))
    }

    /// 200 events a second, from the call to a waiting reader's hand.
    func latency() throws -> Measurement {
        var line = Measurement(
            "latency-200", "publish call → event in a waiting reader's hand over SSE, 200 events/s", unit: "events")
        line.goal = Goal(p50: 2, p99: 6)
        guard let reader = shape.recipients.first(where: { $0.role == "handling" }) ?? shape.recipients.first else {
            throw BenchFailure("the sample has no recipient")
        }
        let run = LatencyRun(
            port: hub.port, publisher: try hub.requests(of: publisher), reader: try hub.requests(of: reader.unit),
            template: try template("latency"), seconds: seconds)
        try measure(&line) { try run.run() }
        return line
    }

    /// Runs a scenario under the profiler, where one is wanted.
    func profiled(_ name: String, when isWanted: Bool = true, _ run: () throws -> Measurement) throws -> Measurement {
        guard isWanted, let profiler else { return try run() }
        try profiler.begin(name)
        defer { profiler.end() }
        return try run()
    }
}
