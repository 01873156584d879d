import CloudEvents

/// What is wrong with what a command says, seen with the duty.
enum DutyFaults {
    static func of(
        _ request: DutyRequest, on duty: Duty, row: DutyRow, circumstances: DutyCircumstances, at now: Timestamp,
    ) -> [InputFault] {
        var faults: [InputFault] = []
        for field in row.required where !request.has(field) {
            // What could not be read was told already.
            let told = request.faults.contains { $0.path == "/\(field.rawValue)" }
            if told || (field == .outcome && circumstances.outcomes.isEmpty) { continue }
            faults.append(fault(field, "required", "this command needs it", "此操作必须填写"))
        }
        faults += outcome(request, circumstances)
        faults += milestone(request, duty)
        faults += assignee(request, circumstances)
        faults += signature(request, duty, now)
        return faults
    }

    private static func outcome(_ request: DutyRequest, _ circumstances: DutyCircumstances) -> [InputFault] {
        guard let outcome = request.outcome, !circumstances.outcomes.contains(outcome) else { return [] }
        return [fault(.outcome, "unknown-code", "not a result of this family; see allowed", "不是本类事项的办理结果，见allowed")]
    }

    /// A note meets a milestone that runs from dispatch; what a statute counts
    /// from a fact is met by the event that reports its end, signature and
    /// settlement by their own commands.
    private static func milestone(_ request: DutyRequest, _ duty: Duty) -> [InputFault] {
        guard let name = request.milestone else { return [] }
        guard let milestone = duty.currentMilestone(name) else {
            return [fault(.milestone, "unknown-milestone", "the duty has no such milestone", "该事项没有此节点")]
        }
        let byNote =
            milestone.startsAt == .dispatch && ![MilestoneName.sign, MilestoneName.settle].contains(name)
            && milestone.due != nil
        guard byNote else {
            return [fault(.milestone, "not-by-note", "a note does not meet this milestone", "此节点不能以反馈进展完成")]
        }
        guard milestone.met == nil else {
            return [fault(.milestone, "already-met", "this milestone is met already", "此节点已完成")]
        }
        return []
    }

    private static func assignee(_ request: DutyRequest, _ circumstances: DutyCircumstances) -> [InputFault] {
        guard request.unit != nil else { return [] }
        return switch circumstances.assignee {
        case .owes: []
        case .withoutAccount:
            [fault(.unit, "no-account", "this unit cannot sign; assign the one that acts for it", "该单位没有账户，请派给代办单位")]
        case .hasRole:
            [
                fault(
                    .unit, "has-role", "this unit has a duty of this event in this role already",
                    "该单位在此事件中已有同一角色的事项")
            ]
        case .unknown, nil: [fault(.unit, "unknown-unit", "there is no such unit today", "目前没有此单位")]
        }
    }

    private static func signature(_ request: DutyRequest, _ duty: Duty, _ now: Timestamp) -> [InputFault] {
        guard let signedAt = request.signedAt else { return [] }
        if !request.isPaper {
            return [fault(.signedAt, "only-on-paper", "another time needs paper: true", "补录签收时间须注明paper: true")]
        }
        if signedAt > now { return [fault(.signedAt, "in-future", "it lies ahead of the clock", "晚于当前时间")] }
        if signedAt < duty.createdAt {
            return [fault(.signedAt, "before-dispatch", "it lies before the dispatch", "早于派发时间")]
        }
        return []
    }

    private static func fault(
        _ field: DutyField, _ code: String, _ message: String, _ messageZh: String,
    ) -> InputFault {
        InputFault(path: "/\(field.rawValue)", code: code, message: message, messageZh: messageZh)
    }
}
