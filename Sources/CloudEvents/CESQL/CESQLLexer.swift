/// The tokens of an expression, one at a time, from its UTF-8 bytes.
struct CESQLLexer {
    enum Token: Equatable {
        case end
        case leftParenthesis, rightParenthesis, comma
        case plus, minus, times, divide, remainder
        case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
        case and, or, xor, not, like, membership, exists
        case boolean(Bool)
        case string(String)
        /// Decimal digits without a sign, not yet converted: the sign before
        /// them decides whether they fit.
        case digits
        /// Letters and digits, or letters and underscores: an attribute or a
        /// function.
        case word
    }

    let bytes: [UInt8]
    /// The bytes of the token read last.
    private(set) var range: Range<Int> = 0..<0

    init(text: String) {
        bytes = Array(text.utf8)
    }

    /// The text of the token read last.
    var tokenText: String { String(decoding: bytes[range], as: UTF8.self) }

    mutating func next() throws(CESQLParseError) -> Token {
        var start = range.upperBound
        while start < bytes.count, [0x20, 0x09, 0x0D, 0x0A].contains(bytes[start]) {
            start += 1
        }
        range = start..<start
        guard start < bytes.count else { return .end }
        switch bytes[start] {
        case UInt8(ascii: "'"), UInt8(ascii: "\""):
            return try string(from: start)
        case let byte where Self.isWordByte(byte):
            return word(from: start)
        default:
            return try symbol(from: start)
        }
    }

    /// A fault at the token read last.
    func fault(_ message: String, _ messageZh: String) -> CESQLParseError {
        fault(at: range.lowerBound, message, messageZh)
    }

    // MARK: Tokens

    private mutating func symbol(from start: Int) throws(CESQLParseError) -> Token {
        let following: UInt8? = start + 1 < bytes.count ? bytes[start + 1] : nil
        let (token, length): (Token, Int)
        switch (bytes[start], following) {
        case (UInt8(ascii: "("), _): (token, length) = (.leftParenthesis, 1)
        case (UInt8(ascii: ")"), _): (token, length) = (.rightParenthesis, 1)
        case (UInt8(ascii: ","), _): (token, length) = (.comma, 1)
        case (UInt8(ascii: "+"), _): (token, length) = (.plus, 1)
        case (UInt8(ascii: "-"), _): (token, length) = (.minus, 1)
        case (UInt8(ascii: "*"), _): (token, length) = (.times, 1)
        case (UInt8(ascii: "/"), _): (token, length) = (.divide, 1)
        case (UInt8(ascii: "%"), _): (token, length) = (.remainder, 1)
        case (UInt8(ascii: "="), _): (token, length) = (.equal, 1)
        case (UInt8(ascii: "!"), UInt8(ascii: "=")): (token, length) = (.notEqual, 2)
        case (UInt8(ascii: "<"), UInt8(ascii: ">")): (token, length) = (.notEqual, 2)
        case (UInt8(ascii: "<"), UInt8(ascii: "=")): (token, length) = (.lessOrEqual, 2)
        case (UInt8(ascii: "<"), _): (token, length) = (.less, 1)
        case (UInt8(ascii: ">"), UInt8(ascii: "=")): (token, length) = (.greaterOrEqual, 2)
        case (UInt8(ascii: ">"), _): (token, length) = (.greater, 1)
        case (0x80..., _):
            throw fault(
                at: start,
                "a character outside quotation marks that the language does not know"
                    + "; type signs and spaces half-width",
                "引号以外有语言不认识的字符；符号和空格请用半角",
            )
        default:
            throw fault(
                at: start,
                "a sign that the language does not know",
                "有语言不认识的符号",
            )
        }
        range = start..<start + length
        return token
    }

    private mutating func word(from start: Int) -> Token {
        var end = start
        var onlyDigits = true
        while end < bytes.count, Self.isWordByte(bytes[end]) {
            onlyDigits = onlyDigits && Self.isDigit(bytes[end])
            end += 1
        }
        range = start..<end
        if onlyDigits { return .digits }
        return Self.keyword(bytes[range]) ?? .word
    }

    /// The text between quotation marks. A backslash always takes the next
    /// character along, but only the one before the closing mark's own kind is
    /// dropped: `\%` and `\_` have to reach the pattern of LIKE.
    private mutating func string(from start: Int) throws(CESQLParseError) -> Token {
        let quote = bytes[start]
        var content: [UInt8] = []
        var index = start + 1
        while index < bytes.count {
            let byte = bytes[index]
            if byte == quote {
                range = start..<index + 1
                return .string(String(decoding: content, as: UTF8.self))
            }
            if byte == UInt8(ascii: "\\"), index + 1 < bytes.count {
                if bytes[index + 1] != quote {
                    content.append(byte)
                }
                content.append(bytes[index + 1])
                index += 2
            } else {
                content.append(byte)
                index += 1
            }
        }
        throw fault(at: start, "the closing quotation mark is missing", "缺少右引号")
    }

    private static func keyword(_ bytes: ArraySlice<UInt8>) -> Token? {
        guard bytes.count <= 6 else { return nil }
        switch String(decoding: bytes.map { $0 & 0xDF }, as: UTF8.self) {
        case "AND": return .and
        case "OR": return .or
        case "XOR": return .xor
        case "NOT": return .not
        case "LIKE": return .like
        case "IN": return .membership
        case "EXISTS": return .exists
        case "TRUE": return .boolean(true)
        case "FALSE": return .boolean(false)
        default: return nil
        }
    }

    // MARK: Characters

    private func fault(at offset: Int, _ message: String, _ messageZh: String) -> CESQLParseError {
        // Continuation bytes do not count: the position is in characters.
        let position = bytes[..<offset].count { $0 & 0xC0 != 0x80 } + 1
        return CESQLParseError(position: position, message: message, messageZh: messageZh)
    }

    static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_")
    }
}
