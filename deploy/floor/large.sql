-- Years of record, made by set-based statements from what the hub wrote of one
-- event (template.sql): the same columns and sizes, spread over units, types,
-- cases and days; most duties ended, some open, few of these late.

-- What the rows are spread over.
CREATE TABLE bench.spread (units text[] NOT NULL, types text[] NOT NULL, now timestamptz NOT NULL);

-- The statements for the events after p_from up to p_to of p_total, numbered
-- from 1; their positions begin at p_base. One duty an event, two recipients,
-- five events a case; the newest twentieth is open, due within sixty days, and of
-- the older ones one in a thousand, late. Personal data is there for a year: older is destroyed.
CREATE FUNCTION bench.years(p_from bigint, p_to bigint, p_total bigint, p_base bigint) RETURNS SETOF text
LANGUAGE plpgsql STABLE AS $$
DECLARE
    -- Rows differ by the number of their event; all else follows from it.
    c_source CONSTANT text := format(
        $q$(
            SELECT n, %1$s + 4 * n AS position, %1$s + 4 * n + 1 AS duty, %1$s + 4 * (n - n %% 5) + 3 AS case_id,
                s.units[1 + n %% cardinality(s.units)] AS unit, s.types[1 + n * 7 %% cardinality(s.types)] AS type,
                s.units[1 + n * 13 %% cardinality(s.units)] AS publisher,
                s.now - interval '3 years' * ((%2$s - n)::float8 / %2$s) AS at, s.now,
                n > %2$s * 0.95 AS is_new, n > %2$s * 0.95 OR n %% 1000 = 0 AS is_open,
                s.now + interval '2 hours' + interval '1 minute' * (n %% 86400) AS due
            FROM generate_series(%3$s::bigint, %4$s) AS n CROSS JOIN bench.spread AS s
        ) AS e$q$, p_base, p_total, p_from + 1, p_to);
    c_numbers CONSTANT jsonb := '{"position": "e.position", "case_id": "e.case_id", "duty": "e.duty"}';
    -- The one duty of a row of the template stands for all.
    v_duty text := (
        SELECT w.vals[array_position(w.names, 'id')] FROM bench.written AS w
        WHERE w.act = 'publish' AND w.tab = 'duty' AND w.vals[array_position(w.names, 'role')] = 'handling' LIMIT 1);
    v_sign text := (SELECT act FROM bench.number WHERE name = 'duty' AND val = v_duty AND act LIKE 'sign\_%');
    v_numbers jsonb := c_numbers || jsonb_build_object(
        (SELECT name FROM bench.number WHERE act = 'publish' AND val = v_duty), 'e.duty');
    r record;
