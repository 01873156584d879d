import CloudEvents
import Coordination
import Hub

/// How a duty is shown.
enum DutyView {
    /// Writes `{id, county, unit, …, allowed, history}` as an object.
    static func write(_ sheet: DutySheet, to writer: inout JSONWriter) {
        writer.beginObject()
        writeMembers(of: sheet, to: &writer)
        writer.endObject()
    }

    /// Writes the same into an object that is open.
    static func writeMembers(of sheet: DutySheet, to writer: inout JSONWriter) {
        let duty = sheet.duty
        writer.member("id", String(duty.id.rawValue))
        writer.member("county", sheet.countyCode)
        writer.member("unit", duty.unit.rawValue)
        writer.member("unitName", sheet.unitName)
        writer.member("unitNameEn", sheet.unitNameEn)
        writer.member("role", duty.role.rawValue)
        writer.member("alsoRoles", duty.alsoRoles.map(\.rawValue))
        writer.member("planRole", duty.planRole.rawValue)
        writer.member("state", duty.state.rawValue)
        writer.member("stateZh", duty.state.zh)
        writer.member("version", Int64(duty.version))
        writer.member("event", String(duty.event.rawValue))
        writer.member("type", duty.type.rawValue)
        writer.member("publisher", duty.publisher.rawValue)
        writer.member("officer", duty.officer?.rawValue)
        writer.member("caseId", duty.caseID?.text)
        writer.member("clause", duty.clause)
        writer.member("sentence", duty.sentence)
        writer.member("rule", duty.rule)
        writer.member("policyVersion", duty.policyVersion)
        writer.member("priority", duty.priority.code)
        writer.member("createdAt", duty.createdAt)
        writeClocks(of: sheet, to: &writer)
        writer.name("allowed")
        writer.beginArray()
        for command in sheet.allowed { write(command, to: &writer) }
        writer.endArray()
        writer.name("history")
        writer.beginArray()
        for entry in sheet.history { write(entry, to: &writer) }
        writer.endArray()
    }

    private static func writeClocks(of sheet: DutySheet, to writer: inout JSONWriter) {
        let duty = sheet.duty
        writer.member("signBy", duty.signBy)
        writer.member("settleBy", duty.settleBy)
        writer.member("provisional", duty.provisional)
        writer.name("milestones")
        writer.beginArray()
        for milestone in duty.currentMilestones { milestone.writeShown(to: &writer) }
        writer.endArray()
        writer.member("overdue", sheet.overdue)
        writer.member("signedAt", duty.signedAt)
        writer.member("signedBy", duty.signedBy?.rawValue)
        writer.member("acceptedAt", duty.acceptedAt)
        writer.member("startedAt", duty.startedAt)
        writer.member("completedAt", duty.completedAt)
        writer.member("completedBy", duty.completedBy?.rawValue)
        writer.member("outcome", duty.outcome)
        writer.member("verifier", duty.verifier?.rawValue)
        writer.member("needsCompletion", duty.needsCompletion)
        writer.member("ladder", duty.ladder)
        writer.member("step", Int64(duty.step))
        writer.member("reminders", Int64(duty.reminders))
        writer.member("reworks", Int64(duty.reworks))
        // Supervision, returns and extensions come with the commands that make
        // them; until then nobody has had any.
        writer.member("supervision", "none")
        writer.member("returns", 0)
        writer.member("extensions", 0)
        writer.name("pending")
        writer.writeNull()
        writer.member("endedAt", duty.endedAt)
    }

    private static func write(_ command: AllowedCommand, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("command", command.command.rawValue)
        writer.member("commandZh", command.command.zh)
        writer.member("required", command.required)
        writer.member("optional", command.optional)
        writer.member("outcomes", command.outcomes)
        writer.endObject()
    }

    private static func write(_ entry: DutyHistoryEntry, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("at", entry.at)
        writer.member("by", entry.byUnit.rawValue)
        writer.member("officer", entry.officer?.rawValue)
        writer.member("command", entry.command)
        writer.member("from", entry.from)
        writer.member("to", entry.to)
        writer.member("note", entry.note)
        writer.name("detail")
        writer.write(.object(entry.detail))
        writer.endObject()
    }
}
