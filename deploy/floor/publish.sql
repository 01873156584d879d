-- The floor of publishing: the rows the hub keeps of an event, written by one
-- plain statement and one commit, as a program would that validates, routes,
-- seals, explains and deduplicates nothing. :events a transaction, :units
-- recipients each, :duties of them with a duty and two clocks; sizes as the
-- sample's.
WITH e AS MATERIALIZED (
    SELECT nextval('hub.position_seq') AS position, nextval('hub.position_seq') AS case_id
    FROM generate_series(1, :events::integer)
), r AS MATERIALIZED (
    SELECT e.position, e.case_id, CASE WHEN u <= :duties::integer THEN nextval('hub.position_seq') END AS duty,
        'unit-' || u AS unit, u
    FROM e CROSS JOIN generate_series(1, :units::integer) AS u
), k AS (
    INSERT INTO hub.event_key (county, key, position) SELECT 1, gen_random_uuid(), e.position FROM e
), c AS (
    INSERT INTO hub."case" (county, id, kind, natural_key, opened_at)
    SELECT 1, e.case_id, 'child', sha256(e.position::text::bytea), now() FROM e
), v AS (
    INSERT INTO hub.event (county, position, recorded_at, type, source_unit, case_id, status, policy, contract, hash,
        attrs, open, explanation, units)
    SELECT 1, e.position, now(), 'attendance.dropout.suspected', 'school:3141990002', e.case_id, 'routed', '2020.1',
        '1', sha256(e.position::text::bytea), repeat(md5(e.position::text), 15)::bytea,
        repeat(md5(e.case_id::text), 10)::bytea, repeat(md5(e.position::text), 40)::bytea,
        ARRAY['unit-1', 'unit-2', 'unit-3', 'unit-4']
    FROM e
), s AS (
    INSERT INTO hub.sealed (county, position, audience, kek, wrapped_key, body)
    SELECT 1, e.position, a, 'k1', repeat(md5(e.position::text), 2)::bytea, repeat(md5(e.case_id::text), 12)::bytea
    FROM e CROSS JOIN unnest(ARRAY['personal', 'router']) AS a
), p AS (
    INSERT INTO hub.recipient (county, unit, position, event, role, plan_role, duty, rule, sentence, projection)
    SELECT 1, r.unit, r.position, r.position, CASE r.u WHEN 1 THEN 'lead' WHEN 2 THEN 'handling' ELSE 'assisting' END,
        'responsible', r.duty, 'row-1', 'III.1.1-03', '2020.1'
    FROM r
), d AS (
    INSERT INTO hub.duty (county, id, position, unit, role, plan_role, case_id, type, publisher, lead, policy, rule,
        sentence, clause, ladder, needs_completion, milestones, created_at, sign_by, settle_by, provisional, priority,
        state)
    SELECT 1, r.duty, r.position, r.unit,
        CASE r.u WHEN 1 THEN 'lead' WHEN 2 THEN 'handling' ELSE 'assisting' END, 'responsible', r.case_id,
        'attendance.dropout.suspected', 'school:3141990002', 'unit-1', '2020.1', 'row-1', 'III.1.1-03', 'III.1.1', 'B',
        r.u > 1, repeat(md5(r.duty::text), 15)::bytea, now(), now() + interval '2 days', now() + interval '10 days',
        false, 0, 'dispatched'
    FROM r WHERE r.duty IS NOT NULL
), t AS (
    INSERT INTO hub.timer (county, due, duty, kind, step)
    SELECT 1, now() + interval '2 days' * n, r.duty, m, -1
    FROM r CROSS JOIN unnest(ARRAY['sign', 'settle'], ARRAY[1, 5]) AS k (m, n) WHERE r.duty IS NOT NULL
)
INSERT INTO hub.board_delta
SELECT 1, r.unit, 'attendance.dropout.suspected', count(*), count(*), 0, 0, 0, 0, 0, 0, 0, 0, 0
FROM r WHERE r.duty IS NOT NULL GROUP BY r.unit;
