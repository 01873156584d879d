extension JSONParser {
    // MARK: Text

    /// The text between quotation marks; the position is at the opening one.
    mutating func string() throws(Stop) -> String {
        position += 1
        let start = position
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                position += 1
                return String(decoding: bytes[start..<position - 1], as: UTF8.self)
            }
            if byte == UInt8(ascii: "\\") || byte < 0x20 { break }
            position += 1
        }
        return try stringWithEscapes(from: start)
    }

    /// What is wrong with a text, each kind once however often it occurs.
    private struct TextFaults: OptionSet {
        let rawValue: UInt8
        static let nul = TextFaults(rawValue: 1)
        static let loneSurrogate = TextFaults(rawValue: 2)
        static let control = TextFaults(rawValue: 4)
    }

    private mutating func stringWithEscapes(from start: Int) throws(Stop) -> String {
        var content = Array(bytes[start..<position])
        var wrong: TextFaults = []
        defer { record(wrong) }
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                return String(decoding: content, as: UTF8.self)
            case UInt8(ascii: "\\"):
                position += 1
                try escape(into: &content, &wrong)
            case 0:
                wrong.insert(.nul)
                position += 1
            case 0..<0x20:
                wrong.insert(.control)
                position += 1
            default:
                content.append(bytes[position])
                position += 1
            }
        }
        throw syntaxFault("the closing quotation mark is missing", "缺少右引号")
    }

    private mutating func record(_ wrong: TextFaults) {
        if wrong.contains(.nul) {
            faults.record("nul-character", "text must not contain U+0000", "文本中不得含有U+0000字符")
        }
        if wrong.contains(.loneSurrogate) {
            faults.record(
                "lone-surrogate", "an escape names half of a character; write the other half too",
                "转义只写了半个字符（孤立代理项），请补全",
            )
        }
        if wrong.contains(.control) {
            faults.record(
                "control-character", "control characters, line breaks too, are written as escapes in text",
                "文本中的控制字符（含换行）须写成转义形式",
            )
        }
    }

    private mutating func escape(into content: inout [UInt8], _ wrong: inout TextFaults) throws(Stop) {
        guard let sign = next else { return }
        switch sign {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(sign)
        case UInt8(ascii: "b"): content.append(0x08)
        case UInt8(ascii: "f"): content.append(0x0C)
        case UInt8(ascii: "n"): content.append(0x0A)
        case UInt8(ascii: "r"): content.append(0x0D)
        case UInt8(ascii: "t"): content.append(0x09)
        case UInt8(ascii: "u"):
            position += 1
            return try unicodeEscape(into: &content, &wrong)
        default:
            throw syntaxFault("there is no such escape", "没有这种转义")
        }
        position += 1
    }

    private mutating func unicodeEscape(into content: inout [UInt8], _ wrong: inout TextFaults) throws(Stop) {
        let unit = try codeUnit()
        guard unit & 0xF800 == 0xD800 else {
            if unit == 0 { wrong.insert(.nul) }
            return append(unit, to: &content)
        }
        let isFirstHalf = unit < 0xDC00
        let isFollowed =
            position + 1 < bytes.count && bytes[position] == UInt8(ascii: "\\")
            && bytes[position + 1] == UInt8(ascii: "u")
        guard isFirstHalf, isFollowed else {
            wrong.insert(.loneSurrogate)
            return
        }
        let place = position
        position += 2
        let second = try codeUnit()
        guard second & 0xFC00 == 0xDC00 else {
            // It may be a character of its own, or the first half of one.
            wrong.insert(.loneSurrogate)
            position = place
            return
        }
        append(0x10000 + (unit & 0x3FF) << 10 + second & 0x3FF, to: &content)
    }

    private func append(_ value: UInt32, to content: inout [UInt8]) {
        if let scalar = Unicode.Scalar(value) { content.append(contentsOf: String(scalar).utf8) }
    }

    /// Four hexadecimal digits.
    private mutating func codeUnit() throws(Stop) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = next.flatMap(Hexadecimal.value) else {
                throw syntaxFault("four hexadecimal digits follow \\u", "\\u之后应为四位十六进制数")
            }
            unit = unit << 4 | UInt32(digit)
            position += 1
        }
        return unit
    }

    // MARK: Numbers

    /// The largest whole number below which every one is a double: 2^53.
    private static let largestInteger: Int64 = 1 << 53
    /// Where the canonical form of a number turns to exponents.
    private static let exponentFrom = 1e21

    /// A number; the position is at its minus or first digit.
    mutating func number() throws(Stop) -> JSONValue {
        let start = position
        if next == UInt8(ascii: "-") { position += 1 }
        let firstDigit = position
        let digits = try digits()
        if digits > 1, bytes[firstDigit] == UInt8(ascii: "0") {
            position = firstDigit
            throw syntaxFault("a number does not begin with 0", "数字不能以0开头")
        }
        var isInteger = true
        if next == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            _ = try self.digits()
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            isInteger = false
            position += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
            _ = try self.digits()
        }
        return isInteger ? integer(start..<position) : double(start..<position)
    }

    /// Walks over digits, at least one, and counts them.
    private mutating func digits() throws(Stop) -> Int {
        let start = position
        while let byte = next, Self.isDigit(byte) { position += 1 }
        guard position > start else { throw syntaxFault("a digit is expected here", "此处应为数字") }
        return position - start
    }

    private mutating func integer(_ range: Range<Int>) -> JSONValue {
        var value: Int64 = 0
        let isNegative = bytes[range.lowerBound] == UInt8(ascii: "-")
        let digits = bytes[(isNegative ? range.lowerBound + 1 : range.lowerBound)..<range.upperBound]
        if digits.count <= 16 {
            for byte in digits { value = value * 10 + Int64(byte - UInt8(ascii: "0")) }
        }
        guard digits.count <= 16, value <= Self.largestInteger else { return refusedInteger() }
        return .integer(isNegative ? -value : value)
    }

    private mutating func double(_ range: Range<Int>) -> JSONValue {
        let value = Double(String(decoding: bytes[range], as: UTF8.self)) ?? .infinity
        guard value.isFinite else {
            faults.record(
                "number-out-of-range", "the number lies outside the range of a double", "数字超出双精度范围",
            )
            return .null
        }
        // The canonical form writes these without exponent: as whole numbers
        // that could not be read again.
        if value.magnitude > Double(Self.largestInteger), value.magnitude < Self.exponentFrom {
            return refusedInteger()
        }
        return .number(value)
    }

    private mutating func refusedInteger() -> JSONValue {
        faults.record(
            "integer-out-of-range",
            "a whole number lies between -9007199254740992 and 9007199254740992; write larger ones as text",
            "整数应在-9007199254740992与9007199254740992之间；更大的请写成文本",
        )
        return .null
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
