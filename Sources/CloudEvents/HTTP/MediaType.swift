/// A media type with its parameters (RFC 2045, section 5.1; RFC 7231, section
/// 3.1.1.1).
struct MediaType {
    /// `application` of `application/json`, in lower case.
    let type: String
    /// `json` of `application/json`, in lower case.
    let subtype: String
    /// The value of `charset` in lower case.
    private(set) var charset: String?

    /// Nil for text that is no media type.
    init?(_ text: String) {
        var scanner = Scanner(text)
        guard let type = scanner.token(), scanner.take(UInt8(ascii: "/")), let subtype = scanner.token() else {
            return nil
        }
        self.type = type.lowercased()
        self.subtype = subtype.lowercased()
        scanner.skipSpace()
        while scanner.take(UInt8(ascii: ";")) {
            scanner.skipSpace()
            // An empty parameter, as after a last semicolon, says nothing.
            guard let name = scanner.token() else { continue }
            guard scanner.take(UInt8(ascii: "=")), let value = scanner.token() ?? scanner.quotedText() else {
                return nil
            }
            if name.lowercased() == "charset" { charset = value.lowercased() }
            scanner.skipSpace()
        }
        guard scanner.isAtEnd else { return nil }
    }

    /// Whether it declares JSON: `*/json` or `*/*+json`.
    var isJSON: Bool { subtype == "json" || subtype.hasSuffix("+json") }

    /// Whether its content is text as such.
    var isText: Bool { type == "text" || subtype == "xml" || subtype.hasSuffix("+xml") }

    /// Whether it leaves the text in UTF-8, or in ASCII, which is part of it.
    var isUTF8: Bool {
        switch charset {
        case nil, "utf-8", "utf8", "us-ascii": true
        default: false
        }
    }
}

/// Reads the parts of a media type.
private struct Scanner {
    private let bytes: [UInt8]
    private var position = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    var isAtEnd: Bool { position == bytes.count }

    mutating func take(_ sign: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == sign else { return false }
        position += 1
        return true
    }

    mutating func skipSpace() {
        while take(0x20) || take(0x09) {}
    }

    mutating func token() -> String? {
        let token = bytes[position...].prefix { Self.isTokenByte($0) }
        position = token.endIndex
        return token.isEmpty ? nil : String(decoding: token, as: UTF8.self)
    }

    mutating func quotedText() -> String? {
        guard take(UInt8(ascii: "\"")) else { return nil }
        var content: [UInt8] = []
        while position < bytes.count {
            if take(UInt8(ascii: "\"")) { return String(decoding: content, as: UTF8.self) }
            if bytes[position] == UInt8(ascii: "\\"), position + 1 < bytes.count { position += 1 }
            content.append(bytes[position])
            position += 1
        }
        return nil
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default:
            "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
