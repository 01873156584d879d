import CloudEvents
import TestSupport
import Testing

/// Follows a unit's log as a client does, one request after the other, each
/// with the cursor the one before ended with.
struct FeedFollower: Sendable {
    enum Mode: Sendable, CaseIterable {
        case longPoll, stream
    }

    /// The hub processes it asks in turn: a cursor is the same to all of them.
    let hubs: [TestHub]
    let speaker: TestHub.Speaker
    let mode: Mode
    /// How many items it takes from one request before it sends the next.
    var portion = 40
    /// Goes on from its cursor when a hub does not answer.
    var survivesFaults = false

    /// A hub did not answer, or not with a page.
    struct Interrupted: Error, CustomStringConvertible {
        let description: String
    }

    /// Everything from the beginning of the log to an item.
    func follow(until isLast: @Sendable (FeedItem) -> Bool) async throws -> [FeedItem] {
        var items: [FeedItem] = []
        var cursor = "0"
        var turn = 0
        while true {
            let hub = hubs[turn % hubs.count]
            turn += 1
            do {
                let fresh: [FeedItem]
                switch mode {
                case .longPoll: (fresh, cursor) = try await page(of: hub, after: cursor)
                case .stream: (fresh, cursor) = try await stream(of: hub, after: cursor, until: isLast)
                }
                items += fresh
            } catch let error where survivesFaults && !(error is CancellationError) {
                try await Task.sleep(for: .milliseconds(50))
            }
            if let last = items.last, isLast(last) { return items }
        }
    }

    private func page(of hub: TestHub, after cursor: String) async throws -> ([FeedItem], String) {
        let answer = try await hub.get("/v1/feed?after=\(cursor)&limit=\(portion)&wait=PT20S", as: speaker)
        guard answer.status == 200, let next = answer.json["next"]?.stringValue else {
            throw Interrupted(description: answer.text)
        }
        return (FeedItem.items(of: answer.json), next)
    }

    private func stream(
        of hub: TestHub, after cursor: String, until isLast: (FeedItem) -> Bool
    ) async throws -> ([FeedItem], String) {
        var reading = StreamReading()
        var items: [FeedItem] = []
        let headers = cursor == "0" ? [] : [("Last-Event-ID", cursor)]
        do {
            try await hub.stream("/v1/feed", as: speaker, headers: headers) { line in
                guard case .item(let item)? = reading.take(line) else { return true }
                items.append(item)
                return items.count < portion && !isLast(item)
            }
        } catch let error where survivesFaults && !items.isEmpty && !(error is CancellationError) {
            // What came before the fault has come.
        }
        return (items, items.last.map { String($0.cursor) } ?? cursor)
    }
}
