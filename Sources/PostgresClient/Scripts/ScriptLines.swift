/// The line on which each statement of a script begins.
///
/// The server executes a script statement by statement and answers each, but
/// an error that is not about the text (a violated constraint, an exception)
/// comes without a position; the number of answers before it tells which
/// statement it was.
///
/// Semicolons count outside of strings, quoted names, dollar quotes, comments
/// and parentheses. Bodies of functions written as `BEGIN ATOMIC … END` are
/// not understood: there the line is an approximation.
struct ScriptLines {
    /// From 1; one for each statement, empty ones left out as the server does.
    private(set) var statements: [Int] = []

    init(_ script: String) {
        var reader = ScriptReader(script)
        var isWithin = false
        while let token = reader.next() {
            switch token {
            case .semicolon: isWithin = false
            case .other(let line):
                if !isWithin { statements.append(line) }
                isWithin = true
            }
        }
    }

    /// The line of a statement, by its index; the last one's beyond the end.
    func line(ofStatement index: Int) -> Int? {
        index < statements.count ? statements[index] : statements.last
    }

    /// The line of a position as the server reports it: in characters, from 1.
    static func line(ofPosition position: Int, in script: String) -> Int {
        script.unicodeScalars.prefix(max(0, position - 1)).count { $0 == "\n" } + 1
    }
}

/// Walks through a script, telling top-level semicolons from the rest.
private struct ScriptReader {
    enum Token {
        case semicolon
        /// Something else, which begins on this line.
        case other(line: Int)
    }

    private let bytes: [UInt8]
    private var position = 0
    private var line = 1
    private var depth = 0

    init(_ script: String) {
        bytes = Array(script.utf8)
    }

    mutating func next() -> Token? {
        while let byte = peek() {
            let start = line
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"), 0x0C: advance()
            case UInt8(ascii: "-") where peek(1) == byte: skipLine()
            case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "*"): skipComment()
            case UInt8(ascii: ";") where depth == 0:
                advance()
                return .semicolon
            default:
                skipElement(byte)
                return .other(line: start)
            }
        }
        return nil
    }

    private mutating func skipElement(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "'"): skipQuoted(byte, escapes: false)
        case UInt8(ascii: "\""): skipQuoted(byte, escapes: false)
        case UInt8(ascii: "$"): skipDollarQuoted()
        case UInt8(ascii: "("):
            depth += 1
            advance()
        case UInt8(ascii: ")"):
            depth = max(0, depth - 1)
            advance()
        default:
            guard Self.isNamePart(byte) else { return advance() }
            // A dollar within a name quotes nothing.
            let start = position
            while let byte = peek(), Self.isNamePart(byte) || byte == UInt8(ascii: "$") { advance() }
            let isEscape = position == start + 1 && bytes[start] | 0x20 == UInt8(ascii: "e")
            if isEscape, peek() == UInt8(ascii: "'") { skipQuoted(UInt8(ascii: "'"), escapes: true) }
        }
    }

    private static func isNamePart(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...0xFF:
            true
        default: false
        }
    }

    private func peek(_ distance: Int = 0) -> UInt8? {
        position + distance < bytes.count ? bytes[position + distance] : nil
    }

    private mutating func advance() {
        if bytes[position] == UInt8(ascii: "\n") { line += 1 }
        position += 1
    }

    private mutating func skipLine() {
        while let byte = peek(), byte != UInt8(ascii: "\n") { advance() }
    }

    /// Comments nest.
    private mutating func skipComment() {
        var level = 0
        while let byte = peek() {
            if byte == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "*") {
                level += 1
                advance()
            } else if byte == UInt8(ascii: "*"), peek(1) == UInt8(ascii: "/") {
                level -= 1
                advance()
            }
            advance()
            if level == 0 { return }
        }
    }

    /// A doubled quote is two strings to this reader, which comes to the same.
    private mutating func skipQuoted(_ quote: UInt8, escapes: Bool) {
        advance()
        while let byte = peek() {
            advance()
            if byte == quote { return }
            if escapes, byte == UInt8(ascii: "\\"), peek() != nil { advance() }
        }
    }

    private mutating func skipDollarQuoted() {
        var end = position + 1
        while end < bytes.count, Self.isNamePart(bytes[end]) { end += 1 }
        let isParameter = end > position + 1 && (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position + 1])
        guard end < bytes.count, bytes[end] == UInt8(ascii: "$"), !isParameter else { return advance() }
        let tag = bytes[position...end]
        while position <= end { advance() }
        while position < bytes.count {
            if bytes[position...].starts(with: tag) {
                position += tag.count
                return
            }
            advance()
        }
    }
}
