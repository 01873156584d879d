import CloudEvents
import Coordination
import Hub

/// Reads the members of a small JSON body and collects what is wrong with them.
struct BodyForm {
    private let body: JSONObject
    private(set) var faults: [InputFault] = []

    /// - Parameter known: the members there may be; others are faults.
    init(_ body: JSONObject, known: Set<String>) {
        self.body = body
        for key in body.keys where !known.contains(key) {
            fault(JSONPointer.escaped(key), "unknown-field", "this field is not known", "未知的字段")
        }
    }

    /// An instant; nil when it is absent or null, or wrong.
    mutating func instant(_ name: String, required: Bool = false) -> Timestamp? {
        switch body[name] {
        case nil, .null:
            if required { fault(name, "required", "must be there", "必填") }
            return nil
        case .string(let text):
            if let instant = Timestamp(rfc3339: text) { return instant }
            if Timestamp(rfc3339: text + "+08:00") != nil {
                fault(name, "time-without-offset", "add the offset: \(text)+08:00", "请加上时区：\(text)+08:00")
            } else {
                fault(
                    name, "bad-time", "must be a time such as 2020-10-22T09:12:00+08:00",
                    "时间格式应如2020-10-22T09:12:00+08:00")
            }
            return nil
        default:
            fault(name, "wrong-type", "must be text", "应为文字")
            return nil
        }
    }

    /// A text; nil when it is absent or null, or wrong.
    mutating func text(_ name: String) -> String? {
        switch body[name] {
        case nil, .null: return nil
        case .string(let value): return value
        default:
            fault(name, "wrong-type", "must be text", "应为文字")
            return nil
        }
    }

    /// A flag; nil when it is absent or null, or wrong.
    mutating func flag(_ name: String) -> Bool? {
        switch body[name] {
        case nil, .null: return nil
        case .bool(let value): return value
        default:
            fault(name, "wrong-type", "must be true or false", "应为true或false")
            return nil
        }
    }

    /// A whole number; nil when it is absent or null, or wrong.
    mutating func number(_ name: String, in range: ClosedRange<Int64>) -> Int64? {
        switch body[name] {
        case nil, .null: return nil
        case .integer(let value) where range.contains(value): return value
        default:
            fault(
                name, "out-of-range", "must be a whole number from \(range.lowerBound) to \(range.upperBound)",
                "应为\(range.lowerBound)至\(range.upperBound)的整数")
            return nil
        }
    }

    /// A position or cursor; nil when it is absent or null, or wrong.
    mutating func position(_ name: String) -> Position? {
        guard let text = text(name) else { return nil }
        if let number = Int64(text), number >= 0 { return Position(rawValue: number) }
        fault(name, "bad-position", "must be a decimal integer as text", "应为十进制整数文本")
        return nil
    }

    /// A duration of ISO 8601 in seconds; nil when it is absent or null, or wrong.
    mutating func seconds(_ name: String) -> Int64? {
        switch body[name] {
        case nil, .null: return nil
        case .string(let text):
            if let seconds = ISODuration.seconds(text) { return seconds }
            fallthrough
        default:
            fault(name, "bad-duration", "must be a duration such as PT30S", "应为PT30S形式的时长")
            return nil
        }
    }

    /// A list of texts; nil when it is absent or null, or wrong.
    mutating func texts(_ name: String) -> [String]? {
        switch body[name] {
        case nil, .null: return nil
        case .array(let elements):
            let texts = elements.compactMap(\.stringValue)
            if texts.count == elements.count { return texts }
            fallthrough
        default:
            fault(name, "wrong-type", "must be a list of texts", "应为文字列表")
            return nil
        }
    }

    /// - Throws: `invalid` with all that was found.
    func check() throws {
        guard faults.isEmpty else { throw HubError("invalid", faults: faults) }
    }

    private mutating func fault(_ name: String, _ code: String, _ message: String, _ messageZh: String) {
        faults.append(InputFault(path: "/\(name)", code: code, message: message, messageZh: messageZh))
    }
}
