import ArgumentParser
import HubClient

/// Makes a consumer or changes it.
struct SetConsumer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Make a consumer, or change the one of that name. 设置消费者。",
        discussion: """
            What is not named stays as it is, or has its default in a new one. 未写明的保持不变。

              liankong consumers set intake --as hrss
              liankong consumers set intake --as hrss \\
                --filter "role = 'handling' AND type LIKE 'labour.%'"
              liankong consumers set intake --as hrss --lease 5m --ordering case
              liankong consumers set news --as hrss --latest

            Another filter applies to what was not handed out yet; where it begins is fixed once it is there. \
            filter eval tries a filter on an event. 起点设置后不能更改。
            """,
    )

    /// The orderings as they are typed.
    enum Ordering: String, CaseIterable, ExpressibleByArgument {
        case none
        case byCase = "case"

        var setting: HubConsumerSettings.Ordering { self == .byCase ? .byCase : .none }
    }

    @Option(help: "A CESQL expression over the event; an empty one lets all pass. 筛选表达式。")
    var filter: String?

    @Option(help: "Only these event types, separated by commas; empty for all. 类型。")
    var types: String?

    @Flag(help: "A new one begins at the beginning of the log; so it does unless told. 从头。")
    var earliest = false

    @Flag(help: "A new one begins at the end: only what comes. 只看新到。")
    var latest = false

    @Option(help: "A new one begins after this cursor of the feed. 起点。")
    var after: String?

    @Option(help: "A new one begins at what was recorded from this time on. 起。", transform: Instant.read)
    var at: Instant?

    @Option(
        help: "How long a delivery stays in a worker's hands, 1s to 12h; 30s. 租期。", transform: Distance.read)
    var lease: Distance?

    @Option(
        name: .customLong("max-attempts"),
        help: "How often one is handed out before it is given up, 1 to 100; 10. 投递次数上限。")
    var maxAttempts: Int?

    @Option(
        name: .customLong("max-in-flight"),
        help: "How many may be in workers' hands at once, 1 to 10000; 1000. 同时在办上限。")
    var maxInFlight: Int?

    @Option(help: "case: of one case one at a time, in order; none. 顺序。")
    var ordering: Ordering?

    @OptionGroup var consumer: ConsumersCommand.Options

    private var starts: [HubFeedStart] {
        [earliest ? .earliest : nil, latest ? .latest : nil, after.map { .after($0) }, at.map { .at($0.timestamp) }]
            .compactMap(\.self)
    }

    func validate() throws {
        if starts.count > 1 {
            throw ValidationError("--earliest, --latest, --after and --at exclude each other / 不能同时使用")
        }
    }

    func run() async throws {
        try await consumer.show { client, name in
            try await client.setConsumer(name, try await settings(of: name, client))
        }
    }

    /// What there is, with what was said.
    private func settings(of name: String, _ client: HubClient) async throws -> HubConsumerSettings {
        var settings = try await Self.present(name, client)
        if let filter { settings.filter = filter.isEmpty ? nil : filter }
        if let types { settings.types = types.split(separator: ",").map(String.init) }
        if let lease { settings.lease = .seconds(lease.seconds) }
        if let maxAttempts { settings.maxAttempts = maxAttempts }
        if let maxInFlight { settings.maxInFlight = maxInFlight }
        if let ordering { settings.ordering = ordering.setting }
        settings.start = starts.first
        return settings
    }

    private static func present(_ name: String, _ client: HubClient) async throws -> HubConsumerSettings {
        do {
            return try await client.consumer(name).settings
        } catch let error as HubClientError where error.code == "not-found" {
            return HubConsumerSettings()
        }
    }
}
