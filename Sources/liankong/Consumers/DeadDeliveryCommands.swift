import ArgumentParser
import CloudEvents
import HubClient

/// What a consumer has given up.
struct DeadDeliveries: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead",
        abstract: "Deliveries that were handed out too often, and why. 失败的投递。",
        discussion: "  liankong consumers dead intake --as hrss",
    )

    @Option(help: "At most so many, 1 to 500. 条数。")
    var limit = 50

    @Option(help: "Go on from this cursor. 翻页。")
    var cursor: String?

    @OptionGroup var consumer: ConsumersCommand.Options

    func run() async throws {
        let page = try await consumer.hub.withClient {
            try await $0.deadDeliveries(of: consumer.name, limit: limit, cursor: cursor)
        }
        guard !consumer.output.isJSON else { return Output.json(page.json) }
        ConsumerText.table(page.items).print()
        if let next = page.next { print("more 更多: --cursor \(next)") }
    }
}

/// Hands out again what was given up.
struct RedriveDeliveries: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "redrive",
        abstract: "Hand out again what was given up: these, or all of it. 重新投递。",
        discussion: """
              liankong consumers redrive intake --as hrss
              liankong consumers redrive intake 17 18 --as hrss
            """,
    )

    @OptionGroup var consumer: ConsumersCommand.Options

    @Argument(help: "Ids of deliveries; all that were given up where absent. 投递编号。")
    var deliveries: [String] = []

    func run() async throws {
        let count = try await consumer.hub.withClient {
            try await $0.redrive(consumer.name, deliveries: deliveries.isEmpty ? nil : deliveries) { count in
                Output.error("liankong: \(count) so far 已处理\(count)条")
            }
        }
        guard !consumer.output.isJSON else { return Output.json(["redriven": .integer(Int64(count))]) }
        print("\(Words.count(count, "delivery", "deliveries")) to be handed out again 重新投递\(count)条")
    }
}
