/// The unit's log by long poll; see ``HubClient/poll(from:types:)``.
public struct HubPolledFeed: AsyncSequence, Sendable {
    /// The elements.
    public typealias Element = HubFeedItem

    let client: HubClient
    let start: HubFeedStart
    let types: [String]

    /// A reader from the start on.
    public func makeAsyncIterator() -> Iterator {
        Iterator(feed: self, position: start)
    }

    /// A reader; remembers where it is.
    public struct Iterator: AsyncIteratorProtocol {
        let feed: HubPolledFeed
        var position: HubFeedStart
        var waiting: ArraySlice<HubFeedItem> = []

        /// The next entry, however long it takes to come.
        public mutating func next() async throws -> HubFeedItem? {
            while waiting.isEmpty {
                try Task.checkCancellation()
                let page = try await feed.client.feed(
                    from: position, limit: 500, types: feed.types, wait: .seconds(30),
                    retries: feed.client.configuration.feedRetries)
                position = .after(page.next)
                waiting = page.items[...]
            }
            return waiting.removeFirst()
        }
    }
}
