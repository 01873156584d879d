import ChineseIdentifiers
import CloudEvents
import Coordination
import Hub
import Store

/// Everything that is known of a county.
struct CountyLook {
    var record: CountyRecord
    /// By the county's clock.
    var now: Timestamp
    /// What is in force; nil where its files cannot be read.
    var runtime: CountyRuntime?
    /// The files that were loaded last.
    var bundle: CountyBundle?
    var people: CountyInspection?
    var figures: CountyFigures?
}

extension Findings {
    /// A county: its files, its clocks, its people, its consumers.
    static func county(_ look: CountyLook, limits: DoctorLimits) -> [Finding] {
        let record = look.record
        var findings = [
            Finding.good(
                "counties", record.key + (record.sandbox ? " (demonstration)" : ""),
                record.nameZh + (record.sandbox ? "（演示）" : ""))
        ]
        let ahead = record.clockOffset / 3_600_000_000
        if ahead != 0 {
            findings.append(
                Finding(
                    .note, "clock", "the demonstration \(record.key) runs \(ahead) h ahead of the database",
                    "演示县\(record.key)的时钟快\(ahead)小时",
                    do: "liankong sandbox clock --county \(record.key) --reset takes it back",
                    "恢复：liankong sandbox clock --reset"))
        }
        findings += files(look, limits: limits)
        if let figures = look.figures { findings += work(figures, of: record, limits: limits) }
        if let people = look.people { findings += tokens(people, of: record, limits: limits) }
        return findings
    }

    // MARK: - Files

    private static func files(_ look: CountyLook, limits: DoctorLimits) -> [Finding] {
        let key = look.record.key
        guard let runtime = look.runtime else {
            return [
                Finding(
                    .fault, "policy", "the files of \(key) cannot be read by this program: nothing of it is taken in",
                    "\(key)的配置无法被本程序读取，不能接收报送", do: "liankong county check FOLDER, mend, and load again",
                    "用liankong county check检查，改正后重新加载")
            ]
        }
        var findings: [Finding] = []
        if let bundle = look.bundle, bundle.version > runtime.version {
            findings.append(waiting(bundle, runtime, look))
        }
        return findings + calendar(runtime.calendar.horizon, on: look.now.beijingDate, of: key, limits: limits)
    }

    /// The latest files are not in force: not yet, or because they are faulty.
    private static func waiting(_ bundle: CountyBundle, _ runtime: CountyRuntime, _ look: CountyLook) -> Finding {
        let key = look.record.key
        guard case .success(let parsed)? = CountyFiles(encoded: bundle.files)?.parsed() else {
            return Finding(
                .fault, "policy",
                "version \(bundle.version) of \(key) cannot be read; version \(runtime.version) stays in force",
                "\(key)第\(bundle.version)版配置无法读取，仍用第\(runtime.version)版",
                do: "liankong county check FOLDER, mend, and load again",
                "用liankong county check检查，改正后重新加载")
        }
        let day = parsed.policy.effectiveFrom?.description ?? ""
        return Finding(
            .note, "policy",
            "the policy \(bundle.policyVersion) of \(key) comes into force on \(day); until then \(runtime.policy.version)",
            "\(key)的方案\(bundle.policyVersion)自\(day)起施行，此前用\(runtime.policy.version)",
            do: "nothing, unless the day is wrong",
            "日期无误则无须处理")
    }

    /// The State Council's notice for the next year comes in November.
    static func calendar(
        _ horizon: CivilDate, on day: CivilDate, of key: String, limits: DoctorLimits,
    ) -> [Finding] {
        let left = horizon.dayNumber - day.dayNumber
        guard left < limits.calendarDays else {
            return [.good("calendar", "\(key) has holidays until \(horizon)", "\(key)的节假日至\(horizon)")]
        }
        let next = horizon.year + 1
        return [
            Finding(
                left < 0 ? .fault : .warning, "calendar",
                "the calendar of \(key) ends on \(horizon): deadlines of \(next) are counted without its holidays",
                "\(key)的日历至\(horizon)为止，\(next)年的时限未计节假日",
                do: "enter the State Council's notice for \(next) into calendar.yaml and load the county again",
                "将国务院\(next)年放假通知录入calendar.yaml并重新加载")
        ]
    }

