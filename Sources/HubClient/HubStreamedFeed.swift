import AsyncHTTPClient
import CloudEvents
import NIOCore

/// The unit's log by server-sent events; see ``HubClient/stream(from:types:)``.
public struct HubStreamedFeed: AsyncSequence, Sendable {
    /// The elements.
    public typealias Element = HubFeedItem

    let client: HubClient
    let start: HubFeedStart
    let types: [String]

    /// A reader from the start on.
    public func makeAsyncIterator() -> Iterator {
        Iterator(client: client, types: types, position: start)
    }

    /// A reader; remembers where it is and opens the stream again by itself.
    public struct Iterator: AsyncIteratorProtocol {
        let client: HubClient
        let types: [String]
        private var position: HubFeedStart
        private var body: HTTPClientResponse.Body.AsyncIterator?
        private var parser = ServerSentEventParser()
        private var waiting: ArraySlice<HubFeedItem> = []
        /// Openings in a row that brought nothing.
        private var failures = 0

        init(client: HubClient, types: [String], position: HubFeedStart) {
            self.client = client
            self.types = types
            self.position = position
        }

        /// The next entry, however long it takes to come.
        public mutating func next() async throws -> HubFeedItem? {
            while true {
                if let item = waiting.popFirst() {
                    position = .after(item.cursor)
                    return item
                }
                try Task.checkCancellation()
                do {
                    if body == nil { try await open() }
                    try await read()
                } catch let error as HubClientError {
                    body = nil
                    failures += 1
                    let jitter = Double.random(in: 0...1)
                    guard
                        let pause = client.configuration.feedRetries.pause(
                            after: error, attempt: failures, jitter: jitter)
                    else { throw error }
                    try await Task.sleep(for: pause)
                }
            }
        }

        private mutating func open() async throws {
            var request = HubRequest("GET", "/v1/feed")
            request.headers = [("accept", "text/event-stream")]
            if case .after(let cursor) = position {
                request.headers.append(("last-event-id", cursor))
            } else {
                request.query = position.query
            }
            if !types.isEmpty { request.query.append(("types", types.joined(separator: ","))) }
            body = try await client.open(request).body.makeAsyncIterator()
            parser = ServerSentEventParser()
        }

        /// Takes the next piece of the stream; at its end, forgets the stream.
        private mutating func read() async throws {
            guard var reading = body else { return }
            let piece = try await translatingErrors { try await reading.next(isolation: #isolation) }
            guard let piece else {
                // The hub ends a stream when it stops, or for a reader that lags.
                body = nil
                throw HubClientError(code: "unreachable", message: "the hub ended the stream")
            }
            body = reading
            failures = 0
            for event in parser.append(piece.readableBytesView) {
                guard case .success(let json) = JSONReader.read(Array(event.data.utf8)) else {
                    throw HubClientError(code: "bad-answer", status: 200, message: "an entry of the stream is not JSON")
                }
                var item = json.objectValue ?? JSONObject()
                if item["kind"] == nil { item["kind"] = .string(event.type) }
                if item["cursor"] == nil { item["cursor"] = .string(event.id ?? "0") }
                waiting.append(HubFeedItem(json: .object(item)))
            }
        }
    }
}
