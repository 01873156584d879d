-- What the hub writes, learnt from what it wrote: an event is published and its
-- duties are signed through the API, and the rows that carry the numbers of
-- those transactions (xmin) are kept here as texts. The scripts of the floor
-- and the large tables are made from them, so that both have the hub's own
-- columns, values and sizes, also after the schema has changed.
CREATE SCHEMA bench;

-- One row that a transaction of the hub wrote; values in the columns' order.
CREATE TABLE bench.written (
    act text NOT NULL,
    tab text NOT NULL,
    ord integer NOT NULL,
    names text[] NOT NULL,
    types text[] NOT NULL,
    vals text[] NOT NULL
);

-- Which numbers in those rows stand for what: each event has its own.
CREATE TABLE bench.number (act text NOT NULL, val text NOT NULL, name text NOT NULL);

-- A value as a literal that pgbench leaves alone: it takes `:x` for a variable
-- within quotation marks, too.
CREATE FUNCTION bench.literal(p_value text, p_type text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN p_value IS NULL THEN 'NULL' ELSE
        'E''' || replace(replace(replace(p_value, '\', '\\'), '''', ''''''), ':', '\x3a') || '''' END
        || '::' || p_type
$$;

-- Keeps the rows of a transaction, of all tables of the hub.
CREATE FUNCTION bench.keep(p_act text, p_xid text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    r record;
BEGIN
    FOR r IN
        SELECT c.oid::regclass AS tab, c.relname AS name, array_agg(a.attname::text ORDER BY a.attnum) AS names,
            array_agg(format_type(a.atttypid, a.atttypmod) ORDER BY a.attnum) AS types,
            string_agg(format('t.%I::text', a.attname), ', ' ORDER BY a.attnum) AS vals
        FROM pg_class AS c
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            AND a.attidentity = '' AND a.attgenerated = ''
        WHERE c.relnamespace = 'hub'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
        GROUP BY c.oid, c.relname
    LOOP
        EXECUTE format(
            'INSERT INTO bench.written SELECT %L, %L, row_number() OVER (), %L::text[], %L::text[], ARRAY[%s]
             FROM %s AS t WHERE t.xmin::text = %L',
            p_act, r.name, r.names, r.types, r.vals, r.tab, p_xid);
    END LOOP;
END
$$;

-- Keeps an event, under numbers `position`, `case_id`, `duty_1` …: the duties
-- in the order of their numbers.
CREATE FUNCTION bench.keep_event(p_act text, p_position bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM bench.keep(p_act, (SELECT xmin::text FROM hub.event WHERE position = p_position));
    INSERT INTO bench.number SELECT p_act, p_position::text, 'position';
    INSERT INTO bench.number
    SELECT p_act, case_id::text, 'case_id' FROM hub.event WHERE position = p_position AND case_id IS NOT NULL;
    INSERT INTO bench.number
    SELECT p_act, id::text, 'duty_' || row_number() OVER (ORDER BY id) FROM hub.duty WHERE position = p_position;
END
$$;

-- Keeps the signature of a duty, under numbers `change` and `duty`.
CREATE FUNCTION bench.keep_signature(p_act text, p_duty bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM bench.keep(p_act, (SELECT xmin::text FROM hub.duty_change WHERE duty = p_duty AND command = 'sign'));
    INSERT INTO bench.number
    SELECT p_act, position::text, 'change' FROM hub.duty_change WHERE duty = p_duty AND command = 'sign';
    INSERT INTO bench.number SELECT p_act, p_duty::text, 'duty';
END
$$;

-- A column's expression: what the caller sets, the number that stands for the
-- event's own, something new where the table allows no second, else the value.
CREATE FUNCTION bench.expression(
    p_act text, p_tab text, p_name text, p_type text, p_value text, p_set jsonb, p_numbers jsonb
) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT coalesce(
        p_set ->> p_name,
        (SELECT p_numbers ->> n.name FROM bench.number AS n
         WHERE n.act = p_act AND n.val = p_value AND p_type = 'bigint' LIMIT 1),
        CASE WHEN p_value IS NOT NULL AND p_type IN ('uuid', 'bytea') AND EXISTS (
            SELECT FROM pg_index AS i
            JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
            WHERE i.indrelid = format('hub.%I', p_tab)::regclass AND i.indisunique AND a.attname = p_name
        ) THEN
            CASE p_type WHEN 'uuid' THEN 'gen_random_uuid()' ELSE
                'sha256(int8send(' || coalesce(p_numbers ->> 'case_id', p_numbers ->> 'position') || '))' END
        END,
        bench.literal(p_value, p_type))
$$;

-- The statement that writes the rows of an act into a table once more for every
-- row of a source; those that are the same for every event once altogether.
--
--   p_set      column → expression, for all rows
--   p_numbers  name of a number → expression
--   p_where    a condition on bench.written, here w
CREATE FUNCTION bench.insertion(
    p_act text, p_tab text, p_numbers jsonb, p_from text, p_set jsonb DEFAULT '{}', p_where text DEFAULT 'true'
) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_select text;
    v_names text;
BEGIN
    EXECUTE format(
        $q$
        SELECT string_agg(format('SELECT %%s FROM %%s', s.list, CASE WHEN s.varies THEN %L ELSE '(SELECT) AS one' END),
            ' UNION ALL ' ORDER BY s.ord), min(s.names)
        FROM (
            SELECT x.ord, string_agg(x.expression, ', ' ORDER BY x.nth) AS list,
                string_agg(quote_ident(x.name), ', ' ORDER BY x.nth) AS names,
                bool_or(x.expression <> x.literal) AS varies
            FROM (
                SELECT w.ord, c.ord AS nth, c.name, bench.literal(c.val, c.type) AS literal,
                    bench.expression(w.act, w.tab, c.name, c.type, c.val, $1, $2) AS expression
                FROM bench.written AS w
                CROSS JOIN LATERAL unnest(w.names, w.types, w.vals) WITH ORDINALITY AS c (name, type, val, ord)
                WHERE w.act = %L AND w.tab = %L AND (%s)
            ) AS x
            GROUP BY x.ord
        ) AS s
        $q$, p_from, p_act, p_tab, p_where)
    INTO v_select, v_names USING p_set, p_numbers;
    RETURN format('INSERT INTO hub.%I (%s) %s', p_tab, v_names, v_select);
END
$$;

-- Bytes and rows of an act by table, for the head of the report.
CREATE VIEW bench.shape AS
SELECT w.act, w.tab, count(*) AS rows,
    sum((SELECT sum(CASE c.type WHEN 'bytea' THEN (octet_length(c.val) - 2) / 2 ELSE octet_length(c.val) END)
        FROM unnest(w.types, w.vals) AS c (type, val)))::bigint AS bytes
FROM bench.written AS w GROUP BY w.act, w.tab;
