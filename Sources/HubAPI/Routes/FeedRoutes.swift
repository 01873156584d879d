import CloudEvents
import Coordination
import Hub
import NIOCore
import Store

/// The unit's log as a feed: long poll and server-sent events.
struct FeedRoutes: Sendable {
    let services: HubServices

    /// A waiting reader looks again after this even if nobody rang: another
    /// process may have stored something and its hint been lost.
    static let safetyNet = Duration.seconds(5)
    private static let longestWait: Int64 = 60
    /// A page ends once it holds so many bytes of events, however few they are.
    static let pageBytes = 1 << 20

    var endpoints: [Endpoint] {
        [
            Endpoint(
                "GET", "/v1/feed", .scopes([.receive]), "The unit's log from a cursor on; JSON or event stream",
                "本单位的收件流", queries: ["after", "limit", "wait", "types", "start", "at"],
                requestHeaders: ["Accept", "Last-Event-ID"],
                answers: [Endpoint.Answer(200, "FeedPage"), Endpoint.Answer(200, nil, as: "text/event-stream")],
                waits: true, handle: feed)
        ]
    }

    private func feed(_ request: APIRequest) async throws -> APIResponse {
        let principal = try request.requires(.receive)
        let county = try services.counties.county(principal.county)
        let isStream = request.accept.prefers("text/event-stream", over: "application/json")
        let view = FeedView(
            county: county, principal: principal,
            types: request.parameter("types").map { Set($0.split(separator: ",").map { $0.trimmingSpaces() }) },
            isDemonstration: services.isDemonstration(principal.county))
        let place = try services.capacity.waitingPlace(of: view.sharing)
        let start = try await services.capacity.readings.pass(view.sharing) {
            try await startingPoint(request, reader: view.reader, isStream: isStream)
        }
        if isStream, let token = request.token {
            let stream = FeedStream(
                services: services, view: view, token: token, connection: request.connection, place: place)
            return stream.response(from: start)
        }
        defer { withExtendedLifetime(place) {} }
        return try await page(request, view: view, from: start)
    }

    /// Where reading begins, and whether the cursor that was named is unknown.
    struct Start {
        var after: Position
        var isReset = false

        static let beginning = Start(after: Position(rawValue: 0))
        static let reset = Start(after: Position(rawValue: 0), isReset: true)
    }

    private func startingPoint(_ request: APIRequest, reader: LogReader, isStream: Bool) async throws -> Start {
        var named = try request.position("after")
        let at = try request.instant("at")
        let start = request.parameter("start")
        guard start == nil || start == "earliest" || start == "latest" else {
            throw request.badQuery("start", "must be earliest or latest", "应为earliest或latest")
        }
        if isStream, let last = request.header("last-event-id"), !last.isEmpty {
            guard let number = Int64(last), number >= 0 else { return .reset }
            named = Position(rawValue: number)
        }
        if let named {
            if named.rawValue == 0 { return .beginning }
            // Beyond everything that was ever given out: from another
            // installation, or from before a restore.
            return named <= (try await services.store.lastPosition()) ? Start(after: named) : .reset
        }
        if let at { return Start(after: try await services.store.logPosition(county: reader.county, at: at)) }
        guard start == "latest" else { return .beginning }
        return Start(after: try await services.store.logEnd(reader))
    }

    // MARK: - Long poll

    private func page(_ request: APIRequest, view: FeedView, from start: Start) async throws -> APIResponse {
        let limit = try request.limit()
        let wait = try request.seconds("wait", upTo: Self.longestWait) ?? 0
        if start.isReset {
            return .json(["items": [["kind": "reset", "cursor": "0"]], "next": "0"])
        }
        let deadline = ContinuousClock.now + .seconds(wait)
        let registration = services.wakeups.register(view.keys)
        let watch = TokenWatch(request, services) { [wakeups = services.wakeups] in
            wakeups.ring(registration: registration)
        }
        defer {
            watch.stop()
            services.wakeups.unregister(registration)
        }
        var after = start.after
        while true {
            let (entries, isAll) = try await services.page(of: view, after: after, limit: limit)
            if watch.isRevoked { throw HubError("unauthorised") }
            let items = entries.filter(view.shows).map(view.item)
            after = entries.last?.position ?? after
            let left = ContinuousClock.now.duration(to: deadline)
            let isOver = left <= .zero || services.drain.hasBegun
            // A full page without a match is not the end: read on.
            if !items.isEmpty || (isOver && isAll) {
                return .json(["items": .array(items), "next": .string(String(after.rawValue))])
            }
            if isAll {
                await services.wakeups.wait(registration, atMost: min(left, Self.safetyNet))
                try Task.checkCancellation()
            }
        }
    }
}

extension HubServices {
    /// Reads a page of a log once it is the unit's turn.
    func page(of view: FeedView, after: Position, limit: Int) async throws -> (entries: [LogEntry], isAll: Bool) {
        try await capacity.readings.pass(view.sharing, isBounded: false) {
            try await store.log(view.reader, after: after, limit: limit, bytes: FeedRoutes.pageBytes)
        }
    }
}

/// Which entries of its log a caller sees, and how.
struct FeedView: Sendable {
    let county: CountyRuntime
    let principal: Principal
    let types: Set<String>?
    let isDemonstration: Bool

    var sharing: SharingUnit { principal.sharing }

    var reader: LogReader {
        LogReader(
            county: principal.county, unit: principal.unit, isSecretariat: county.isSecretariat(principal.unit))
    }

    /// The logs whose growth concerns the caller.
    var keys: Set<Wakeups.Key> {
        var keys: Set = [Wakeups.Key(county: principal.county, unit: principal.unit)]
        if reader.isSecretariat { keys.insert(Wakeups.Key(county: principal.county, unit: nil)) }
        return keys
    }

    /// Whether the caller sees an entry: of the types asked for, not addressed
    /// to another officer, and not what only the secretariat works with.
    func shows(_ entry: LogEntry) -> Bool {
        switch entry {
        case .delivery(let recipient, let event):
            return matches(event.type.rawValue)
                && (recipient.officer == nil || recipient.officer == principal.officer)
        case .change(let change, let type):
            guard matches("duty") else { return false }
            if reader.isSecretariat {
                // Sealed matters do not exist for the secretariat either,
                // unless it has a part in them itself.
                let isOwn = [change.unit, change.publisher, change.lead].contains(principal.unit)
                return isOwn || !(county.catalogue.contract(type)?.isSealed ?? true)
            }
            return !Self.isSecretariatsOwn(change.command)
        }
    }

    private static func isSecretariatsOwn(_ command: String) -> Bool {
        command == HubCommand.draft.rawValue || command == HubCommand.propose.rawValue
    }

    private func matches(_ kind: String) -> Bool { types?.contains(kind) ?? true }

    /// An entry as an item of the feed.
    func item(_ entry: LogEntry) -> JSONValue {
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
        case .change(let change, _):
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

    /// An entry as a server-sent event.
    func streamed(_ entry: LogEntry) -> String {
        let kind =
            switch entry {
            case .delivery: "delivery"
            case .change: "duty"
            }
        let value = isDemonstration ? Demonstration.marked(item(entry)) : item(entry)
        // JSON has no line break of its own, so it is one line of data.
        let data = String(decoding: value.encodedBytes(), as: UTF8.self)
        return "event: \(kind)\nid: \(entry.position.rawValue)\ndata: \(data)\n\n"
    }
}
