import CloudEvents
import Coordination
import PostgresClient

extension Duty {
    static let columns = """
        d.county, d.id, d.position, d.unit, d.role, d.also_roles, d.plan_role, d.officer, d.case_id, d.type,
        d.publisher, d.lead, d.policy, d.rule, d.sentence, d.clause, d.ladder, d.verifier, d.needs_completion,
        d.milestones, d.wording, d.clocks, d.created_at, d.sign_by, d.settle_by, d.provisional, d.priority, d.state,
        d.version, d.signed_at, d.signed_by, d.accepted_at, d.started_at, d.completed_at, d.completed_by, d.outcome, d.step,
        d.reminders, d.reworks, d.ended_at
        """

    /// - Parameter milestones: from the row's own or the wording it names.
    init(_ row: borrowing PostgresRow, milestones: [Milestone]) throws {
        guard let state = DutyState(rawValue: try row.decode("state", as: String.self)),
            let priority = DutyPriority(rawValue: try row.decode("priority", as: Int16.self))
        else { throw StoreError.unexpectedShape("duty") }
        self.init(
            id: DutyID(rawValue: try row.decode("id", as: Int64.self)),
            county: CountyID(rawValue: try row.decode("county", as: Int16.self)),
            event: Position(rawValue: try row.decode("position", as: Int64.self)),
            unit: UnitID(try row.decode("unit", as: String.self)),
            role: try row.role("role"),
            alsoRoles: try row.roles("also_roles"),
            planRole: PlanRole(rawValue: try row.decode("plan_role", as: String.self)) ?? .none,
            officer: try row.decode("officer", as: String?.self).map { OfficerID($0) },
            caseID: try row.decode("case_id", as: Int64?.self).map(CaseID.init(rawValue:)),
            type: EventType(try row.decode("type", as: String.self)),
            publisher: UnitID(try row.decode("publisher", as: String.self)),
            lead: try row.decode("lead", as: String?.self).map { UnitID($0) },
            policyVersion: try row.decode("policy", as: String.self),
            rule: try row.decode("rule", as: String.self),
            sentence: try row.decode("sentence", as: String.self),
            clause: try row.decode("clause", as: String?.self),
            ladder: try row.decode("ladder", as: String?.self),
            verifier: try row.decode("verifier", as: String?.self).map { UnitID($0) },
            needsCompletion: try row.decode("needs_completion", as: Bool.self),
            milestones: milestones,
            createdAt: try row.decode("created_at", as: PostgresTimestamp.self).timestamp,
            signBy: try row.instant("sign_by"),
            settleBy: try row.instant("settle_by"),
            provisional: try row.decode("provisional", as: Bool.self),
            priority: priority,
            state: state,
            version: try row.decode("version", as: Int32.self),
            signedAt: try row.instant("signed_at"),
            signedBy: try row.decode("signed_by", as: String?.self).map { OfficerID($0) },
            acceptedAt: try row.instant("accepted_at"),
            startedAt: try row.instant("started_at"),
            completedAt: try row.instant("completed_at"),
            completedBy: try row.decode("completed_by", as: String?.self).map { OfficerID($0) },
            outcome: try row.decode("outcome", as: String?.self),
            step: try row.decode("step", as: Int16.self),
            reminders: try row.decode("reminders", as: Int16.self),
            reworks: try row.decode("reworks", as: Int16.self),
            endedAt: try row.instant("ended_at"),
        )
    }
}

extension PostgresRow {
    func instant(_ column: String) throws -> Timestamp? {
        try decode(column, as: PostgresTimestamp?.self)?.timestamp
    }
}
