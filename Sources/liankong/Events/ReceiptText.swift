import CloudEvents
import Coordination
import HubClient

/// A receipt as people read it.
struct ReceiptText {
    let receipt: HubReceipt

    /// Prints it: what it is, who received it in which role, and by when.
    func print() {
        Swift.print(headline)
        if receipt.recipients.isEmpty {
            // What was routed went to somebody, who is not for everyone to know.
            Swift.print(
                receipt.status == "routed"
                    ? "  recipients are shown to the publisher, the lead and the secretariat 收件单位仅报送方可见"
                    : "  no recipients 没有收件单位")
        } else {
            columns.print(indent: 2)
            Swift.print("")
            deadlines.print(indent: 2)
        }
        for warning in receipt.warnings {
            Swift.print("  ! \(warning.code): \(warning.message) / \(warning.messageZh)")
        }
    }

    private var headline: String {
        var parts = ["\(receipt.type)  \(Words.status(receipt.status))"]
        if !receipt.position.isEmpty { parts.append("position 序号 \(receipt.position)") }
        if let caseID = receipt.caseID { parts.append("case 个案 \(caseID)") }
        if let recordedAt = receipt.recordedAt { parts.append("recorded 收到 \(recordedAt.beijingText)") }
        if receipt.isDuplicate { parts.append("stored before 此前已入库") }
        return parts.joined(separator: " · ")
    }

    /// The five columns of the plan's documents, one unit a line.
    private var columns: TextTable {
        var table = TextTable(Words.roles.map { "\($0.zh) \($0.en)" })
        let units = Words.roles.map { role in
            receipt.recipients.filter { $0.role == role.role.rawValue }.map(\.unitName)
        }
        for line in 0..<(units.map(\.count).max() ?? 0) {
            table.append(units.map { line < $0.count ? $0[line] : "" })
        }
        return table
    }

    private var deadlines: TextTable {
        var table = TextTable([
            "unit 单位", "role 角色", "in the plan 方案中的身份", "sign by 签收时限", "settle by 办理时限",
            "duty 交办事项", "sentence 方案依据",
        ])
        for recipient in receipt.recipients {
            table.append([
                "\(recipient.unitName) (\(recipient.unit))", Words.role(recipient.role),
                Words.planRole(recipient.planRole), recipient.signBy?.deadlineText ?? "—",
                settling(recipient), recipient.dutyID ?? "—", recipient.sentence ?? "",
            ])
        }
        return table
    }

    private func settling(_ recipient: HubRecipient) -> String {
        if let due = recipient.settleBy {
            return due.deadlineText + (recipient.json["provisional"]?.boolValue == true ? " 暂定 provisional" : "")
        }
        // A clock that starts at a later fact says so itself.
        return recipient.milestones.last { $0.due == nil }?.explanationText ?? "—"
    }
}

extension HubMilestone {
    /// How the date comes about, in both languages.
    var explanationText: String {
        [explanationZh, explanation].filter { !$0.isEmpty }.joined(separator: " / ")
    }
}
