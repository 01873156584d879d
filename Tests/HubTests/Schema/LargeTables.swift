import PostgresClient
import TestSupport
import Testing

/// A county with years of record: some tens of thousands of rows in four
/// partitions, and statistics that speak of so many times as many that no table
/// that grows has fewer than ten million.
///
/// What is made greater is what the planner takes from statistics: how many rows
/// there are. How many pages it asks the file, which stays small; so a walk over
/// a table looks cheaper here than it is over real ones, and the tests are the
/// stricter for it.
enum LargeTables {
    /// The tables that grow, without their partitions.
    static let growing = [
        "event", "event_key", "sealed", "recipient", "case", "duty", "duty_change", "timer", "step_fired", "access_log",
    ]

    static let rows = """
        SELECT hub.make_partitions(39999999);
        INSERT INTO hub.event (county, position, recorded_at, type, source_unit, case_id, status, policy, contract, hash,
            attrs, open, explanation, units)
        SELECT 1, n * 1000, now() - interval '1 second' * (40000 - n), 'type.' || n % 10, 'unit' || n % 31, n / 5,
            'routed', 'p', 'c', '\\x00', '{}', '{}', '[]', ARRAY['unit' || n % 31, 'unit' || (n + 7) % 31]
        FROM generate_series(1, 39999) AS n;
        INSERT INTO hub.event_key (county, key, position)
        SELECT 1, md5(n::text)::uuid, n * 1000 FROM generate_series(1, 39999) AS n;
        INSERT INTO hub.sealed (county, position, audience, kek, wrapped_key, body)
        SELECT 1, n * 1000, 'personal', 'k', '\\x00', '\\x00' FROM generate_series(1, 39999) AS n;
        INSERT INTO hub.recipient (county, unit, position, event, role, plan_role, duty, rule, sentence, projection)
        SELECT 1, 'unit' || (n + 7 * k) % 31, n * 1000, n * 1000, 'handling', 'none', n, 'r', 's', 'p'
        FROM generate_series(1, 39999) AS n CROSS JOIN generate_series(0, 1) AS k;
        INSERT INTO hub."case" (county, id, kind, natural_key, opened_at)
        SELECT 1, n, 'child', sha256(n::text::bytea), now() FROM generate_series(1, 8000) AS n;
        INSERT INTO hub.duty (county, id, position, unit, role, plan_role, case_id, type, publisher, policy, rule,
            sentence, needs_completion, milestones, created_at, sign_by, provisional, priority, state, signed_at,
            signed_by, ended_at)
        SELECT 1, n, n * 1000, 'unit' || n % 31, 'handling', 'none', n / 5, 'type.' || n % 10, 'p', 'p', 'r', '', true,
            '[]', now(), now(), false, 0, CASE WHEN n % 2 = 0 THEN 'closed' ELSE 'signed' END, now(), 'o',
            CASE WHEN n % 2 = 0 THEN now() END
        FROM generate_series(1, 39999) AS n;
        INSERT INTO hub.duty_change (county, position, duty, version, unit, publisher, lead, at, by_unit, command,
            from_state, to_state)
        SELECT 1, n * 1000 + 500, n, 2, 'unit' || n % 31, 'unit' || n % 7, 'unit' || n % 5, now(), 'unit1', 'sign',
            'dispatched', 'signed'
        FROM generate_series(1, 39999) AS n;
        INSERT INTO hub.timer (county, due, duty, kind, step)
        SELECT 1, now() + interval '1 minute' * n, n, 'settle', -1 FROM generate_series(1, 39999, 2) AS n;
        INSERT INTO hub.step_fired (county, duty, kind, step, as_of, outcome)
        SELECT 1, n, 'settle', -1, now(), 'reminded' FROM generate_series(1, 39999) AS n;
        INSERT INTO hub.access_log (county, at, unit, token, position, outcome)
        SELECT 1, now(), 'unit' || n % 31, gen_random_uuid(), n * 1000, 'granted' FROM generate_series(1, 39999) AS n;
        SELECT setval('hub.position_seq', 39999999);
        """

    /// What `ANALYZE` finds, made 1,250 times as much: ten million cases, fifty
    /// million duties.
    static let statistics = """
        ANALYZE;
        UPDATE pg_class SET reltuples = reltuples * 1250
        WHERE relnamespace = 'hub'::regnamespace AND relkind IN ('r', 'i', 'p') AND reltuples > 0;
        """

    /// The plan of a statement, text by text as `EXPLAIN` gives it.
    ///
    /// - Parameters:
    ///   - mode: `force_generic_plan` for what a prepared statement
    ///     comes to after some use, `force_custom_plan` for these very values.
    ///   - types: of the binds, where the statement does not tell.
    static func plan(
        of statement: PostgresStatement, values: [String], mode: String, types: [String] = [],
        in session: PostgresScriptSession,
    ) async throws -> String {
        let typed = types.isEmpty ? "" : "(\(types.joined(separator: ", ")))"
        try await session.run(
            "SET plan_cache_mode = \(mode); DEALLOCATE ALL; PREPARE statement \(typed) AS \(statement.sql)",
            name: statement.name)
        let rows = try await session.query(
            "EXPLAIN (COSTS OFF) EXECUTE statement (\(values.joined(separator: ", ")))", name: "explain")
        return try rows.map { try $0.decode(0, as: String.self) }.joined(separator: "\n")
    }
}
