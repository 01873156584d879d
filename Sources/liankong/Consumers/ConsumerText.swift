import ChineseIdentifiers
import CloudEvents
import Coordination
import HubClient

/// A consumer as people read it.
struct ConsumerText {
    let consumer: HubConsumer

    /// Prints it: its settings, and how far it is.
    func print() {
        let state = consumer.isPaused ? "paused 已暂停" : "active 运行中"
        Swift.print("consumer 消费者 \(consumer.name) · \(state)")
        let settings = consumer.settings
        var table = TextTable(["setting 设置", "value 值"])
        table.append(["filter 筛选", settings.filter ?? "—"])
        table.append(["types 类型", settings.types.isEmpty ? "all 全部" : settings.types.joined(separator: ", ")])
        table.append(["start 起点", Self.start(consumer.start)])
        table.append(["lease 租期", Self.lease(consumer)])
        table.append(["max attempts 投递次数上限", String(settings.maxAttempts)])
        table.append(["max in flight 同时在办上限", String(settings.maxInFlight)])
        table.append(["ordering 顺序", settings.ordering == .byCase ? "by case 按个案" : "none 不限"])
        table.print(indent: 2)
        Swift.print(
            "\n  waiting 待领 \(consumer.waiting) · in flight 在办 \(consumer.inFlight)"
                + " · given up 失败 \(consumer.dead) · filter errors 筛选出错 \(consumer.filterErrors)")
    }

    private static func lease(_ consumer: HubConsumer) -> String {
        BoardText.duration(consumer.json["lease"]?.stringValue)
    }

    private static func start(_ start: JSONValue) -> String {
        switch start {
        case "earliest": "earliest 从头"
        case "latest": "latest 设置之后"
        default:
            if let at = start["at"]?.stringValue.flatMap({ Timestamp(rfc3339: $0) }) {
                "at 自 \(at.beijingText)"
            } else {
                "after 之后 \(start["after"]?.stringValue ?? "")"
            }
        }
    }

    /// Several consumers, one a line.
    static func table(_ consumers: [HubConsumer]) -> TextTable {
        var table = TextTable([
            "consumer 消费者", "state 状态", "waiting 待领", "in flight 在办", "given up 失败", "lease 租期", "filter 筛选",
        ])
        for consumer in consumers {
            table.append([
                consumer.name, consumer.isPaused ? "已暂停 paused" : "运行中 active", String(consumer.waiting),
                String(consumer.inFlight), String(consumer.dead), lease(consumer), consumer.settings.filter ?? "—",
            ])
        }
        return table
    }

    // MARK: - Deliveries

    /// What a worker holds; its first column is what `ack` takes.
    static func table(_ deliveries: [HubDelivery]) -> TextTable {
        var table = TextTable([
            "delivery:lease 投递:租约", "until 租约至", "attempt 第几次", "role 角色", "duty 交办事项", "type 类型", "id",
        ])
        for delivery in deliveries {
            table.append([
                "\(delivery.deliveryID):\(delivery.leaseID)", delivery.leaseUntil?.beijingTimeOfDay ?? "—",
                String(delivery.attempt), Words.role(delivery.role), delivery.dutyID ?? "—",
                delivery.event["type"]?.stringValue ?? "", delivery.event["id"]?.stringValue ?? "",
            ])
        }
        return table
    }

    /// What was given up.
    static func table(_ deliveries: [HubDeadDelivery]) -> TextTable {
        var table = TextTable([
            "delivery 投递", "attempts 投递次数", "role 角色", "duty 交办事项", "type 类型", "id", "reason 理由",
        ])
        for delivery in deliveries {
            table.append([
                delivery.deliveryID, String(delivery.attempt), Words.role(delivery.role), delivery.dutyID ?? "—",
                delivery.event["type"]?.stringValue ?? "", delivery.event["id"]?.stringValue ?? "",
                // A reason of several lines would tear the table apart.
                delivery.reason.map { $0.split(whereSeparator: \.isNewline).joined(separator: " ") } ?? "—",
            ])
        }
        return table
    }

    /// What became of each.
    static func table(_ results: [HubSettlement]) -> TextTable {
        var table = TextTable(["delivery 投递", "result 结果"])
        for result in results { table.append([result.deliveryID, word(result.result)]) }
        return table
    }

    private static func word(_ result: HubSettlement.Result) -> String {
        switch result {
        case .acknowledged: "已确认 acked"
        case .alreadyAcknowledged: "此前已确认 already acked"
        case .givenBack: "已退还 nacked"
        case .extended: "已延长 extended"
        case .stale: "租约已失效 stale"
        case .unknown: "未曾投递 unknown"
        default: result.rawValue
        }
    }
}

extension Timestamp {
    /// `17:30:05`, Beijing time: a lease ends in seconds or hours.
    fileprivate var beijingTimeOfDay: String {
        let seconds = (microseconds - Timestamp(startOf: beijingDate).microseconds) / 1_000_000
        return [seconds / 3600, seconds / 60 % 60, seconds % 60]
            .map { $0 < 10 ? "0\($0)" : String($0) }.joined(separator: ":")
    }
}
