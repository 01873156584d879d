import CloudEvents

/// One entry of a log as a client got it.
struct FeedItem: Sendable, Hashable {
    /// `delivery`, `duty` or `reset`.
    let kind: String
    let cursor: Int64
    let value: JSONValue

    init?(_ value: JSONValue) {
        guard let kind = value["kind"]?.stringValue, let text = value["cursor"]?.stringValue,
            let cursor = Int64(text)
        else { return nil }
        (self.kind, self.cursor, self.value) = (kind, cursor, value)
    }

    /// The id of the event that was delivered.
    var eventID: String? { value["event"]?["id"]?.stringValue }
    /// The command that changed a duty.
    var command: String? { value["duty"]?["command"]?.stringValue }
    /// The unit of the duty that changed.
    var dutyUnit: String? { value["duty"]?["unit"]?.stringValue }

    /// The items of a page of the feed.
    static func items(of page: JSONValue) -> [FeedItem] {
        (page["items"]?.arrayValue ?? []).compactMap(FeedItem.init)
    }
}

/// Puts the lines of an event stream together, as its standard says.
struct StreamReading {
    /// What a stream sent.
    enum Message: Hashable {
        case item(FeedItem)
        case comment(String)
    }

    /// The last id that came, which a client resumes with.
    private(set) var lastID: String?
    private var event = ""
    private var data = ""

    /// Takes a line without its end.
    mutating func take(_ line: String) -> Message? {
        if line.isEmpty {
            defer { (event, data) = ("", "") }
            guard !data.isEmpty, case .success(let value) = JSONReader.read(Array(data.utf8)),
                let item = FeedItem(value), item.kind == event, String(item.cursor) == lastID
            else { return nil }
            return .item(item)
        }
        let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let text = parts.count == 2 ? String(parts[1].drop(while: { $0 == " " })) : ""
        switch parts[0] {
        case "": return .comment(text)
        case "id": lastID = text
        case "event": event = text
        case "data": data += text
        default: break
        }
        return nil
    }
}
