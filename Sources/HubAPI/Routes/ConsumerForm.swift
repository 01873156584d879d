import ChineseIdentifiers
import CloudEvents
import Coordination
import Hub
import PostgresClient
import Store

/// What a unit says when it sets a consumer up: every fault at once.
struct ConsumerForm {
    private(set) var settings: ConsumerRecord.Settings
    /// Where to begin; nil where nothing was said.
    private(set) var start: Start?
    private(set) var faults: [InputFault] = []

    /// Where a new consumer begins.
    enum Start: Hashable {
        case earliest
        case latest
        case after(Position)
        case at(Timestamp)

        /// As it was asked, and is shown again.
        var value: JSONValue {
            switch self {
            case .earliest: "earliest"
            case .latest: "latest"
            case .after(let position): ["after": .string(String(position.rawValue))]
            case .at(let instant): ["at": .string(instant.rfc3339())]
            }
        }
    }

    private static let members: Set = [
        "filter", "types", "start", "lease", "maxAttempts", "maxInFlight", "ordering",
    ]
    /// A second to twelve hours.
    private static let leases: ClosedRange<Int64> = 1...43_200
    private static let attempts: ClosedRange<Int64> = 1...100
    private static let flights: ClosedRange<Int64> = 1...10_000
    private static let typeLimit = 500

    /// - Parameter knownTypes: whether there is an event type of that name.
    init(_ body: JSONObject, knownTypes: (String) -> Bool) {
        settings = ConsumerRecord.Settings(
            filter: nil, types: nil, leaseSeconds: 30, maxAttempts: 10, maxInFlight: 1000, ordering: .none)
        for key in body.keys where !Self.members.contains(key) {
            fault(JSONPointer.escaped(key), "unknown-field", "this field is not known", "未知的字段")
        }
        readFilter(body["filter"])
        readTypes(body["types"], knownTypes: knownTypes)
        readStart(body["start"])
        readLease(body["lease"])
        if let value = number(body["maxAttempts"], "maxAttempts", Self.attempts) {
            settings.maxAttempts = Int16(value)
        }
        if let value = number(body["maxInFlight"], "maxInFlight", Self.flights) {
            settings.maxInFlight = Int32(value)
        }
        readOrdering(body["ordering"])
    }

    private mutating func readFilter(_ value: JSONValue?) {
        switch value {
        case nil, .null, .string(""): return
        // It is kept as it stands, and shown again.
        case .string(let text) where !PersonalPatternScanner.kinds(in: text).isEmpty:
            faults.append(Self.personalNumber(at: "/filter"))
        case .string(let text):
            do throws(CESQLParseError) {
                _ = try CESQLExpression(text)
                settings.filter = text
            } catch {
                fault("filter", "bad-expression", error.message, error.messageZh)
            }
        default: fault("filter", "wrong-type", "must be a CESQL expression as text", "应为CESQL表达式文字")
        }
    }

    /// The refusal of a personal number in what is kept in the open.
    static func personalNumber(at path: String) -> InputFault {
        InputFault(
            path: path, code: "personal-data-in-consumer", message: "a consumer must not hold personal numbers",
            messageZh: "消费者设置中不得含有证件号码或电话号码")
    }

    private mutating func readTypes(_ value: JSONValue?, knownTypes: (String) -> Bool) {
        switch value {
        case nil, .null, .array([]): return
        case .array(let elements) where elements.count <= Self.typeLimit:
            var types: [String] = []
            for (index, element) in elements.enumerated() {
                if let type = element.stringValue, knownTypes(type) {
                    types.append(type)
                } else {
                    fault("types/\(index)", "unknown-type", "there is no such event type", "没有此事件类型")
                }
            }
            settings.types = types
        default: fault("types", "wrong-type", "must be a list of event types", "应为事件类型列表")
        }
    }

    private mutating func readStart(_ value: JSONValue?) {
        switch value {
        case nil, .null: return
        case .string("earliest"): start = .earliest
        case .string("latest"): start = .latest
        case .object(let object) where object.count == 1:
            if let text = object["after"]?.stringValue, let number = Int64(text), number >= 0, String(number) == text {
                start = .after(Position(rawValue: number))
            } else if let instant = object["at"]?.stringValue.flatMap({ Timestamp(rfc3339: $0) }) {
                start = .at(instant)
            } else {
                badStart()
            }
        default: badStart()
        }
    }

    private mutating func badStart() {
        fault(
            "start", "not-a-choice",
            "must be earliest, latest, {\"after\": \"<cursor>\"} or {\"at\": \"<time with offset>\"}",
            "应为earliest、latest、{\"after\": \"游标\"}或{\"at\": \"带时区的时间\"}")
    }

    private mutating func readLease(_ value: JSONValue?) {
        guard let value, value != .null else { return }
        guard let seconds = value.stringValue.flatMap({ ISODuration.seconds($0) }), Self.leases.contains(seconds) else {
            return fault("lease", "bad-duration", "must be PT1S to PT12H, such as PT30S", "应为PT1S至PT12H，如PT30S")
        }
        settings.leaseSeconds = Int32(seconds)
    }

    private mutating func readOrdering(_ value: JSONValue?) {
        guard let value, value != .null else { return }
        guard let ordering = value.stringValue.flatMap({ ConsumerRecord.Ordering(rawValue: $0) }) else {
            return fault("ordering", "not-a-choice", "must be none or case", "应为none或case")
        }
        settings.ordering = ordering
    }

    private mutating func number(_ value: JSONValue?, _ name: String, _ range: ClosedRange<Int64>) -> Int64? {
        guard let value, value != .null else { return nil }
        guard let number = value.integerValue, range.contains(number) else {
            fault(
                name, "out-of-range", "must be a whole number from \(range.lowerBound) to \(range.upperBound)",
                "应为\(range.lowerBound)至\(range.upperBound)的整数")
            return nil
        }
        return number
    }

    private mutating func fault(_ name: String, _ code: String, _ message: String, _ messageZh: String) {
        faults.append(InputFault(path: "/\(name)", code: code, message: message, messageZh: messageZh))
    }
}
