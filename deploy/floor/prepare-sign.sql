-- Duties for the floor of signing, and the sequence that hands them out.
CREATE SEQUENCE hub.floor_sign CACHE 1;

INSERT INTO hub.duty (county, id, position, unit, role, plan_role, case_id, type, publisher, lead, policy, rule,
    sentence, clause, ladder, needs_completion, milestones, created_at, sign_by, settle_by, provisional, priority, state)
SELECT 1, 1000000000000 + n, n, 'unit-' || n % 40, 'handling', 'responsible', n, 'attendance.dropout.suspected',
    'school:3141990002', 'unit-1', '2020.1', 'row-1', 'III.1.1-03', 'III.1.1', 'B', true,
    repeat(md5(n::text), 15)::bytea, now(), now() + interval '2 days', now() + interval '10 days', false, 0,
    'dispatched'
FROM generate_series(1, 300000) AS n;

ANALYZE hub.duty;
