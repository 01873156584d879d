/// Takes apart what goes over a connection to PostgreSQL, as far as is needed to
/// know when a transaction was committed
/// (https://www.postgresql.org/docs/15/protocol-message-formats.html).
struct WireReader {
    /// What matters of one direction.
    enum Note: Equatable {
        /// The client runs a prepared statement of this name.
        case runs(String)
        /// The client asks for the end of a unit of work.
        case sync
        /// The server has ended one, and committed it if it could.
        case ready
    }

    private let isFromClient: Bool
    private var bytes: [UInt8] = []
    private var hasStarted: Bool
    /// Names of prepared statements, by the client's short ones.
    private var statements: [String: String] = [:]

    /// A reader of one direction.
    init(fromClient: Bool) {
        isFromClient = fromClient
        // The first message of a client has no type.
        hasStarted = !fromClient
    }

    /// Takes further bytes and says what they mean.
    mutating func append(_ more: ArraySlice<UInt8>) -> [Note] {
        bytes += more
        var notes: [Note] = []
        var start = 0
        while true {
            let header = hasStarted ? 5 : 4
            guard bytes.count - start >= header else { break }
            let length = bytes[(start + header - 4)..<(start + header)].reduce(0) { $0 << 8 | Int($1) }
            let end = start + header - 4 + length
            guard length >= 4, end <= bytes.count else { break }
            let body = bytes[(start + header)..<end]
            if hasStarted { note(bytes[start], body, &notes) } else { startUp(body, &notes) }
            start = end
        }
        bytes.removeFirst(start)
        return notes
    }

    private mutating func startUp(_ body: ArraySlice<UInt8>, _ notes: inout [Note]) {
        // Version 3; requests for encryption and for cancelling have other codes.
        guard body.prefix(2).elementsEqual([0, 3]) else { return }
        hasStarted = true
        notes.append(.sync)
    }

    private mutating func note(_ type: UInt8, _ body: ArraySlice<UInt8>, _ notes: inout [Note]) {
        switch (isFromClient, type) {
        case (true, UInt8(ascii: "P")):
            let parts = Self.texts(body, count: 2)
            statements[parts[0]] = Self.name(in: parts[1])
        case (true, UInt8(ascii: "B")):
            if let name = statements[Self.texts(body, count: 2)[1]], !name.isEmpty { notes.append(.runs(name)) }
        case (true, UInt8(ascii: "S")), (true, UInt8(ascii: "Q")): notes.append(.sync)
        case (false, UInt8(ascii: "Z")): notes.append(.ready)
        default: break
        }
    }

    /// The first texts of a message, each ended by a zero.
    private static func texts(_ body: ArraySlice<UInt8>, count: Int) -> [String] {
        var parts = body.split(separator: 0, maxSplits: count, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        while parts.count < count { parts.append("") }
        return parts
    }

    /// The name that leads a statement of the hub's: `-- name: admit`.
    private static func name(in sql: String) -> String {
        guard sql.hasPrefix("-- name: ") else { return "" }
        return String(sql.dropFirst(9).prefix { !$0.isNewline })
    }
}
