import CloudEvents

/// Texts and values that programs stumble over.
enum HostileValues {
    static let texts: [String] = [
        "", " ", "\u{1}", "\u{0}", "\u{7F}", "\u{85}", "\u{A0}", "\u{200B}", "\u{200D}", "\u{202E}abc\u{202C}",
        "\u{2028}",
        "\u{FEFF}", "\u{FFFD}", "\u{FFFE}", "\u{FFFF}", "\u{10FFFF}", "e\u{301}", "\u{E9}", "Å", "ﬁ", "İ", "ß",
        "İstanbul",
        "𠮷", "👩‍👩‍👧", "\r\n", "\t", "'", "\"", "\\", "%00", "%E4%B8", "%", "%%", "${x}", "{{x}}", "<b>", "'; --", "../..",
        "null", "true", "0", "-0", "1e400", "NaN", "2020-02-30", "2020-10-28T17:30:00", "2020-10-28T24:00:00Z",
        "2020-10-28T23:59:60Z", "0000-00-00T00:00:00Z", "9999-12-31T23:59:59+14:00", "PT-1S", "c-0",
        "c-99999999999999999999", "/", "//", "http://[::1", "urn:x:y", "中文", "孟津县",
    ]

    static let numbers: [String] = [
        "0", "-0", "-1", "1", "1.0", "1e0", "0.1", "1e-400", "1e308", "1e309", "-1e309", "9007199254740992",
        "9007199254740993", "-9007199254740993", "1.7976931348623157e308", "5e-324", "123456789012345678901234567890",
        "2147483648", "-2147483649", "01", "+1", ".5", "1.", "0x10", "NaN", "Infinity", "1E+2", "1e", "--1",
    ]

    /// Pieces of bytes that are no UTF-8, or no JSON.
    static let bytes: [[UInt8]] = [
        [0xC0, 0x80], [0xE0, 0x80, 0x80], [0xF0, 0x80, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
        [0xFF],
        [0x80], [0xC3], [0xE4, 0xB8], [0xB9, 0xE3], [0xEF, 0xBB, 0xBF], [0x00], [0x1F],
        Array(#"\ud800"#.utf8), Array(#"\udc00\ud800"#.utf8), Array(#"\u0000"#.utf8), Array(#"\u00"#.utf8),
        Array(#"\x"#.utf8),
        Array("//".utf8), Array("/**/".utf8), Array(",".utf8), Array(":".utf8), Array("}".utf8), Array("]".utf8),
        Array("[[[[".utf8), Array(#"{"a":"#.utf8), Array("\"".utf8), Array("nul".utf8), Array("'".utf8),
    ]
}

extension CaseGenerator {
    /// A text, mostly short and odd.
    mutating func text() -> String {
        switch below(8) {
        case 0...3: return pick(HostileValues.texts)
        case 4:
            return String(
                repeating: pick(["a", "中", "𠮷", "e\u{301}", "\u{202E}"]), count: pick([1, 20, 255, 4096, 70_000]))
        case 5: return pick(HostileValues.texts) + pick(HostileValues.texts)
        default:
            var scalars = String.UnicodeScalarView()
            for _ in 0..<below(12) {
                if let scalar = Unicode.Scalar(UInt32(truncatingIfNeeded: next()) % 0x11_0000) {
                    scalars.append(scalar)
                }
            }
            return String(scalars)
        }
    }

    /// A value of any kind.
    mutating func value(depth: Int = 3) -> JSONValue {
        switch below(depth > 0 ? 9 : 6) {
        case 0: return .null
        case 1: return .bool(oneIn(2))
        case 2: return .integer(pick([0, -1, 1, 7, 1 << 31, -(1 << 31), 1 << 53, -(1 << 53), 99_999]))
        case 3: return .number(pick([0.5, -0.0, 1e21, 1e-7, 1.5e300, Double.leastNonzeroMagnitude, 0.1]))
        case 4, 5: return .string(text())
        case 6: return .array((0..<below(4)).map { _ in value(depth: depth - 1) })
        case 7:
            var deep = JSONValue.array([])
            for _ in 0..<pick([3, 30, 62, 63, 64, 65, 200]) { deep = oneIn(2) ? .array([deep]) : ["a": deep] }
            return deep
        default:
            var object = JSONObject()
            for _ in 0..<below(4) { object[text()] = value(depth: depth - 1) }
            return .object(object)
        }
    }

    /// The same bytes with some of them changed.
    mutating func damaged(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<1 + below(3) {
            let place = below(bytes.count + 1)
            switch below(7) {
            case 0: bytes.insert(contentsOf: pick(HostileValues.bytes), at: place)
            case 1: bytes.insert(contentsOf: Array(pick(HostileValues.numbers).utf8), at: place)
            case 2: bytes = Array(bytes[..<place])
            case 3: bytes.removeSubrange(place..<min(bytes.count, place + 1 + below(4)))
            case 4: if place < bytes.count { bytes[place] ^= 1 << UInt8(below(8)) }
            case 5:
                let end = min(bytes.count, place + below(40))
                bytes.insert(contentsOf: Array(bytes[place..<end]), at: end)
            default: bytes.insert(UInt8(truncatingIfNeeded: next()), at: place)
            }
        }
        return bytes
    }
}

/// Writes a JSON value in one of the many texts that mean the same.
struct VariedWriter {
    var generator: CaseGenerator

    mutating func bytes(_ value: JSONValue) -> [UInt8] {
        var text = ""
        write(value, &text)
        return Array(text.utf8)
    }

    private mutating func space(_ text: inout String) {
        if generator.oneIn(4) { text += generator.pick([" ", "\n", "\t", "\r\n", "   "]) }
    }

    private mutating func write(_ value: JSONValue, _ text: inout String) {
        space(&text)
        switch value {
        case .array(let elements):
            text += "["
            for (index, element) in elements.enumerated() {
                if index > 0 { text += "," }
                write(element, &text)
            }
            space(&text)
            text += "]"
        case .object(let object):
            text += "{"
            for (index, member) in object.shuffled(using: &generator).enumerated() {
                if index > 0 { text += "," }
                space(&text)
                write(text: member.key, &text)
                space(&text)
                text += ":"
                write(member.value, &text)
            }
            space(&text)
            text += "}"
        case .string(let string): write(text: string, &text)
        case .null, .bool, .integer, .number: text += String(decoding: value.encodedBytes(), as: UTF8.self)
        }
        space(&text)
    }

    private mutating func write(text string: String, _ text: inout String) {
        text += "\""
        for scalar in string.unicodeScalars {
            let mustEscape = scalar.value < 0x20 || scalar == "\"" || scalar == "\\"
            guard mustEscape || generator.oneIn(10) else {
                text.unicodeScalars.append(scalar)
                continue
            }
            for unit in String(scalar).utf16 {
                let digits = String(unit, radix: 16, uppercase: generator.oneIn(2))
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
        text += "\""
    }
}
