import CloudEvents
import Coordination
import Hub
import Hummingbird
import NIOCore
import Store

/// The unit's log as a feed: long poll and server-sent events.
struct FeedRoutes: Sendable {
    let services: HubServices

    /// How many entries a page of a stream holds at the most.
    private static let page = 200
    /// A waiting reader looks again after this even if nobody rang: another
    /// process may have stored something and its hint been lost.
    private static let safetyNet = Duration.seconds(1)
    private static let heartbeat = Duration.seconds(15)

    var endpoints: [Endpoint] {
        [
            Endpoint(
                "GET", "/v1/feed", .scopes([.receive]), "The unit's log from a cursor on; JSON or event stream",
                "本单位的收件流", queries: ["after", "limit", "wait", "types", "start", "at"], handle: feed)
        ]
    }

    private func feed(_ request: APIRequest) async throws -> APIResponse {
        let principal = try request.requires(.receive)
        let county = try services.counties.county(principal.county)
        let reader = LogReader(
            county: principal.county, unit: principal.unit, isSecretariat: county.isSecretariat(principal.unit))
        let types = request.parameter("types").map { Set($0.split(separator: ",").map(String.init)) }
        let isStream = request.header("accept")?.contains("text/event-stream") ?? false
        let start = try await startingPoint(request, reader: reader, isStream: isStream)
        if isStream {
            return stream(reader, from: start, types: types, token: request.token)
        }
        return try await page(request, reader: reader, from: start, types: types)
    }

    /// Where reading begins, and whether the cursor that was named is unknown.
    private struct Start {
        var after: Position
        var isReset: Bool
    }

    private func startingPoint(_ request: APIRequest, reader: LogReader, isStream: Bool) async throws -> Start {
        var named = try request.number("after")
        if isStream, let last = request.header("last-event-id") {
            guard let number = Int64(last), number >= 0 else {
                return Start(after: Position(rawValue: 0), isReset: true)
            }
            named = number
        }
        if let named {
            if named == 0 { return Start(after: Position(rawValue: 0), isReset: false) }
            // Beyond everything that was ever given out: from another
            // installation, or from before a restore.
            let known = try await services.store.lastPosition()
            return named <= known.rawValue
                ? Start(after: Position(rawValue: named), isReset: false)
                : Start(after: Position(rawValue: 0), isReset: true)
        }
        if let at = try request.instant("at") {
            return Start(after: try await services.store.logPosition(reader, at: at), isReset: false)
        }
        switch request.parameter("start") {
        case nil, "earliest": return Start(after: Position(rawValue: 0), isReset: false)
        case "latest": return Start(after: try await services.store.logEnd(reader), isReset: false)
        default: throw request.badQuery("start", "must be earliest or latest", "应为earliest或latest")
        }
    }

    // MARK: - Long poll

    private func page(
        _ request: APIRequest, reader: LogReader, from start: Start, types: Set<String>?,
    ) async throws -> APIResponse {
        let limit = try request.limit()
        if start.isReset {
            return .json(["items": [["kind": "reset", "cursor": "0"]], "next": "0"])
        }
        let wait = try request.seconds("wait", upTo: 60) ?? 0
        let deadline = ContinuousClock.now + .seconds(wait)
        let registration = services.wakeups.register(Self.keys(reader))
        defer { services.wakeups.unregister(registration) }
        var after = start.after
        while true {
            let entries = try await services.store.log(reader, after: after, limit: limit)
            let items = entries.filter { Self.matches($0, types) }.map(Self.shown)
            after = entries.last?.position ?? after
            let left = ContinuousClock.now.duration(to: deadline)
            // A full page without a match is not the end: read on.
            if !items.isEmpty || (left <= .zero && entries.count < limit) {
                return .json(["items": .array(items), "next": .string(String(after.rawValue))])
            }
            if entries.count < limit {
                await services.wakeups.wait(registration, atMost: min(left, Self.safetyNet))
                if Task.isCancelled { throw HubError("shutting-down", retryAfter: 1) }
            }
        }
    }

    // MARK: - Stream

    private func stream(
        _ reader: LogReader, from start: Start, types: Set<String>?, token: BearerToken?,
    ) -> APIResponse {
        let services = services
        return APIResponse(
            status: 200,
            headers: [
                ("content-type", "text/event-stream; charset=utf-8"), ("cache-control", "no-store"),
                ("x-accel-buffering", "no"),
            ],
            body: .stream { writer in
                let registration = services.wakeups.register(Self.keys(reader))
                defer { services.wakeups.unregister(registration) }
                var after = start.after
                if start.isReset {
                    try await writer.write(ByteBuffer(string: "event: reset\nid: 0\ndata: {\"kind\":\"reset\"}\n\n"))
                } else {
                    try await writer.write(ByteBuffer(string: ": ok\n\n"))
                }
                var lastWrite = ContinuousClock.now
                while !Task.isCancelled {
                    if let token, await !services.tokens.isStillValid(token) { break }
                    let entries = try await services.store.log(reader, after: after, limit: Self.page)
                    if let last = entries.last {
                        let text = entries.filter { Self.matches($0, types) }.map(Self.event).joined()
                        if !text.isEmpty {
                            try await writer.write(ByteBuffer(string: text))
                            lastWrite = .now
                        }
                        after = last.position
                        continue
                    }
                    if lastWrite.duration(to: .now) >= Self.heartbeat {
                        try await writer.write(ByteBuffer(string: ": \n\n"))
                        lastWrite = .now
                    }
                    await services.wakeups.wait(registration, atMost: Self.safetyNet)
                }
                try await writer.finish(nil)
            })
    }

    // MARK: - Entries

    private static func keys(_ reader: LogReader) -> Set<Wakeups.Key> {
        var keys: Set = [Wakeups.Key(county: reader.county, unit: reader.unit)]
        if reader.isSecretariat { keys.insert(Wakeups.Key(county: reader.county, unit: nil)) }
        return keys
    }

    private static func matches(_ entry: LogEntry, _ types: Set<String>?) -> Bool {
        guard let types else { return true }
        return switch entry {
        case .delivery(_, let event): types.contains(event.type.rawValue)
        case .change: types.contains("duty")
        }
    }

    private static func shown(_ entry: LogEntry) -> JSONValue {
        let cursor = JSONValue.string(String(entry.position.rawValue))
        switch entry {
        case .delivery(let recipient, let event):
            return [
                "kind": "delivery",
                "cursor": cursor,
                "role": .string(recipient.role.rawValue),
                "dutyId": recipient.duty.map { .string(String($0.rawValue)) } ?? .null,
                "event": EventView.delivered(event, to: recipient),
            ]
        case .change(let change):
            return [
                "kind": "duty",
                "cursor": cursor,
                "duty": [
                    "id": .string(String(change.duty.rawValue)),
                    "unit": .string(change.unit.rawValue),
                    "version": .integer(Int64(change.version)),
                    "from": .string(change.from),
                    "to": .string(change.to),
                    "command": .string(change.command),
                    "at": .string(change.at.rfc3339()),
                ],
            ]
        }
    }

    private static func event(_ entry: LogEntry) -> String {
        let kind =
            switch entry {
            case .delivery: "delivery"
            case .change: "duty"
            }
        let data = String(decoding: shown(entry).encodedBytes(), as: UTF8.self)
        return "event: \(kind)\nid: \(entry.position.rawValue)\ndata: \(data)\n\n"
    }
}
