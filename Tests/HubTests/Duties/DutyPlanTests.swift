import CloudEvents
import Coordination
import PostgresClient
import Store
import TestSupport
import Testing

/// What the planner makes of the statements behind lists, once it no longer
/// looks at their values: an index leads to the rows, whatever else is asked.
struct DutyPlanTests {
    private static let now = Timestamp(rfc3339: "2020-10-22T09:00:00+08:00")!

    @Test(arguments: [
        (DutyFilter(), "duty_pkey"), (DutyFilter(open: true), "duty_pkey"),
        (DutyFilter(unit: "unit5"), "duty_county_unit_id_ended_idx"),
        (DutyFilter(unit: "unit5", roles: [.lead]), "duty_county_unit_id_ended_idx"),
        (DutyFilter(unit: "unit5", open: true), "duty_county_unit_id_open_idx"),
        (DutyFilter(unit: "unit5", state: .signed), "duty_county_unit_id_open_idx"),
        (DutyFilter(type: "type.4"), "event_p0_county_type_position_idx"),
        (DutyFilter(caseID: CaseID(rawValue: 300)), "duty_county_case_id_idx"),
        (DutyFilter(overdue: .sign), "timer_county_duty_late_idx"),
        (DutyFilter(unit: "unit5", overdue: .settle), "timer_county_duty_late_idx"),
        (DutyFilter(dueBefore: now), "timer_county_duty_late_idx"),
    ])
    func anIndexLeadsToTheRows(_ filter: DutyFilter, _ index: String) async throws {
        try await TestDatabase.with { database in
            let session = try await PostgresScriptSession(
                configuration: database.configuration, logger: TestDatabase.logger)
            try await session.run(Self.many, name: "many")
            let statement = Store.dutiesStatement(
                filter, county: CountyID(rawValue: 1), now: Self.now, before: nil, limit: 50)
            try await session.run(
                """
                SET plan_cache_mode = force_generic_plan;
                PREPARE list (smallint, bigint, text, bigint, text, text, boolean, text[], timestamptz, timestamptz,
                    timestamptz, text) AS \(statement.sql);
                """, name: "prepare")
            // Without a cursor; partitions of no position would be left out of the plan.
            var values = [String](repeating: "NULL", count: statement.binds.count)
            values[1] = "9223372036854775807"
            let rows = try await session.query(
                "EXPLAIN (COSTS OFF) EXECUTE list (\(values.joined(separator: ", ")))", name: "explain")
            let plan = try rows.map { try $0.decode(0, as: String.self) }.joined(separator: "\n")
            await session.close()
            #expect(plan.contains(" \(index)"), "\(plan)")
            #expect(!plan.contains("Seq Scan on duty"), "\(plan)")
            // These are walked in the order asked for, and no further than a page; the few of a unit here may be sorted.
            let isOfAll = filter.unit == nil && filter.type == nil && filter.caseID == nil
            if isOfAll, filter.overdue == nil, filter.dueBefore == nil {
                #expect(!plan.contains("Sort"), "\(plan)")
                #expect(!plan.contains("Bitmap"), "\(plan)")
            }
        }
    }

    /// Twenty thousand duties, half of them open, one in a hundred late, behind
    /// those of another county, whose ids are higher: the order of the ids is not
    /// that of the table.
    private static let many = """
        INSERT INTO hub.duty (county, id, position, unit, role, plan_role, case_id, type, publisher, policy, rule,
            sentence, needs_completion, milestones, created_at, sign_by, provisional, priority, state, signed_at, signed_by)
        SELECT 2, 1000000 + n, n / 3, 'unit' || n % 31, 'handling', 'none', n / 5, 'type.' || n % 10, 'p', 'p', '9', '',
            true, '[]', now(), now(), false, 0, 'signed', now(), 'o'
        FROM generate_series(1, 5000) AS n;
        INSERT INTO hub.duty (county, id, position, unit, role, plan_role, case_id, type, publisher, policy, rule,
            sentence, needs_completion, milestones, created_at, sign_by, provisional, priority, state, signed_at,
            signed_by, ended_at)
        SELECT 1, n, n / 3, 'unit' || n % 31, 'handling', 'none', n / 5, 'type.' || n % 10, 'p', 'p', '9', '', true,
            '[]', now(), now(), false, 0, CASE WHEN n % 2 = 0 THEN 'closed' ELSE 'signed' END, now(), 'o',
            CASE WHEN n % 2 = 0 THEN now() END
        FROM generate_series(1, 20000) AS n;
        INSERT INTO hub.timer SELECT 1, now() + interval '1 day', n, 'settle', CASE WHEN n % 100 = 1 THEN 2 ELSE -1 END
        FROM generate_series(1, 20000, 2) AS n;
        INSERT INTO hub.event (county, position, recorded_at, type, source_unit, status, policy, contract, hash, attrs,
            open, explanation, units)
        SELECT 1, n, now(), 'type.' || n % 10, 'unit' || n % 31, 'routed', 'p', '1', '', '', '', '', '{}'
        FROM generate_series(1, 20000, 3) AS n;
        ANALYZE hub.event;
        ANALYZE hub.duty;
        ANALYZE hub.timer;
        """
}
