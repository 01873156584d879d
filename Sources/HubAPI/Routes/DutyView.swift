import CloudEvents
import Coordination
import Hub

/// How a duty is shown.
enum DutyView {
    /// `{id, county, unit, …, allowed, history}`.
    static func shown(_ sheet: DutySheet) -> JSONValue {
        let duty = sheet.duty
        var value: JSONObject = [
            "id": .string(String(duty.id.rawValue)),
            "county": .string(sheet.countyCode),
            "unit": .string(duty.unit.rawValue),
            "unitName": .string(sheet.unitName),
            "unitNameEn": .string(sheet.unitNameEn),
            "role": .string(duty.role.rawValue),
            "alsoRoles": .array(duty.alsoRoles.map { .string($0.rawValue) }),
            "planRole": .string(duty.planRole.rawValue),
            "state": .string(duty.state.rawValue),
            "stateZh": .string(duty.state.zh),
            "version": .integer(Int64(duty.version)),
            "event": .string(String(duty.event.rawValue)),
            "type": .string(duty.type.rawValue),
            "publisher": .string(duty.publisher.rawValue),
            "officer": .optional(duty.officer?.rawValue),
            "caseId": .optional(duty.caseID?.text),
            "clause": .optional(duty.clause),
            "sentence": .string(duty.sentence),
            "rule": .string(duty.rule),
            "policyVersion": .string(duty.policyVersion),
            "priority": .string(duty.priority.code),
            "createdAt": .string(duty.createdAt.rfc3339()),
        ]
        addClocks(of: sheet, to: &value)
        value["allowed"] = .array(sheet.allowed.map(allowed))
        value["history"] = .array(sheet.history.map(entry))
        return .object(value)
    }

    private static func addClocks(of sheet: DutySheet, to value: inout JSONObject) {
        let duty = sheet.duty
        value["signBy"] = .optional(duty.signBy)
        value["settleBy"] = .optional(duty.settleBy)
        value["provisional"] = .bool(duty.provisional)
        value["milestones"] = .array(duty.currentMilestones.map(\.shownValue))
        value["overdue"] = .array(sheet.overdue.map { .string($0) })
        value["signedAt"] = .optional(duty.signedAt)
        value["signedBy"] = .optional(duty.signedBy?.rawValue)
        value["acceptedAt"] = .optional(duty.acceptedAt)
        value["startedAt"] = .optional(duty.startedAt)
        value["completedAt"] = .optional(duty.completedAt)
        value["completedBy"] = .optional(duty.completedBy?.rawValue)
        value["outcome"] = .optional(duty.outcome)
        value["verifier"] = .optional(duty.verifier?.rawValue)
        value["needsCompletion"] = .bool(duty.needsCompletion)
        value["ladder"] = .optional(duty.ladder)
        value["step"] = .integer(Int64(duty.step))
        value["reminders"] = .integer(Int64(duty.reminders))
        value["reworks"] = .integer(Int64(duty.reworks))
        // Supervision, returns and extensions come with the commands that make
        // them; until then nobody has had any.
        value["supervision"] = "none"
        value["returns"] = 0
        value["extensions"] = 0
        value["pending"] = .null
        value["endedAt"] = .optional(duty.endedAt)
    }

    private static func allowed(_ command: AllowedCommand) -> JSONValue {
        [
            "command": .string(command.command.rawValue),
            "commandZh": .string(command.command.zh),
            "required": .array(command.required.map { .string($0) }),
            "optional": .array(command.optional.map { .string($0) }),
            "outcomes": .array(command.outcomes.map { .string($0) }),
        ]
    }

    private static func entry(_ entry: DutyHistoryEntry) -> JSONValue {
        [
            "at": .string(entry.at.rfc3339()),
            "by": .string(entry.byUnit.rawValue),
            "officer": .optional(entry.officer?.rawValue),
            "command": .string(entry.command),
            "from": .string(entry.from),
            "to": .string(entry.to),
            "note": .optional(entry.note),
            "detail": .object(entry.detail),
        ]
    }
}
