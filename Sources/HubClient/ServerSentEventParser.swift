/// Takes the bytes of an event stream apart (the HTML standard, section 9.2).
///
/// A line ends with LF, CR or CR LF; an event ends with an empty line; what
/// stands after the last empty line when the stream breaks is dropped, as the
/// standard has it, so half an event is never told.
struct ServerSentEventParser {
    /// One event of the stream.
    struct Event: Sendable, Hashable {
        var type: String
        var data: String
        /// The id in force, nil before the first.
        var id: String?
    }

    private var line: [UInt8] = []
    private var type = ""
    private var data: [String] = []
    private var id: String?
    private var lastWasCarriageReturn = false

    /// Takes further bytes and gives the events they complete.
    mutating func append(_ bytes: some Sequence<UInt8>) -> [Event] {
        var events: [Event] = []
        for byte in bytes {
            defer { lastWasCarriageReturn = byte == 0x0D }
            switch byte {
            case 0x0A where lastWasCarriageReturn: continue
            case 0x0A, 0x0D:
                if let event = endLine() { events.append(event) }
            default: line.append(byte)
            }
        }
        return events
    }

    private mutating func endLine() -> Event? {
        let text = String(decoding: line, as: UTF8.self)
        line.removeAll(keepingCapacity: true)
        guard !text.isEmpty else { return dispatch() }
        // Begins with a colon: a comment, which proves that the line is alive.
        guard !text.hasPrefix(":") else { return nil }
        let field = text.prefix { $0 != ":" }
        var value = text.dropFirst(field.count + 1)
        if value.first == " " { value.removeFirst() }
        switch field {
        case "event": type = String(value)
        case "data": data.append(String(value))
        case "id" where !value.utf8.contains(0): id = String(value)
        default: break
        }
        return nil
    }

    private mutating func dispatch() -> Event? {
        defer {
            type = ""
            data = []
        }
        guard !data.isEmpty else { return nil }
        return Event(type: type.isEmpty ? "message" : type, data: data.joined(separator: "\n"), id: id)
    }
}
