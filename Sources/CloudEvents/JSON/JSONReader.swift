/// Reads JSON (RFC 8259) from bytes, strictly.
///
/// Refused beside what is no JSON: bytes that are not UTF-8, a key twice in one
/// object, more than 64 levels of lists and objects, U+0000, lone surrogates,
/// numbers outside the range of a double, and whole numbers beyond ±2^53, which
/// other readers would round. All faults are reported at once, each with the
/// JSON Pointer of its place; only a fault of the syntax ends the reading. A
/// byte order mark at the start is ignored.
///
/// Time grows in proportion to the number of bytes, whatever they are, and the
/// call stack is bounded.
public enum JSONReader {
    static let depthLimit = 64

    /// The value that the bytes hold, or everything that is wrong with them.
    ///
    /// What ``JSONValue/canonicalBytes()`` and ``JSONValue/encodedBytes()`` make
    /// of the value can be read again.
    public static func read(_ bytes: some Collection<UInt8>) -> Result<JSONValue, JSONFaults> {
        // Of an array this is no copy.
        let bytes = Array(bytes)
        if let faults = UTF8Check.faults(of: bytes) { return .failure(faults) }
        var parser = JSONParser(bytes: bytes, depthLimit: depthLimit)
        guard let value = parser.document(), parser.faults.isEmpty else {
            return .failure(JSONFaults(code: "bad-json", faults: parser.faults.all))
        }
        return .success(value)
    }

    /// The elements of a list, each judged alone, or what makes the whole
    /// unreadable; nil elements when the value is no list.
    ///
    /// Paths are relative to the element. Faults of the syntax concern the
    /// whole: nobody can tell where the element would have ended.
    ///
    /// - Parameter sizeLimit: how many bytes an element may take as it stands;
    ///   a longer one is a failure with the code `body-too-large`.
    static func readElements(
        _ bytes: [UInt8], sizeLimit: Int = .max,
    ) -> Result<[Result<JSONValue, JSONFaults>]?, JSONFaults> {
        if let faults = UTF8Check.faults(of: bytes) { return .failure(faults) }
        // The list itself is one level that an element on its own has not.
        var parser = JSONParser(bytes: bytes, depthLimit: depthLimit + 1)
        guard let value = parser.document() else {
            return .failure(JSONFaults(code: "bad-json", faults: parser.faults.all))
        }
        guard case .array(let elements) = value else {
            return parser.faults.isEmpty
                ? .success(nil) : .failure(JSONFaults(code: "bad-json", faults: parser.faults.all))
        }
        var results: [Result<JSONValue, JSONFaults>] = elements.map { .success($0) }
        let faults = parser.faults.byElement
        for index in parser.faultyElements {
            let own = faults[index] ?? [FaultList.furtherFaults(path: "")]
            results[index] = .failure(JSONFaults(code: "bad-json", faults: own))
        }
        for (index, size) in parser.elementSizes.enumerated() where size > sizeLimit {
            results[index] = .failure(tooLarge(sizeLimit))
        }
        return .success(results)
    }

    private static func tooLarge(_ limit: Int) -> JSONFaults {
        JSONFaults(
            code: "body-too-large",
            faults: [
                InputFault(
                    path: "", code: "body-too-large", message: "an event has at most \(limit) bytes; split it",
                    messageZh: "单个事件最多\(limit)字节，请拆分报送")
            ])
    }
}

extension FaultList {
    /// The faults kept, by the index that their path begins with, which is
    /// taken off.
    fileprivate var byElement: [Int: [InputFault]] {
        var result: [Int: [InputFault]] = [:]
        for var fault in faults {
            let digits = fault.path.dropFirst().prefix { $0 != "/" }
            guard let index = Int(digits) else { continue }
            fault.path.removeFirst(digits.count + 1)
            result[index, default: []].append(fault)
        }
        return result
    }
}
