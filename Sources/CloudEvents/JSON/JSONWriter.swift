/// Writes JSON without spaces.
struct JSONWriter {
    private(set) var bytes: [UInt8] = []
    /// Whether members are sorted as RFC 8785, section 3.2.3, wants it.
    let sortsMembers: Bool

    init(sortsMembers: Bool) {
        self.sortsMembers = sortsMembers
        bytes.reserveCapacity(512)
    }

    mutating func write(_ value: JSONValue) {
        switch value {
        case .null: bytes.append(contentsOf: "null".utf8)
        case .bool(let flag): bytes.append(contentsOf: (flag ? "true" : "false").utf8)
        case .integer(let number): bytes.append(contentsOf: String(number).utf8)
        case .number(let number): bytes.append(contentsOf: NumberText.ecmaScript(number).utf8)
        case .string(let text): write(text)
        case .array(let elements): write(elements)
        case .object(let object): write(object)
        }
    }

    private mutating func write(_ elements: [JSONValue]) {
        bytes.append(UInt8(ascii: "["))
        var isFirst = true
        for element in elements {
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            write(element)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    private mutating func write(_ object: JSONObject) {
        bytes.append(UInt8(ascii: "{"))
        var isFirst = true
        if sortsMembers, !MemberOrder.isKept(by: object.members) {
            for index in MemberOrder.order(of: object.members) { write(object.members[index], isFirst: &isFirst) }
        } else {
            for member in object.members { write(member, isFirst: &isFirst) }
        }
        bytes.append(UInt8(ascii: "}"))
    }

    private mutating func write(_ member: (key: String, value: JSONValue), isFirst: inout Bool) {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
        write(member.key)
        bytes.append(UInt8(ascii: ":"))
        write(member.value)
    }

    private mutating func write(_ text: String) {
        var text = text
        bytes.append(UInt8(ascii: "\""))
        text.withUTF8 { write($0) }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Only what has to be escaped is (RFC 8785, section 3.2.2.2).
    private mutating func write(_ text: UnsafeBufferPointer<UInt8>) {
        var start = 0
        for index in text.indices {
            let byte = text[index]
            guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
            bytes.append(contentsOf: text[start..<index])
            escape(byte)
            start = index + 1
        }
        bytes.append(contentsOf: text[start...])
    }

    private mutating func escape(_ byte: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0C: bytes.append(UInt8(ascii: "f"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        case 0..<0x20:
            let digits = Hexadecimal.digits(byte, uppercase: false)
            bytes.append(contentsOf: "u00".utf8)
            bytes.append(digits.0)
            bytes.append(digits.1)
        default: bytes.append(byte)
        }
    }
}