BEGIN
    RETURN NEXT bench.insertion('publish', 'event_key', v_numbers, c_source);
    RETURN NEXT bench.insertion('publish', 'event', v_numbers, c_source,
        '{"recorded_at": "e.at", "type": "e.type", "source_unit": "e.publisher",
          "units": "ARRAY[e.unit, e.publisher]"}');
    RETURN NEXT bench.insertion('publish', 'sealed', v_numbers,
        format('%s WHERE e.n > %s * 2 / 3', c_source, p_total));
    RETURN NEXT bench.insertion('publish', 'recipient', v_numbers, c_source, '{"unit": "e.unit"}',
        format('w.vals[array_position(w.names, ''duty'')] = %L', v_duty));
    RETURN NEXT bench.insertion('publish', 'recipient', v_numbers, c_source || ' WHERE e.unit <> e.publisher',
        '{"unit": "e.publisher"}',
        'w.vals[array_position(w.names, ''duty'')] IS NULL');
    RETURN NEXT bench.insertion('publish', 'case', v_numbers, c_source || ' WHERE e.n % 5 = 0 AND e.n > 0',
        '{"opened_at": "e.at", "closed_at": "CASE WHEN NOT e.is_new THEN e.at + interval ''20 days'' END"}');
    RETURN NEXT bench.insertion('publish', 'duty', v_numbers, c_source,
        jsonb_build_object(
            'unit', 'e.unit', 'type', 'e.type', 'publisher', 'e.publisher', 'created_at', 'e.at',
            'sign_by', 'CASE WHEN e.is_new THEN e.due ELSE e.at + interval ''1 day'' END',
            'settle_by', 'CASE WHEN e.is_new THEN e.due + interval ''10 days'' ELSE e.at + interval ''14 days'' END',
            'state', 'CASE WHEN NOT e.is_open THEN ''closed'' WHEN e.is_new AND e.n % 2 = 0 THEN ''signed''
                ELSE ''dispatched'' END',
            'version', 'CASE WHEN NOT e.is_open THEN 4 WHEN e.is_new AND e.n % 2 = 0 THEN 2 ELSE 1 END',
            'signed_at', 'CASE WHEN NOT e.is_open OR e.is_new AND e.n % 2 = 0 THEN e.at + interval ''5 hours'' END',
            'signed_by', 'CASE WHEN NOT e.is_open OR e.is_new AND e.n % 2 = 0 THEN ''officer-01'' END',
            'completed_at', 'CASE WHEN NOT e.is_open THEN e.at + interval ''9 days'' END',
            'completed_by', 'CASE WHEN NOT e.is_open THEN ''officer-01'' END',
            'ended_at', 'CASE WHEN NOT e.is_open THEN e.at + interval ''10 days'' END',
            'step', 'CASE WHEN e.is_open AND NOT e.is_new THEN 2 ELSE 0 END',
            'reminders', 'CASE WHEN e.is_open AND NOT e.is_new THEN 3 ELSE 0 END'),
        format('w.vals[array_position(w.names, ''id'')] = %L', v_duty));
    -- One of the changes of each duty that was signed.
    RETURN NEXT bench.insertion(v_sign, 'duty_change', '{"change": "e.position + 2", "duty": "e.duty"}',
        c_source || ' WHERE NOT e.is_open OR e.is_new AND e.n % 2 = 0',
        '{"unit": "e.unit", "publisher": "e.publisher", "by_unit": "e.unit", "at": "e.at + interval ''5 hours''"}');
    -- Open duties wait for their next step; the late ones beyond their first.
    -- None falls due while it is measured.
    RETURN NEXT format(
        'INSERT INTO hub.timer (county, due, duty, kind, step)
         SELECT 1, e.due + interval ''1 day'' * k.days, e.duty, k.kind, CASE WHEN e.is_new THEN -1 ELSE 3 END
         FROM %s CROSS JOIN (VALUES (''sign'', 0), (''settle'', 10)) AS k (kind, days)
         WHERE e.is_open AND (k.kind = ''settle'' OR NOT (e.is_new AND e.n %% 2 = 0))', c_source);
    RETURN NEXT format(
        'INSERT INTO hub.step_fired (county, duty, kind, step, as_of, outcome)
         SELECT 1, e.duty, k.kind, k.step, e.at + interval ''20 days'', ''reminded''
         FROM %s CROSS JOIN (SELECT ''sign'', 1 UNION ALL SELECT ''sign'', 2 UNION ALL SELECT ''settle'', 1)
             AS k (kind, step)
         WHERE e.is_open AND NOT e.is_new', c_source);
    RETURN NEXT format(
        'INSERT INTO hub.board_delta (county, unit, type, open, unsigned, signed, sign_seconds, settled,
             settle_seconds, step_1, step_2, step_3, step_4, step_5)
         SELECT 1, e.unit, e.type, count(*) FILTER (WHERE e.is_open),
             count(*) FILTER (WHERE e.is_open AND NOT (e.is_new AND e.n %% 2 = 0)),
             count(*) FILTER (WHERE NOT e.is_open OR e.is_new AND e.n %% 2 = 0), 18000 * count(*), count(*)
             FILTER (WHERE NOT e.is_open), 777600 * count(*), 0, count(*) FILTER (WHERE e.is_open AND NOT e.is_new),
             0, 0, 0
         FROM %s GROUP BY e.unit, e.type', c_source);
END
$$;
