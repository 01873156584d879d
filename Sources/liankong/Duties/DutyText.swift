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
                + (duty.overdue.isEmpty ? "" : " · overdue 超期 \(duty.overdue.joined(separator: ", "))"))
        milestones.print(indent: 2)
        if !history.isEmpty {
            Swift.print("")
            history.print(indent: 2)
        }
        if !duty.allowed.isEmpty { Swift.print("  allowed 可进行 \(duty.allowed.joined(separator: ", "))") }
    }

    private var milestones: TextTable {
        var table = TextTable(["time limit 时限节点", "due 时限", "met 完成", "how it is counted 计算"])
        for milestone in duty.milestones {
            table.append([
                milestone.name,
                (milestone.due?.deadlineText ?? "—") + (milestone.isProvisional ? " 暂定 provisional" : ""),
                milestone.met?.beijingText ?? "—", milestone.explanationZh,
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
                Words.state(entry["to"]?.stringValue ?? ""), Self.remark(entry),
            ])
        }
        return table
    }

    /// What was written, else the codes that tell more of the command, such as
    /// the milestone and step of a reminder.
    private static func remark(_ entry: JSONValue) -> String {
        if let note = entry["note"]?.stringValue { return note }
        let detail = entry["detail"]?.objectValue ?? JSONObject()
        return detail.map { "\($0.key) \($0.value.shortText)" }.joined(separator: ", ")
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
                duty.overdue.joined(separator: ", "), duty.step == 0 ? "—" : String(duty.step), duty.event,
            ])
        }
        return table
    }
}
