import Store

extension Findings {
    /// Who is connected, and what holds cleaning up.
    static func sessions(_ found: SessionInspection, limits: DoctorLimits) -> [Finding] {
        hubs(found) + connections(found) + transactions(found) + slots(found.slots, limits: limits)
    }

    private static func hubs(_ found: SessionInspection) -> [Finding] {
        switch found.releases.count {
        case 0:
            return [
                Finding(
                    .warning, "hubs", "no hub is connected: nothing is taken in, and no step fires",
                    "没有平台进程连接，不接收报送，也不催办", do: "start one: systemctl start liankong@8320",
                    "启动：systemctl start liankong@8320")
            ]
        case 1: return [.good("hubs", "hubs at work: \(found.hubs)", "运行中的平台进程\(found.hubs)个")]
        default:
            return [
                Finding(
                    .warning, "hubs", "\(found.hubs) hubs of \(found.releases.count) releases are at work",
                    "\(found.hubs)个平台进程分属\(found.releases.count)个版本",
                    do: "fine during an upgrade; afterwards restart those of the older release",
                    "升级期间属正常，升级后请重启旧版本进程")
            ]
        }
    }

    private static func connections(_ found: SessionInspection) -> [Finding] {
        let words = (
            "\(found.sessions) of \(found.sessionLimit) connections are in use",
            "已用连接\(found.sessions)/\(found.sessionLimit)"
        )
        guard found.sessions * 5 > found.sessionLimit * 4 else { return [.good("connections", words.0, words.1)] }
        return [
            Finding(
                .warning, "connections", words.0 + "; who comes when they are used up is refused",
                words.1 + "，用尽后将拒绝新连接",
                do: "a hub takes about 8: end what else is connected, or raise max_connections and restart",
                "每个平台进程约用8个；请结束其他连接，或调高max_connections并重启")
        ]
    }

    private static func transactions(_ found: SessionInspection) -> [Finding] {
        var findings = found.transactions.map { transaction in
            let minutes = Int(transaction.age / 60)
            let state = transaction.isIdle ? ("idle in a transaction", "事务空闲") : ("in a transaction", "事务中")
            return Finding(
                minutes >= 60 ? .fault : .warning, "transactions",
                "process \(transaction.processID) (\(transaction.application)) is \(state.0) for \(minutes) min: "
                    + "no dead row is cleaned away meanwhile",
                "进程\(transaction.processID)（\(transaction.application)）\(state.1)已\(minutes)分钟，期间死行无法清理",
                do: "ask its owner, or SELECT pg_terminate_backend(\(transaction.processID))",
                "联系使用者，或执行SELECT pg_terminate_backend(\(transaction.processID))")
        }
        if found.prepared > 0 {
            findings.append(
                Finding(
                    found.oldestPrepared > 300 ? .fault : .warning, "transactions",
                    "\(found.prepared) prepared transactions wait, the oldest for \(Int(found.oldestPrepared / 60)) min; "
                        + "the hub makes none, and they hold locks and dead rows",
                    "有\(found.prepared)个预备事务未结束，最久\(Int(found.oldestPrepared / 60))分钟；平台从不使用预备事务，其占有锁并阻碍清理",
                    do: "see pg_prepared_xacts, then ROLLBACK PREPARED", "查看pg_prepared_xacts，再执行ROLLBACK PREPARED"))
        }
        return findings.isEmpty ? [.good("transactions", "no transaction is open for long", "没有长事务")] : findings
    }

    private static func slots(_ slots: [SessionInspection.Slot], limits: DoctorLimits) -> [Finding] {
        slots.compactMap { slot in
            let limit = Int64(limits.heldLogGiB) << 30
            guard !slot.isActive || slot.held > limit else { return nil }
            let held = "\(slot.held >> 20) MiB"
            return Finding(
                slot.held > limit ? .fault : .warning, "slots",
                "the replication slot \(slot.name) \(slot.isActive ? "" : "is not used and ")holds \(held) of log: "
                    + "it fills the disk until somebody reads or drops it",
                "复制槽\(slot.name)\(slot.isActive ? "" : "无人使用，")占用WAL \(held)，将写满磁盘",
                do: "bring its reader back, or SELECT pg_drop_replication_slot('\(slot.name)')",
                "恢复其读取方，或执行SELECT pg_drop_replication_slot('\(slot.name)')")
        }
    }
}
