/// Writes a JSON text without spaces, piece by piece.
///
/// What is answered and stored for every event goes straight into bytes: a
/// tree of values in between costs more than its content. Nothing checks that
/// names and values alternate and what is begun is ended; the caller does.
public struct JSONWriter: Sendable {
    /// What has been written so far.
    public private(set) var bytes: [UInt8] = []
    /// Whether members of a value are sorted as RFC 8785, section 3.2.3, wants it.
    private let sortsMembers: Bool
    /// Whether what comes next in this list or object needs a comma before it.
    private var followsValue = false

    /// A writer for what a program writes member by member.
    ///
    /// - Parameter capacity: how many bytes to make room for.
    public init(reserving capacity: Int = 512) {
        self.init(sortsMembers: false, reserving: capacity)
    }

    init(sortsMembers: Bool, reserving capacity: Int = 512) {
        self.sortsMembers = sortsMembers
        bytes.reserveCapacity(capacity)
    }

    // MARK: Lists and objects

    /// Opens an object.
    public mutating func beginObject() { open(UInt8(ascii: "{")) }

    /// Closes it.
    public mutating func endObject() { close(UInt8(ascii: "}")) }

    /// Opens a list.
    public mutating func beginArray() { open(UInt8(ascii: "[")) }

    /// Closes it.
    public mutating func endArray() { close(UInt8(ascii: "]")) }

    /// The name of a member, whose value comes next.
    public mutating func name(_ name: StaticString) {
        comma()
        bytes.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
        followsValue = false
    }

    // MARK: Values

    /// Text.
    public mutating func write(_ text: String) {
        comma()
        quote(text)
        followsValue = true
    }

    /// A whole number.
    public mutating func write(_ number: Int64) {
        comma()
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        var rest = number.magnitude
        let start = bytes.count
        repeat {
            bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        bytes[start...].reverse()
        followsValue = true
    }

    /// `true` or `false`.
    public mutating func write(_ flag: Bool) { literal(flag ? "true" : "false") }

    /// `null`.
    public mutating func writeNull() { literal("null") }

    /// An instant, as text of RFC 3339 in Beijing time.
    public mutating func write(_ instant: Timestamp) {
        comma()
        bytes.append(UInt8(ascii: "\""))
        instant.appendRFC3339(to: &bytes)
        bytes.append(UInt8(ascii: "\""))
        followsValue = true
    }

    /// A value that is one already.
    public mutating func write(_ value: JSONValue) {
        switch value {
        case .null: writeNull()
        case .bool(let flag): write(flag)
        case .integer(let number): write(number)
        case .number(let number):
            comma()
            bytes.append(contentsOf: NumberText.ecmaScript(number).utf8)
            followsValue = true
        case .string(let text): write(text)
        case .array(let elements):
            beginArray()
            for element in elements { write(element) }
            endArray()
        case .object(let object): write(object)
        }
    }

    // MARK: Members

    /// A member; null without a value.
    public mutating func member(_ name: StaticString, _ text: String?) {
        self.name(name)
        if let text { write(text) } else { writeNull() }
    }

    /// A member; null without a value.
    public mutating func member(_ name: StaticString, _ instant: Timestamp?) {
        self.name(name)
        if let instant { write(instant) } else { writeNull() }
    }

    /// A member.
    public mutating func member(_ name: StaticString, _ number: Int64) {
        self.name(name)
        write(number)
    }

    /// A member.
    public mutating func member(_ name: StaticString, _ flag: Bool) {
        self.name(name)
        write(flag)
    }

    /// A member that is a list of texts.
    public mutating func member(_ name: StaticString, _ texts: [String]) {
        self.name(name)
        beginArray()
        for text in texts { write(text) }
        endArray()
    }

    // MARK: -

    private mutating func open(_ sign: UInt8) {
        comma()
        bytes.append(sign)
        followsValue = false
    }

    private mutating func close(_ sign: UInt8) {
        bytes.append(sign)
        followsValue = true
    }

    private mutating func comma() {
        if followsValue { bytes.append(UInt8(ascii: ",")) }
    }

    private mutating func literal(_ text: StaticString) {
        comma()
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
        followsValue = true
    }

    private mutating func write(_ object: JSONObject) {
        beginObject()
        if sortsMembers, let order = MemberOrder.order(of: object.members) {
            for index in order { write(object.members[index]) }
        } else {
            for member in object.members { write(member) }
        }
        endObject()
    }

    private mutating func write(_ member: (key: String, value: JSONValue)) {
        comma()
        quote(member.key)
        bytes.append(UInt8(ascii: ":"))
        followsValue = false
        write(member.value)
    }

    private mutating func quote(_ text: String) {
        var text = text
        bytes.append(UInt8(ascii: "\""))
        text.withUTF8 { quote($0) }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Only what has to be escaped is (RFC 8785, section 3.2.2.2).
    private mutating func quote(_ text: UnsafeBufferPointer<UInt8>) {
        guard Self.needsEscape(text) else { return bytes.append(contentsOf: text) }
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

    /// Whether any byte has to be escaped, eight at a time: nearly no text has one.
    private static func needsEscape(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let heights = ones << 7
        let raw = UnsafeRawBufferPointer(text)
        var index = 0
        while index + 8 <= raw.count {
            let word = raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            let quotes = word ^ (ones &* 0x22)
            let strokes = word ^ (ones &* 0x5C)
            // The height of a byte stays or becomes set where it is below the
            // bound; where it was set before, the byte is part of a character
            // beyond ASCII.
            let low = (word &- ones &* 0x20) & ~word
            let found = low | ((quotes &- ones) & ~quotes) | ((strokes &- ones) & ~strokes)
            if found & heights != 0 { return true }
            index += 8
        }
        while index < raw.count {
            let byte = raw[index]
            if byte < 0x20 || byte == 0x22 || byte == 0x5C { return true }
            index += 1
        }
        return false
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
