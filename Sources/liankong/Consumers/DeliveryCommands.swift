import ArgumentParser
import CloudEvents
import HubClient

/// Takes deliveries.
struct FetchDeliveries: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fetch",
        abstract: "Take deliveries, each with its lease. 领取投递。",
        discussion: """
            Acknowledge each before its lease ends; else another worker gets it. 请在租期内确认，否则另行投递。

              liankong consumers fetch intake --as hrss
              liankong consumers fetch intake --as hrss --limit 10 --wait 20s
              liankong consumers fetch intake --as hrss --json |
                liankong consumers ack intake - --as hrss
            """,
    )

    @Option(help: "At most so many, 1 to 500. 条数。")
    var limit = 10

    @Option(help: "Wait so long for a first one, up to 60s. 等待。", transform: Distance.read)
    var wait: Distance?

    @OptionGroup var consumer: ConsumersCommand.Options

    func run() async throws {
        let deliveries = try await consumer.hub.withClient {
            try await $0.fetch(consumer.name, limit: limit, wait: .seconds(wait?.seconds ?? 0))
        }
        if consumer.output.isJSON {
            Output.json(["deliveries": .array(deliveries.map(\.json))])
        } else {
            ConsumerText.table(deliveries).print()
        }
    }
}

/// Which deliveries a worker speaks of.
struct HeldOptions: ParsableArguments {
    @OptionGroup var consumer: ConsumersCommand.Options

    @Argument(
        help: ArgumentHelp(
            "Each as fetch shows it; or - for the JSON of fetch on standard input. 投递:租约。",
            valueName: "delivery:lease"))
    var deliveries: [String]

    func validate() throws {
        for text in deliveries where text != "-" { _ = try Self.lease(text) }
    }

    private static func lease(_ text: String) throws -> HubLease {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts.contains("") else {
            throw ValidationError("write delivery and lease as fetch shows them, 17:LEASE / 请按fetch所示写明投递:租约")
        }
        return HubLease(deliveryID: parts[0], leaseID: parts[1])
    }

    private func leases() throws -> [HubLease] {
        try deliveries.flatMap { $0 == "-" ? try Self.fetched(try Output.standardInput()) : [try Self.lease($0)] }
    }

    /// The leases of what `fetch --json` wrote.
    private static func fetched(_ bytes: [UInt8]) throws -> [HubLease] {
        guard case .success(let json) = JSONReader.read(bytes), let list = json["deliveries"]?.arrayValue else {
            throw CommandFailure(
                .unreadable, code: "no-deliveries", "standard input is not what fetch --json writes",
                "标准输入不是fetch --json的输出")
        }
        return list.map { HubDelivery(json: $0).lease }
    }

    /// Says something of them and shows what became of each.
    ///
    /// - Throws: status 1 for those that are not in the worker's hands.
    func settle(
        expecting results: Set<HubSettlement.Result>,
        _ action: (HubClient, [HubLease]) async throws -> [HubSettlement],
    ) async throws {
        let leases = try leases()
        let settled = leases.isEmpty ? [] : try await consumer.hub.withClient { try await action($0, leases) }
        if consumer.output.isJSON {
            Output.json(["results": .array(settled.map(\.json))])
        } else {
            ConsumerText.table(settled).print()
        }
        let missed = settled.filter { !results.contains($0.result) }.count
        guard missed > 0 else { return }
        throw CommandFailure(
            .refused, code: "not-held",
            "\(Words.count(missed, "delivery is", "deliveries are")) not in your hands, or no longer",
            "\(missed)条投递未由你方持有",
            hints: [
                "stale: another worker has it, or it was given back 已由他人领取或已退还",
                "unknown: this consumer never handed it out 该消费者未曾投递",
            ])
    }
}

/// Says that deliveries are done.
struct AcknowledgeDeliveries: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ack",
        abstract: "Acknowledge deliveries: they are done. 确认。",
        discussion: """
            A lease that has ended still counts unless another worker has the delivery by now. \
            租期已过而未另行投递的，确认仍有效。

              liankong consumers ack intake 17:LEASE 18:LEASE --as hrss
            """,
    )

    @OptionGroup var held: HeldOptions

    func run() async throws {
        try await held.settle(expecting: [.acknowledged, .alreadyAcknowledged]) {
            try await $0.acknowledge($1, of: held.consumer.name)
        }
    }
}

/// Gives deliveries back.
struct GiveBackDeliveries: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nack",
        abstract: "Give deliveries back; they are handed out again. 退还。",
        discussion: """
            After the consumer's last attempt it is given up, to be seen with dead. 次数用尽的见dead。

              liankong consumers nack intake 17:LEASE --as hrss --delay 5m \\
                --reason "档案系统维护中"
            """,
    )

    @Option(help: "Hand them out again after so long, up to 7d. 延后。", transform: Distance.read)
    var delay: Distance?

    @Option(help: "Why; sealed, shown with what was given up. 理由。")
    var reason: String?

    @OptionGroup var held: HeldOptions

    func run() async throws {
        try await held.settle(expecting: [.givenBack]) {
            try await $0.giveBack(
                $1, to: held.consumer.name, delay: .seconds(delay?.seconds ?? 0), reason: reason)
        }
    }
}

/// Holds deliveries for longer.
struct ExtendLeases: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "extend", abstract: "Hold deliveries for another whole lease from now. 延长租期。",
        discussion: "  liankong consumers extend intake 17:LEASE --as hrss")

    @OptionGroup var held: HeldOptions

    func run() async throws {
        try await held.settle(expecting: [.extended]) { try await $0.extend($1, of: held.consumer.name) }
    }
}
