import ArgumentParser
import Hub

/// How long a hub keeps what is not part of the record.
struct RetentionOptions: ParsableArguments {
    @Option(
        name: .customLong("keep-command-keys"),
        help: "For how many days a command is answered by its idempotency key; not less than 30. 幂等键保留天数。")
    var commandKeyDays = Retention().commandKeyDays

    @Option(
        name: .customLong("keep-dead-deliveries"),
        help: "For how many days a delivery that a consumer gave up can be delivered again. 未送达投递保留天数。")
    var deadDeliveryDays = Retention().deadDeliveryDays

    func validate() throws {
        guard (30...36_500).contains(commandKeyDays) else {
            throw ValidationError("--keep-command-keys is 30 to 36500 / 应在30至36500之间")
        }
        guard (1...36_500).contains(deadDeliveryDays) else {
            throw ValidationError("--keep-dead-deliveries is 1 to 36500 / 应在1至36500之间")
        }
    }

    /// The times as the hub takes them.
    var value: Retention {
        var retention = Retention()
        retention.commandKeyDays = commandKeyDays
        retention.deadDeliveryDays = deadDeliveryDays
        return retention
    }
}
