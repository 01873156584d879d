import ArgumentParser
import CloudEvents
import HubClient

/// Lets several workers share what the unit receives.
struct ConsumersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "consumers",
        abstract: "Share the unit's deliveries among several workers. 消费者。",
        discussion: """
            A worker fetches deliveries, each with a lease, and acknowledges them when they are done; what is not \
            acknowledged in time goes to another worker. Each comes at least once. 多个程序分担收件；未按时确认的另行投递。

              liankong consumers set intake --as hrss --lease 5m
              liankong consumers fetch intake --as hrss
              liankong consumers ack intake 17:LEASE --as hrss
              liankong consumers show intake --as hrss
            """,
        subcommands: [
            List.self, Show.self, SetConsumer.self, Remove.self, FetchDeliveries.self, AcknowledgeDeliveries.self,
            GiveBackDeliveries.self, ExtendLeases.self, Pause.self, Resume.self, DeadDeliveries.self,
            RedriveDeliveries.self,
        ],
    )

    /// What every command on a consumer takes.
    struct Options: ParsableArguments {
        @Argument(help: "The consumer's name. 名称。")
        var name: String

        @OptionGroup var hub: HubOptions
        @OptionGroup var output: OutputOptions

        /// Shows a consumer as it is then.
        func show(_ action: (HubClient, String) async throws -> HubConsumer) async throws {
            let consumer = try await hub.withClient { try await action($0, name) }
            if output.isJSON { Output.json(consumer.json) } else { ConsumerText(consumer: consumer).print() }
        }
    }

    /// All consumers of the unit.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "The unit's consumers, and how far each is. 消费者列表。",
            discussion: "  liankong consumers list --as hrss")

        @OptionGroup var hub: HubOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let page = try await hub.withClient { try await $0.consumers() }
            if output.isJSON { Output.json(page.json) } else { ConsumerText.table(page.items).print() }
        }
    }

    /// One consumer.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "A consumer: its settings, and how far it is. 查看消费者。",
            discussion: "  liankong consumers show intake --as hrss")

        @OptionGroup var consumer: Options

        func run() async throws { try await consumer.show { try await $0.consumer($1) } }
    }

    /// Removes one.
    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove",
            abstract: "Remove a consumer with its leases and what it gave up. 删除消费者。",
            discussion: """
                The unit's log stays; a new consumer may begin anywhere in it. 收件流不受影响。

                  liankong consumers remove intake --as hrss
                """)

        @OptionGroup var consumer: Options

        func run() async throws {
            try await consumer.hub.withClient { try await $0.removeConsumer(consumer.name) }
            guard !consumer.output.isJSON else { return Output.json(["removed": .string(consumer.name)]) }
            print("removed 已删除: \(consumer.name)")
        }
    }

    /// Pauses one.
    struct Pause: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "pause", abstract: "Give a consumer's workers nothing until it is resumed. 暂停。",
            discussion: """
                What is in workers' hands may be acknowledged meanwhile. 已领取的仍可确认。

                  liankong consumers pause intake --as hrss
                """)

        @OptionGroup var consumer: Options

        func run() async throws { try await consumer.show { try await $0.pauseConsumer($1) } }
    }

    /// Lets one go on.
    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "resume", abstract: "Let a paused consumer go on. 恢复。",
            discussion: "  liankong consumers resume intake --as hrss")

        @OptionGroup var consumer: Options

        func run() async throws { try await consumer.show { try await $0.resumeConsumer($1) } }
    }
}
