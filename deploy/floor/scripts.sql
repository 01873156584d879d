-- The floor's scripts for pgbench, made from what the hub wrote: the rows of an
-- event and of its signatures, by plain statements and one commit each, as a
-- program would that validates, routes, seals, explains and deduplicates
-- nothing. See template.sql.

-- The numbers of an event as columns of the source `e`.
CREATE FUNCTION bench.numbers_of(p_act text) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT jsonb_object_agg(DISTINCT name, 'e.' || name) FROM bench.number WHERE act = p_act
$$;

-- Publishing :events events a transaction; ends with p_end in place of the
-- count of events.
CREATE FUNCTION bench.publish_script(p_end text DEFAULT 'SELECT count(*) FROM e;') RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT format(
        'WITH e AS MATERIALIZED (SELECT %s FROM generate_series(1, :events::integer))%s %s',
        (SELECT string_agg(DISTINCT format('nextval(''hub.position_seq'') AS %I', name), ', ')
         FROM bench.number WHERE act = 'publish'),
        (SELECT string_agg(
            format(', w_%s AS (%s)', tab, bench.insertion('publish', tab, bench.numbers_of('publish'), 'e')), '')
         FROM (SELECT DISTINCT tab FROM bench.written WHERE act = 'publish') AS t),
        p_end)
$$;

-- The columns that a signature changes in its duty.
CREATE FUNCTION bench.signed_columns(p_act text) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT string_agg(format('%I = %s', c.name, bench.literal(c.val, c.type)), ', ')
    FROM bench.written AS w
    CROSS JOIN LATERAL unnest(w.names, w.types, w.vals) AS c (name, type, val)
    JOIN bench.number AS n ON n.act = w.act AND n.name = 'duty'
    JOIN bench.written AS o ON o.act = 'publish' AND o.tab = 'duty' AND n.val = o.vals[array_position(o.names, 'id')]
    WHERE w.act = p_act AND w.tab = 'duty'
        AND c.val IS DISTINCT FROM o.vals[array_position(o.names, c.name)]
$$;

-- Signing the duties of a source, which gives their numbers as `duty`.
CREATE FUNCTION bench.sign_statement(p_act text, p_source text) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT format(
        'WITH e AS MATERIALIZED (SELECT d.duty, nextval(''hub.position_seq'') AS change FROM %s AS d (duty))%s '
        'UPDATE hub.duty AS d SET %s FROM e WHERE d.county = 1 AND d.id = e.duty;',
        p_source,
        (SELECT string_agg(
            format(', w_%s AS (%s)', tab, bench.insertion(p_act, tab, bench.numbers_of(p_act), 'e')), '')
         FROM (SELECT DISTINCT tab FROM bench.written WHERE act = p_act AND tab <> 'duty') AS t),
        bench.signed_columns(p_act))
$$;

-- The acts of signing in order: sign_1 is that of duty_1.
CREATE VIEW bench.signing AS
SELECT act, substr(act, 6)::bigint AS nth FROM bench.number WHERE act LIKE 'sign\_%' AND name = 'duty';

-- Duties for the floor of signing, p_each of each kind, and what hands them out.
CREATE FUNCTION bench.sign_preparation(p_each bigint) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT string_agg(
        format('DROP SEQUENCE IF EXISTS hub.floor_%s; CREATE SEQUENCE hub.floor_%1$s; %s;', act,
            bench.insertion('publish', 'duty',
                jsonb_build_object('position', 'e.n', 'case_id', 'e.n', 'duty_' || nth,
                    nth || '000000000000 + e.n'),
                format('generate_series(1::bigint, %s) AS e (n)', p_each), '{}',
                format('w.vals[array_position(w.names, ''id'')] = %L',
                    (SELECT val FROM bench.number WHERE act = s.act AND name = 'duty')))),
        E'\n' ORDER BY nth)
    FROM bench.signing AS s
$$;

-- Signing one duty a transaction, of each kind as often.
CREATE FUNCTION bench.sign_script() RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT format(E'\\set kind random(1, %s)\n', count(*)) || string_agg(
        CASE nth WHEN 1 THEN '\if' ELSE '\elif' END || format(E' :kind = %s\n%s\n', nth,
            bench.sign_statement(act,
                format('(SELECT %s000000000000 + nextval(''hub.floor_%s''))', nth, act))),
        '' ORDER BY nth) || E'\\endif\n'
    FROM bench.signing
$$;

-- A hundred whole events: published in one transaction, fetched by each
-- recipient, signed by each unit that has duties.
CREATE FUNCTION bench.steady_script() RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT bench.publish_script(
        'SELECT min(e.position) AS first, '
        || (SELECT string_agg(format('array_agg(e.duty_%s)::text AS duties_%1$s', nth), ', ') FROM bench.signing)
        || E' FROM e \\gset\n')
    || (SELECT string_agg(format(
            'SELECT r.*, e.* FROM hub.recipient AS r JOIN hub.event AS e ON e.county = r.county AND e.position = r.event '
            'WHERE r.county = 1 AND r.unit = %s AND r.position >= :first::bigint ORDER BY r.position LIMIT 100;',
            bench.literal(w.vals[array_position(w.names, 'unit')], 'text')), E'\n' ORDER BY w.ord)
        FROM bench.written AS w WHERE w.act = 'publish' AND w.tab = 'recipient')
    || (SELECT string_agg(E'\n' || bench.sign_statement(act, format('unnest(:duties_%s::bigint[])', nth)), ''
            ORDER BY nth)
        FROM bench.signing)
$$;
