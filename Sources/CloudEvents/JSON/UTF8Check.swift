/// Tells whether bytes are UTF-8 and, if not, what they may be instead.
enum UTF8Check {
    /// The fault of bytes that are not UTF-8; nil when they are.
    static func faults(of bytes: [UInt8]) -> JSONFaults? {
        do throws(UTF8.ValidationError) {
            _ = try UTF8Span(validating: bytes.span)
            return nil
        } catch {
            return JSONFaults(code: "not-utf-8", faults: [fault(of: bytes, at: error.byteOffsets.lowerBound)])
        }
    }

    private static func fault(of bytes: [UInt8], at offset: Int) -> InputFault {
        var message = "not UTF-8 from byte offset \(offset) on"
        var messageZh = "自字节偏移\(offset)起不是有效的UTF-8"
        if looksLikeGB18030(bytes) {
            message += "; the body looks like GBK/GB18030, convert it to UTF-8"
            messageZh += "；请求体疑似 GBK/GB18030，请转为 UTF-8"
        } else if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            message += "; the body looks like UTF-16, convert it to UTF-8"
            messageZh += "；请求体疑似 UTF-16，请转为 UTF-8"
        }
        return InputFault(path: "", code: "not-utf-8", message: message, messageZh: messageZh)
    }

    // MARK: GBK and GB18030

    /// Whether the bytes read as GB18030 from end to end and consist mostly of
    /// its common characters and punctuation.
    ///
    /// Nearly any bytes form pairs of GBK; what tells Chinese text is that the
    /// pairs fall into the two ranges of everyday use, where damaged UTF-8
    /// falls less than half of the time.
    private static func looksLikeGB18030(_ bytes: [UInt8]) -> Bool {
        var position = 0
        var characters = 0
        var common = 0
        while position < bytes.count {
            guard bytes[position] >= 0x80 else {
                position += 1
                continue
            }
            guard let length = length(ofCharacterAt: position, in: bytes) else { return false }
            characters += 1
            if length == 2, isCommon(bytes[position], bytes[position + 1]) { common += 1 }
            position += length
        }
        return characters > 0 && common * 10 >= characters * 7
    }

    private static func length(ofCharacterAt position: Int, in bytes: [UInt8]) -> Int? {
        let rest = bytes[position...].prefix(4)
        guard rest.count >= 2, (0x81...0xFE).contains(bytes[position]) else { return nil }
        switch bytes[position + 1] {
        case 0x40...0x7E, 0x80...0xFE:
            return 2
        case 0x30...0x39:
            let isWhole =
                rest.count == 4 && (0x81...0xFE).contains(bytes[position + 2])
                && (0x30...0x39).contains(bytes[position + 3])
            return isWhole ? 4 : nil
        default:
            return nil
        }
    }

    /// Punctuation and full-width letters, or a character of GB 2312.
    private static func isCommon(_ lead: UInt8, _ trail: UInt8) -> Bool {
        trail >= 0xA1 && ((0xA1...0xA3).contains(lead) || (0xB0...0xF7).contains(lead))
    }
}
