import CloudEvents
import TestSupport
import Testing

extension TestHub {
    /// Stores a report about an employer of its own; answers the receipt.
    @discardableResult
    func report(_ number: Int, in county: TestCounty = .mengjin) async throws -> JSONValue {
        let event = try Sample.report(id: "report-\(number)", employer: number)
        let answer = try await publish(event, as: .unit("jm-office", of: county))
        try #require(answer.status == 201, "\(answer.text)")
        return answer.json
    }

    /// Stores several reports in one batch.
    func reports(_ numbers: Range<Int>) async throws {
        let events = try numbers.map { try Sample.report(id: "report-\($0)", employer: $0) }
        let answer = try await publish(batch: events, as: .unit("jm-office"))
        try #require(answer.json["accepted"]?.integerValue == Int64(numbers.count), "\(answer.text)")
    }

    /// A page of a unit's feed.
    func feed(_ query: String = "", as speaker: Speaker) async throws -> TestAnswer {
        try await get("/v1/feed" + (query.isEmpty ? "" : "?" + query), as: speaker)
    }

    /// The entries of a unit's log, all of them.
    func log(of speaker: Speaker) async throws -> [FeedItem] {
        FeedItem.items(of: try await feed("limit=500", as: speaker).json)
    }

    /// A metric without labels, as the hub shows it; 0 until it does.
    func metric(_ name: String) async throws -> Double {
        let lines = try await get("/metrics", as: .nobody).text.split(separator: "\n")
        let value = lines.first { $0.hasPrefix(name + " ") }?.dropFirst(name.count + 1)
        return value.flatMap { Double($0) } ?? 0
    }

    /// Gives a command to a duty and expects it to be carried out.
    @discardableResult
    func act(
        _ command: String, on duty: String, by speaker: Speaker, _ fields: JSONValue = [:]
    ) async throws -> JSONValue {
        let answer = try await post("/v1/duties/\(duty)/\(command)", fields, as: speaker)
        try #require(answer.status == 200, "\(command): \(answer.text)")
        return answer.json
    }
}

extension JSONValue {
    /// The duty that a unit got, in a receipt.
    func duty(of unit: String) throws -> String {
        let recipient = self["recipients"]?.arrayValue?.first { $0["unit"]?.stringValue == unit }
        return try #require(recipient?["dutyId"]?.stringValue, "\(unit) has no duty in \(self)")
    }
}
