import CloudEvents
import HubClient

/// A duty as people read it.
struct DutyText {
    let duty: HubDuty

    /// Prints it with its time limits, its history and what may be done.
    func print() {
        Swift.print(
            "duty 交办事项 \(duty.id) · \(duty.unitName) (\(duty.unit)) · \(Words.role(duty.role))"
                + " · \(Words.planRole(duty.planRole)) · \(Words.state(duty.state))")
        Swift.print(
            "  event 事件 \(duty.event)\(duty.type.isEmpty ? "" : " \(duty.type)")"
                + (duty.caseID.map { " · case 个案 \($0)" } ?? "") + " · version 版本 \(duty.version)"
                + (duty.overdue.isEmpty ? "" : " · overdue 超期 \(Self.overdue(duty))"))
        milestones.print(indent: 2)
        if !history.isEmpty {
            Swift.print("")
            history.print(indent: 2)
        }
        if !allowed.isEmpty {
            Swift.print("\n  allowed 可进行")
            for line in allowed { Swift.print("    " + line) }
        }
    }

    /// The commands that may be given, each with the options it needs and, where
    /// it takes one, the outcomes to choose from.
    private var allowed: [String] {
        (duty.json["allowed"]?.arrayValue ?? []).map { command in
            let required = (command["required"]?.arrayValue ?? []).compactMap(\.stringValue).map { " --\($0) …" }
            let outcomes = (command["outcomes"]?.arrayValue ?? []).compactMap(\.stringValue)
            return Words.command(command["command"]?.stringValue ?? "") + required.joined()
                + (outcomes.isEmpty ? "" : "; outcomes 办理结果: \(outcomes.joined(separator: ", "))")
        }
    }

    private var milestones: TextTable {
        var table = TextTable(["time limit 时限节点", "due 时限", "met 完成", "how it is counted 计算"])
        for milestone in duty.milestones {
            table.append([
                Words.milestone(milestone.name),
                (milestone.due?.deadlineText ?? "—") + (milestone.isProvisional ? " 暂定 provisional" : ""),
                milestone.met?.beijingText ?? "—", milestone.explanationText,
            ])
        }
        return table
    }

    private var history: TextTable {
        var table = TextTable(["at 时间", "command 操作", "by 单位", "officer 经办人", "to 状态", "note 说明"])
        for entry in duty.history {
            let at = entry["at"]?.stringValue.flatMap { Timestamp(rfc3339: $0) }
            table.append([
                at?.beijingText ?? "", Words.command(entry["command"]?.stringValue ?? ""),
                entry["by"]?["unit"]?.stringValue ?? entry["by"]?.stringValue ?? "",
                entry["officer"]?.stringValue ?? entry["by"]?["officer"]?.stringValue ?? "—",
                Words.state(entry["to"]?.stringValue ?? ""), HistoryText.remark(entry),
            ])
        }
        return table
    }

    private static func overdue(_ duty: HubDuty) -> String {
        duty.overdue.map(Words.milestone).joined(separator: ", ")
    }

    /// Several duties, one a line.
    static func table(_ duties: [HubDuty]) -> TextTable {
        var table = TextTable([
            "duty 交办事项", "unit 单位", "role 角色", "state 状态", "sign by 签收时限", "settle by 办理时限",
            "overdue 超期", "step 第几步", "event 事件",
        ])
        for duty in duties {
            table.append([
                duty.id, duty.unitName, Words.role(duty.role), Words.state(duty.state),
                duty.signBy?.deadlineText ?? "—", duty.settleBy?.deadlineText ?? "—",
                overdue(duty), duty.step == 0 ? "—" : String(duty.step), duty.event,
            ])
        }
        return table
    }
}
