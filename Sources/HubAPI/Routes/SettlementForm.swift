import CloudEvents
import Coordination
import PostgresClient
import Store

/// What a worker says of deliveries it holds:
/// `{deliveries: [{deliveryId, leaseId}], delay, reason}`.
struct SettlementForm {
    /// In the order sent, as they were named.
    private(set) var ids: [String] = []
    private(set) var deliveries: [(position: Position, lease: PostgresUUID)] = []
    /// Seconds until it is delivered again.
    private(set) var delay: Int32 = 0
    private(set) var reason: String?
    private(set) var faults: [InputFault] = []

    private static let limit = 1000
    private static let delays: ClosedRange<Int64> = 0...604_800
    private static let reasonLimit = 500

    /// - Parameter isReturn: whether a delay and a reason may go with it.
    init(_ body: JSONObject, isReturn: Bool) {
        let members: Set = isReturn ? ["deliveries", "delay", "reason"] : ["deliveries"]
        for key in body.keys where !members.contains(key) {
            fault(JSONPointer.escaped(key), "unknown-field", "this field is not known", "未知的字段")
        }
        readDeliveries(body["deliveries"])
        guard isReturn else { return }
        readDelay(body["delay"])
        switch body["reason"] {
        case nil, .null: break
        case .string(let text) where text.unicodeScalars.count <= Self.reasonLimit: reason = text
        case .string:
            fault(
                "reason", "too-long", "a reason has at most \(Self.reasonLimit) characters",
                "理由最多\(Self.reasonLimit)个字符")
        default: fault("reason", "wrong-type", "must be text", "应为文字")
        }
    }

    private mutating func readDeliveries(_ value: JSONValue?) {
        guard let elements = value?.arrayValue else {
            return fault("deliveries", "required", "list the deliveries with their leases", "须列出投递及其租约")
        }
        guard elements.count <= Self.limit else {
            return fault("deliveries", "too-many-items", "at most \(Self.limit) at once", "每次最多\(Self.limit)条")
        }
        for (index, element) in elements.enumerated() {
            guard let id = element["deliveryId"]?.stringValue, let lease = element["leaseId"]?.stringValue else {
                fault(
                    "deliveries/\(index)", "wrong-type", "must be {\"deliveryId\": \"…\", \"leaseId\": \"…\"}",
                    "应为{\"deliveryId\": \"…\", \"leaseId\": \"…\"}")
                continue
            }
            ids.append(id)
            // What was never handed out is held by nobody.
            deliveries.append(
                (
                    Position(rawValue: Int64(id).flatMap { String($0) == id ? $0 : nil } ?? -1),
                    PostgresUUID(lease) ?? PostgresUUID.random()
                ))
        }
    }

    private mutating func readDelay(_ value: JSONValue?) {
        guard let value, value != .null else { return }
        guard let seconds = value.stringValue.flatMap({ ISODuration.seconds($0) }), Self.delays.contains(seconds) else {
            return fault("delay", "bad-duration", "must be PT0S to P7D, such as PT5M", "应为PT0S至P7D，如PT5M")
        }
        delay = Int32(seconds)
    }

    private mutating func fault(_ name: String, _ code: String, _ message: String, _ messageZh: String) {
        faults.append(InputFault(path: "/\(name)", code: code, message: message, messageZh: messageZh))
    }
}
