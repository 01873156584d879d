/// Attribute values as they stand in headers (CloudEvents 1.0.2, HTTP binding,
/// section 3.1.3.2).
enum HeaderText {
    /// Why a header's value cannot be read.
    enum Fault: Error {
        /// A quotation mark that is not closed.
        case openQuotation
        /// A percent sign without two hexadecimal digits after it.
        case badEscape
        /// Escaped bytes that are no UTF-8.
        case notUTF8
    }

    /// Space, the quotation mark, the percent sign and everything outside of
    /// printable ASCII are escaped, byte by byte of UTF-8.
    static func encode(_ text: String) -> String {
        let needsNone = text.utf8.allSatisfy { isPlain($0) }
        if needsNone { return text }
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            guard !isPlain(byte) else {
                bytes.append(byte)
                continue
            }
            let digits = Hexadecimal.digits(byte, uppercase: true)
            bytes += [UInt8(ascii: "%"), digits.0, digits.1]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// First the quotation marks are undone, which older senders use, then the
    /// escapes, once.
    static func decode(_ text: String) throws(Fault) -> String {
        let isPlain = !text.utf8.contains { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "\"") }
        if isPlain { return text }
        let bytes = try unescaped(try unquoted(Array(text.utf8)))
        guard let decoded = String(validating: bytes, as: UTF8.self) else { throw .notUTF8 }
        return decoded
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "%")
    }

    /// Drops quotation marks, and backslashes between them.
    private static func unquoted(_ bytes: [UInt8]) throws(Fault) -> [UInt8] {
        var result: [UInt8] = []
        var isQuoted = false
        var position = 0
        while position < bytes.count {
            var byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: "\"") {
                isQuoted.toggle()
                continue
            }
            if isQuoted, byte == UInt8(ascii: "\\") {
                guard position < bytes.count else { throw .openQuotation }
                byte = bytes[position]
                position += 1
            }
            result.append(byte)
        }
        guard !isQuoted else { throw .openQuotation }
        return result
    }

    private static func unescaped(_ bytes: [UInt8]) throws(Fault) -> [UInt8] {
        var result: [UInt8] = []
        var position = 0
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            guard byte == UInt8(ascii: "%") else {
                result.append(byte)
                continue
            }
            guard position + 1 < bytes.count, let high = Hexadecimal.value(bytes[position]),
                let low = Hexadecimal.value(bytes[position + 1])
            else { throw .badEscape }
            result.append(high << 4 | low)
            position += 2
        }
        return result
    }
}
