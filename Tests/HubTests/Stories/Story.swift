import CloudEvents
import Coordination
import Hub
import PostgresClient
import Store
import TestSupport
import Testing

/// A sandbox county whose clock a story moves; everything goes over HTTP, as
/// agencies and officers would do it.
struct Story: Sendable {
    let hub: TestHub

    /// Plays a story that begins at an instant.
    static func play(
        from start: String, _ body: @escaping @Sendable (Story) async throws -> Void
    ) async throws {
        try await TestHub.with { hub in
            let story = Story(hub: hub)
            try await story.moveClock(to: start)
            try await body(story)
        }
    }

    /// A unit's program.
    static func unit(_ unit: String) -> TestHub.Speaker { .unit(unit, of: .sandbox) }
    /// An officer.
    static func officer(_ officer: String) -> TestHub.Speaker { .officer(officer, of: .sandbox) }
    /// Who runs the installation.
    static let admin = TestHub.Speaker.scopes([.admin], unit: "county-gov-office", of: .sandbox)

    // MARK: - Time

    func moveClock(to instant: String) async throws {
        let answer = try await hub.post("/v1/sandbox/clock", ["now": .string(instant)], as: Self.admin)
        try #require(answer.status == 200, "\(answer.text)")
    }

    /// Sweeps: as of the county's now, unless told otherwise.
    func sweep(asOf: String? = nil, dryRun: Bool = false) async throws -> JSONValue {
        var body: JSONObject = ["dryRun": .bool(dryRun)]
        if let asOf { body["asOf"] = .string(asOf) }
        let answer = try await hub.post("/v1/sweeps", .object(body), as: Self.admin)
        try #require(answer.status == 200, "\(answer.text)")
        return answer.json
    }

    // MARK: - Events

    /// Publishes a sample as the unit whose report it is; answers the receipt.
    func report(
        _ sample: Sample, id: String? = nil, time: String? = nil, _ change: (inout JSONObject) -> Void = { _ in }
    ) async throws -> JSONValue {
        try await publish(try sample.event(id: id, time: time, change), as: sample.publisher)
    }

    /// Publishes an event as a unit; answers the receipt.
    func publish(_ event: JSONValue, as unit: String) async throws -> JSONValue {
        let answer = try await hub.publish(event, as: Self.unit(unit))
        try #require(answer.status == 201, "\(answer.text)")
        return answer.json
    }

    // MARK: - Duties

    /// An officer gives a command to a duty; expects that it is carried out.
    @discardableResult
    func act(
        _ officer: String, _ command: String, _ duty: String, _ fields: JSONValue = [:]
    ) async throws -> JSONValue {
        try await hub.act(command, on: duty, by: Self.officer(officer), fields)
    }

    /// The code with which a command is refused.
    func refusal(
        of command: String, on duty: String, by speaker: TestHub.Speaker, _ fields: JSONValue = [:]
    ) async throws -> String? {
        try await hub.post("/v1/duties/\(duty)/\(command)", fields, as: speaker).code
    }

    /// A duty as an officer sees it.
    func duty(_ duty: String, as officer: String) async throws -> JSONValue {
        let answer = try await hub.get("/v1/duties/\(duty)", as: Self.officer(officer))
        try #require(answer.status == 200, "\(answer.text)")
        return answer.json
    }

    /// The commands in a duty's history, as an officer sees it.
    func history(of duty: String, as officer: String) async throws -> [String] {
        try await self.duty(duty, as: officer)["history"]?.arrayValue?.compactMap { $0["command"]?.stringValue } ?? []
    }

    /// The ids of the duties a list holds.
    func duties(_ query: String, as officer: String) async throws -> [String] {
        let answer = try await hub.get("/v1/duties?\(query)", as: Self.officer(officer))
        try #require(answer.status == 200, "\(answer.text)")
        return answer.json["items"]?.arrayValue?.compactMap { $0["id"]?.stringValue } ?? []
    }

    // MARK: - The board

    /// The board says what the duties say, as somebody with time would count them.
    func expectExactBoard(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let answer = try await hub.get("/v1/board", as: Self.officer("jm-office-01"))
        try #require(answer.status == 200, "\(answer.text)", sourceLocation: sourceLocation)
        var shown: [String: [Int64]] = [:]
        for item in answer.json["items"]?.arrayValue ?? [] {
            let steps = (1...5).map { item["overdueByStep"]?[String($0)]?.integerValue ?? -1 }
            let counts = ["open", "unsigned", "signed", "settled"].map { item[$0]?.integerValue ?? -1 }
            // A unit that has had duties and has none any more may stand there.
            if (counts + steps).allSatisfy({ $0 == 0 }) { continue }
            shown["\(item["unit"]?.stringValue ?? "") \(item["type"]?.stringValue ?? "")"] = counts + steps
        }
        let counted = try await counted()
        #expect(shown == counted, sourceLocation: sourceLocation)
    }

    private func counted() async throws -> [String: [Int64]] {
        let county = try hub.county(.sandbox).id.rawValue
        let rows = try await hub.inspection.pool.query(
            PostgresStatement(
                name: "counted",
                sql: """
                    SELECT unit || ' ' || type AS key, ARRAY[
                        count(*) FILTER (WHERE ended_at IS NULL),
                        count(*) FILTER (WHERE state = 'dispatched' AND sign_by IS NOT NULL),
                        count(signed_at), count(completed_at),
                        count(*) FILTER (WHERE ended_at IS NULL AND step = 1),
                        count(*) FILTER (WHERE ended_at IS NULL AND step = 2),
                        count(*) FILTER (WHERE ended_at IS NULL AND step = 3),
                        count(*) FILTER (WHERE ended_at IS NULL AND step = 4),
                        count(*) FILTER (WHERE ended_at IS NULL AND step = 5)
                    ] AS counts
                    FROM hub.duty WHERE county = $1 GROUP BY unit, type
                    """,
                binds: [county]))
        var counts: [String: [Int64]] = [:]
        for row in rows {
            counts[try row.decode("key", as: String.self)] = try row.decode("counts", as: [Int64].self)
        }
        return counts
    }
}

extension JSONValue {
    /// Who received an event in which role, `unit role`, from its receipt.
    var parts: Set<String> {
        Set(
            (self["recipients"]?.arrayValue ?? []).map {
                "\($0["unit"]?.stringValue ?? "") \($0["role"]?.stringValue ?? "")"
            })
    }

    /// What a receipt says of a unit.
    func recipient(_ unit: String) throws -> JSONValue {
        try #require(self["recipients"]?.arrayValue?.first { $0["unit"]?.stringValue == unit }, "\(self)")
    }

    /// A milestone of a recipient or of a duty.
    func milestone(_ name: String) throws -> JSONValue {
        try #require(self["milestones"]?.arrayValue?.first { $0["name"]?.stringValue == name }, "\(self)")
    }

    /// An instant that stands here as text.
    func instant(_ name: String) throws -> Timestamp {
        try #require((self[name]?.stringValue).flatMap { Timestamp(rfc3339: $0) }, "\(name) in \(self)")
    }
}
