import ArgumentParser

/// From where on the doctor calls something too long, too old or too much.
struct DoctorLimits: ParsableArguments {
    @Option(
        name: .customLong("late-steps"),
        help: "Minutes a due step may stand before sweeps count as stuck. 到期步骤滞留多少分钟视为巡查停滞。")
    var lateStepMinutes = 10

    @Option(
        name: .customLong("long-transaction"), help: "Minutes a transaction may be open. 事务最长打开分钟数。")
    var transactionMinutes = 5

    @Option(name: .customLong("consumer-lag"), help: "Hours a consumer may be behind. 消费者最长落后小时数。")
    var consumerLagHours = 24

    @Option(name: .customLong("dead-rows"), help: "Percent of a table's rows that may be dead. 表中死行占比上限（%）。")
    var deadRowPercent = 50

    @Option(
        name: .customLong("held-log"), help: "GiB of log a replication slot may hold. 复制槽可占用的WAL上限（GiB）。")
    var heldLogGiB = 10

    @Option(name: .customLong("free-space"), help: "Percent of a disk that should be free. 磁盘应有的空闲比例（%）。")
    var freeSpacePercent = 15

    @Option(
        name: .customLong("calendar-days"),
        help: "Days before its end at which a calendar needs the next year. 日历到期前多少天须补充下一年。")
    var calendarDays = 60

    @Option(
        name: .customLong("token-days"), help: "Days before its end at which a token needs a successor. 令牌到期前多少天须更换。")
    var tokenDays = 14

    func validate() throws {
        let all = [
            lateStepMinutes, transactionMinutes, consumerLagHours, deadRowPercent, heldLogGiB, freeSpacePercent,
            calendarDays, tokenDays,
        ]
        guard all.allSatisfy({ (0...1_000_000).contains($0) }) else {
            throw ValidationError("a limit is 0 to 1000000 / 各项限值应在0至1000000之间")
        }
    }
}