    // MARK: - Work

    static func work(_ figures: CountyFigures, of record: CountyRecord, limits: DoctorLimits) -> [Finding] {
        let key = record.key
        var findings: [Finding] = []
        let minutes = Int(figures.oldestDue / 60)
        findings.append(
            figures.dueSteps == 0 || minutes < limits.lateStepMinutes
                ? .good("timers", "nothing in \(key) is overdue for a sweep", "\(key)没有滞留的时限")
                : Finding(
                    .fault, "timers",
                    "\(figures.dueSteps) steps in \(key) should have fired, the oldest \(minutes) min ago: nobody is reminded",
                    "\(key)有\(figures.dueSteps)个步骤应触发而未触发，最久\(minutes)分钟，催办停滞",
                    do:
                        "is a hub running? does it log 'sweep failed' or 'duty unreadable'? 'liankong sweep' fires them now",
                    "平台是否在运行？日志有无“sweep failed”“duty unreadable”？可用liankong sweep立即触发"))
        let hours = Int(figures.consumerLag / 3600)
        if figures.consumers > figures.pausedConsumers, hours >= limits.consumerLagHours {
            findings.append(
                Finding(
                    .warning, "consumers", "a consumer in \(key) has left deliveries waiting for \(hours) h",
                    "\(key)有消费者落后\(hours)小时",
                    do: "liankong consumers list --as UNIT; start its workers, or remove it",
                    "用liankong consumers list查看，启动其程序或删除"))
        }
        if figures.deadDeliveries > 0 {
            findings.append(
                Finding(
                    .warning, "consumers",
                    "\(figures.deadDeliveries) deliveries in \(key) were given up by their consumers",
                    "\(key)有\(figures.deadDeliveries)条投递已放弃",
                    do: "liankong consumers dead NAME --as UNIT tells why; mend, then redrive",
                    "用liankong consumers dead查看原因，处理后redrive"))
        }
        if figures.blockedDeliveries > 0, figures.deadDeliveries > 0 || hours >= limits.consumerLagHours {
            findings.append(
                Finding(
                    .warning, "consumers",
                    "\(figures.blockedDeliveries) deliveries in \(key) wait behind another of their case",
                    "\(key)有\(figures.blockedDeliveries)条投递排在同一个案的前一条之后",
                    do: "settle what is before them: liankong consumers dead",
                    "先处理其前一条：liankong consumers dead"))
        }
        return findings
    }

    // MARK: - People

    static func tokens(_ people: CountyInspection, of record: CountyRecord, limits: DoctorLimits) -> [Finding] {
        let key = record.key
        guard people.liveTokens > 0 else {
            return [
                Finding(
                    .warning, "tokens", "nobody has a token in \(key): nobody publishes or signs",
                    "\(key)没有有效令牌，无人能报送或签收",
                    do: "liankong token issue --county \(key) --unit UNIT", "用liankong token issue签发")
            ]
        }
        var findings: [Finding] = []
        if people.endingTokens > 0 {
            findings.append(
                Finding(
                    .warning, "tokens",
                    "\(people.endingTokens) tokens in \(key) end within \(limits.tokenDays) days and have no successor",
                    "\(key)有\(people.endingTokens)个令牌将在\(limits.tokenDays)天内到期且未更换",
                    do: "liankong token list --county \(key) names them; issue new ones", "用liankong token list查看并签发新令牌"
                ))
        }
        if people.officersWithoutToken > 0 {
            findings.append(
                Finding(
                    .note, "officers",
                    "\(people.officersWithoutToken) officers in \(key) have no token: they sign through their unit's program only",
                    "\(key)有\(people.officersWithoutToken)名经办人没有令牌，只能经本单位程序签收",
                    do: "liankong token issue --county \(key) --officer ID, for those who sign themselves",
                    "需本人签收的，用liankong token issue签发"))
        }
        return findings.isEmpty
            ? [.good("tokens", "\(people.liveTokens) tokens in \(key) are live", "\(key)有效令牌\(people.liveTokens)个")]
            : findings
    }
}
