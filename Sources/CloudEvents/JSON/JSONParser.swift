/// Reads one JSON text from bytes that are known to be UTF-8.
///
/// It calls itself for lists and objects only down to the depth limit; what is
/// deeper is a fault and is walked over with a stack of its own. After a fault
/// that leaves no doubt where to go on, reading goes on with a stand-in value;
/// a fault of the syntax ends it.
struct JSONParser {
    /// Thrown when reading cannot go on; the fault is recorded.
    struct Stop: Error {}

    let bytes: [UInt8]
    let depthLimit: Int
    var position = 0
    var faults = FaultList()
    /// The elements of the outermost list in which there are faults, ascending.
    private(set) var faultyElements: [Int] = []
    /// How many bytes each element of the outermost list takes.
    private(set) var elementSizes: [Int] = []

    init(bytes: [UInt8], depthLimit: Int) {
        self.bytes = bytes
        self.depthLimit = depthLimit
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    /// The whole text; nil after a fault of the syntax. With other faults the
    /// value is there and not to be used.
    mutating func document() -> JSONValue? {
        do throws(Stop) {
            skipSpace()
            guard position < bytes.count else { throw syntaxFault("there is nothing here", "内容为空") }
            let value = try value(depth: 0)
            skipSpace()
            guard position == bytes.count else {
                throw syntaxFault("the text should end here", "此处应已结束")
            }
            return value
        } catch {
            return nil
        }
    }

    // MARK: Values

    private mutating func value(depth: Int) throws(Stop) -> JSONValue {
        switch next ?? 0 {
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "{"): return try container(depth: depth, isObject: true)
        case UInt8(ascii: "["): return try container(depth: depth, isObject: false)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        default: throw syntaxFault("a value is expected here", "此处应为一个值")
        }
    }

    private mutating func literal(_ text: StaticString, _ value: JSONValue) throws(Stop) -> JSONValue {
        let end = position + text.utf8CodeUnitCount
        let isThere =
            end <= bytes.count
            && text.withUTF8Buffer { expected in bytes[position..<end].elementsEqual(expected) }
        guard isThere else { throw syntaxFault("a value is expected here", "此处应为一个值") }
        position = end
        return value
    }

    private mutating func container(depth: Int, isObject: Bool) throws(Stop) -> JSONValue {
        guard depth < depthLimit else {
            faults.record(
                "too-deep", "lists and objects are nested at most \(JSONReader.depthLimit) levels deep",
                "数组与对象最多嵌套\(JSONReader.depthLimit)层",
            )
            try skipContainer()
            return .null
        }
        return isObject ? .object(try object(depth: depth + 1)) : .array(try array(depth: depth + 1))
    }

    private mutating func object(depth: Int) throws(Stop) -> JSONObject {
        var object = JSONObject()
        position += 1
        skipSpace()
        if take(UInt8(ascii: "}")) { return object }
        while true {
            try member(of: &object, depth: depth)
            skipSpace()
            if take(UInt8(ascii: "}")) { return object }
            guard take(UInt8(ascii: ",")) else {
                throw syntaxFault("a comma or } is expected here", "此处应为逗号或}")
            }
            skipSpace()
        }
    }

    private mutating func member(of object: inout JSONObject, depth: Int) throws(Stop) {
        let before = faults.count
        let key = try self.key()
        // Text without a colon behind it may be a value that lacks its key, and
        // the paths of faults repeat no value.
        try colon()
        defer { if faults.count > before { faults.prefixPaths(since: before, FaultPath.step(key)) } }
        let value = try value(depth: depth)
        if !object.insert(key, value) {
            faults.record("duplicate-key", "the key stands twice in one object", "同一对象中键名重复")
        }
    }

    private mutating func array(depth: Int) throws(Stop) -> [JSONValue] {
        var elements: [JSONValue] = []
        position += 1
        skipSpace()
        if take(UInt8(ascii: "]")) { return elements }
        while true {
            let (found, start) = (faults.found, position)
            try element(of: &elements, depth: depth)
            if depth == 1 {
                elementSizes.append(position - start)
                if faults.found > found { faultyElements.append(elements.count - 1) }
            }
            skipSpace()
            if take(UInt8(ascii: "]")) { return elements }
            guard take(UInt8(ascii: ",")) else {
                throw syntaxFault("a comma or ] is expected here", "此处应为逗号或]")
            }
            skipSpace()
        }
    }

    private mutating func element(of elements: inout [JSONValue], depth: Int) throws(Stop) {
        let before = faults.count
        let index = elements.count
        defer { if faults.count > before { faults.prefixPaths(since: before, FaultPath.step(index)) } }
        elements.append(try value(depth: depth))
    }

    // MARK: What is too deep

    /// Walks over a list or an object, however deep, keeping nothing.
    private mutating func skipContainer() throws(Stop) {
        /// The signs that close what is open, innermost last.
        var open: [UInt8] = []
        repeat {
            try skipValueStart(&open)
        } while try skipValueEnd(&open)
    }

    /// Walks over a scalar or an empty container, or into another container.
    private mutating func skipValueStart(_ open: inout [UInt8]) throws(Stop) {
        while true {
            skipSpace()
            let isObject = next == UInt8(ascii: "{")
            guard isObject || next == UInt8(ascii: "[") else {
                _ = try value(depth: depthLimit)
                return
            }
            let closing = isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")
            position += 1
            skipSpace()
            if take(closing) { return }
            open.append(closing)
            if isObject { try skipKey() }
        }
    }

    /// Closes what ends here; whether another value follows.
    private mutating func skipValueEnd(_ open: inout [UInt8]) throws(Stop) -> Bool {
        while let closing = open.last {
            skipSpace()
            if take(closing) {
                open.removeLast()
                continue
            }
            guard take(UInt8(ascii: ",")) else {
                throw syntaxFault("a comma or a closing bracket is expected here", "此处应为逗号或右括号")
            }
            if closing == UInt8(ascii: "}") {
                skipSpace()
                try skipKey()
            }
            return true
        }
        return false
    }

    private mutating func skipKey() throws(Stop) {
        _ = try key()
        try colon()
    }

    // MARK: Signs

    private mutating func key() throws(Stop) -> String {
        guard next == UInt8(ascii: "\"") else {
            throw syntaxFault("a key in double quotation marks is expected here", "此处应为双引号内的键名")
        }
        return try string()
    }

    private mutating func colon() throws(Stop) {
        skipSpace()
        guard take(UInt8(ascii: ":")) else { throw syntaxFault("a colon is expected here", "此处应为冒号") }
        skipSpace()
    }

    /// The byte at the position; nil at the end.
    var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func take(_ sign: UInt8) -> Bool {
        guard next == sign else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    /// Records a fault of the syntax at the position, with line and column
    /// (in characters), both counted from 1.
    mutating func syntaxFault(_ message: String, _ messageZh: String) -> Stop {
        let before = bytes[..<min(position, bytes.count)]
        let line = before.count { $0 == 0x0A } + 1
        let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? (bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0)
        let column = before[min(lineStart, before.endIndex)...].count { $0 & 0xC0 != 0x80 } + 1
        let end = position >= bytes.count
        faults.record(
            "syntax",
            end
                ? "the text ends at line \(line), column \(column); \(message)"
                : "line \(line), column \(column): \(message)",
            end ? "内容在第\(line)行第\(column)列中断；\(messageZh)" : "第\(line)行第\(column)列：\(messageZh)",
        )
        return Stop()
    }
}
