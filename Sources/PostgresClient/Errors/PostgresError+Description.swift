extension PostgresError: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Generic, and safe to show and log.
    package var description: String {
        var text =
            switch code.kind {
            case .connectFailed: "no connection to the database"
            case .connectionLost: "the connection to the database was lost before the statement took effect"
            case .outcomeUnknown: "the connection to the database was lost, the outcome of the statement is unknown"
            case .server: "the database refused the statement"
            case .poolExhausted: "no database connection came free in time"
            case .closed: "the database connection is closed"
            case .decodingFailed: message
            case .encodingFailed: "the statement cannot be sent"
            case .transactionAborted: "the transaction was rolled back instead of committed"
            case .protocolViolation: "the database answered in an unexpected way"
            }
        if let sqlState { text += " (\(sqlState))" }
        if let statementName { text += " in \(statementName)" }
        if let line { text += " at line \(line)" }
        return text
    }

    /// With SQL, call site and what the server said; without any bound value.
    package var debugDescription: String {
        var lines = ["\(code): \(message)"]
        let fields: [(String, String?)] = [
            ("sqlstate", sqlState?.rawValue), ("detail", safeDetail), ("hint", hint), ("schema", schema),
            ("table", table), ("column", column), ("type", dataType), ("constraint", constraint),
            ("phase", transactionPhase?.rawValue), ("statement", statementName), ("line", line.map { String($0) }),
            ("at", callSite), ("context", context), ("sql", sql),
        ]
        for case (let name, .some(let value)) in fields { lines.append("\(name): \(value)") }
        return lines.joined(separator: "\n")
    }

    /// Shows nothing: `dump` must not reveal what `debugDescription` hides.
    package var customMirror: Mirror { Mirror(self, children: [(label: String?, value: Any)]()) }

    /// Details of these classes speak of processes, resources and limits only.
    private var safeDetail: String? {
        guard let sqlState, ["40", "53", "55", "57", "58"].contains(sqlState.classCode) else { return nil }
        return unsafeServerDetail
    }

    /// Messages of these classes name objects, never values.
    private static let plainClasses: Set<String> = [
        "08", "0A", "25", "26", "28", "3D", "3F", "40", "42", "53", "54", "55", "57", "58", "XX",
    ]

    /// A server's message without the values it may quote.
    ///
    /// `invalid input syntax for type integer: "…"` quotes the value, and a
    /// value may itself contain quotes, so everything from the first to the
    /// last one goes; in class 22 everything from the first, because
    /// `invalid byte sequence for encoding "UTF8": 0x…` has the value after it.
    static func redacted(_ message: String, sqlState: SQLState?) -> String {
        if let sqlState, plainClasses.contains(sqlState.classCode) { return message }
        let bytes = message.utf8
        guard let first = bytes.firstIndex(of: UInt8(ascii: "\"")),
            let last = bytes.lastIndex(of: UInt8(ascii: "\""))
        else { return message }
        let isData = sqlState.map { SQLState.dataException ~= $0 } ?? true
        return message[..<first] + "\"…\"" + (isData || first == last ? "" : message[bytes.index(after: last)...])
    }
}
