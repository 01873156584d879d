-- Open duties of the county of sweeps, copied from the handling duty of one
-- event that was published there (act `sweep`): p_idle whose time limits lie a
-- year ahead, and p_due whose first reminder is as near as the event's.
CREATE FUNCTION bench.open_duties(p_idle bigint, p_due bigint) RETURNS SETOF text
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_duty text := (
        SELECT w.vals[array_position(w.names, 'id')] FROM bench.written AS w
        WHERE w.act = 'sweep' AND w.tab = 'duty' AND w.vals[array_position(w.names, 'role')] = 'handling' LIMIT 1);
    v_numbers jsonb := jsonb_build_object(
        'case_id', 'e.id', (SELECT name FROM bench.number WHERE act = 'sweep' AND val = v_duty), 'e.id');
    v_of text := format('w.vals[array_position(w.names, ''id'')] = %L', v_duty);
    v_timer text := format('w.vals[array_position(w.names, ''duty'')] = %L', v_duty);
    -- Numbers that nothing else in the tables has.
    c_from CONSTANT bigint := 500000000000;
    v_source text;
BEGIN
    v_source := format('(SELECT %s + n AS id FROM generate_series(1::bigint, %s) AS n) AS e', c_from, p_idle + p_due);
    RETURN NEXT bench.insertion('sweep', 'case', v_numbers, v_source);
    RETURN NEXT bench.insertion('sweep', 'duty', v_numbers, v_source, '{}', v_of);
    v_source := format('(SELECT %s + n AS id FROM generate_series(1::bigint, %s) AS n) AS e', c_from, p_idle);
    RETURN NEXT regexp_replace(
        bench.insertion('sweep', 'timer', v_numbers, v_source, '{}', v_timer),
        '::timestamp with time zone', '::timestamp with time zone + interval ''1 year''', 'g');
    v_source := format(
        '(SELECT %s + n AS id FROM generate_series(%s::bigint, %s) AS n) AS e', c_from, p_idle + 1, p_idle + p_due);
    RETURN NEXT bench.insertion('sweep', 'timer', v_numbers, v_source, '{}',
        v_timer || ' AND w.vals[array_position(w.names, ''kind'')] = ''sign''');
END
$$;
