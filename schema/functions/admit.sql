-- Purpose: store a batch of events in one round trip: keys, cases, events,
-- sealed parts, recipients, duties, first timers, counts for the board, and the
-- words in which all this is explained.
-- Caller: the hub's admission batcher, alone, each call its own transaction.
-- Locks: the lane of every county of the batch, ascending, before the first
-- nextval; so positions become visible in order and no reader skips one.
-- Errors: 23xxx when a value breaks a constraint; the caller bisects.
-- Idempotency: a known key stores nothing and returns the first position.
--
-- Arrays are parallel. Sealed parts and recipients name their event by its
-- ordinal in the batch, timers name their recipient likewise, all from 1.
-- Wordings are those that the batch names, each once; most are known.
-- `p_first` is the ordinal of the first event of the batch with the same key,
-- `p_case_first` of the first with the same natural key, null without one: the
-- caller tells them by a table of hashes, where SQL would have to sort.
-- `p_units` is an event's recipients joined by commas. The answer is one row of
-- arrays: the first four parallel to the events, the last two to the recipients;
-- `new_duties` holds the duties that were made, null where one was joined.
--
-- Look-ups are laterals behind OFFSET 0: a join would let the planner scan a
-- whole table when its statistics lag behind a fast-growing one. They name only
-- the columns of the index they mean; `ended_at IS NULL` stands outside the
-- barrier because on a table without statistics it makes a partial index that
-- begins with the county alone look just as cheap.
CREATE OR REPLACE FUNCTION hub.admit(
    p_county smallint[], p_key uuid[], p_recorded_at timestamptz[], p_type text[], p_source_unit text[],
    p_case_kind text[], p_case_key bytea[], p_case_id bigint[], p_cause bigint[], p_status text[],
    p_policy text[], p_contract text[], p_hash bytea[], p_attrs bytea[], p_open bytea[], p_wording uuid[],
    p_clause text[], p_priority smallint[], p_lead text[], p_units text[], p_first integer[], p_case_first integer[],
    p_sealed_event integer[], p_audience text[], p_kek text[], p_wrapped_key bytea[], p_body bytea[],
    p_recipient_event integer[], p_unit text[], p_role text[], p_also_roles text[], p_plan_role text[],
    p_officer text[], p_rule text[], p_sentence text[], p_projection text[], p_has_duty boolean[],
    p_needs_completion boolean[], p_verifier text[], p_ladder text[], p_duty_wording uuid[], p_clocks bytea[],
    p_sign_by timestamptz[], p_settle_by timestamptz[], p_provisional boolean[], p_state text[],
    p_timer_recipient integer[], p_timer_kind text[], p_timer_step smallint[], p_timer_due timestamptz[],
    p_wording_county smallint[], p_wording_hash uuid[], p_wording_body bytea[]
) RETURNS TABLE (
    positions bigint[], fresh boolean[], cases bigint[], repeated boolean[], duties bigint[], new_duties bigint[]
)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog
SET enable_hashjoin = off
SET enable_mergejoin = off
AS $$
DECLARE
    v_count integer := coalesce(array_length(p_county, 1), 0);
    v_recipients integer := coalesce(array_length(p_recipient_event, 1), 0);
    v_known bigint[];
    v_position bigint[];
    v_fresh boolean[];
    v_case bigint[];
    v_new_case boolean[];
    -- The case was there before the batch, or other events of the batch are in
    -- it too: only then is there a duty that could be joined.
    v_shared boolean[];
    v_repeated boolean[];
    -- By the first event of the batch that names a natural key: the new case,
    -- and the event that opened it.
    v_opened_case bigint[];
    v_opener integer[];
    v_duty bigint[];
    v_duty_first integer[];
    v_new_duty bigint[];
    v_first integer;
    v_row record;
    i integer;
BEGIN
    PERFORM pg_advisory_xact_lock(hub._advisory_class('lane'), c.county)
    FROM (SELECT DISTINCT u.county FROM unnest(p_county) AS u (county) ORDER BY 1) AS c;

    -- Which keys are known.
    SELECT array_agg(k.position ORDER BY e.ord) INTO v_known
    FROM generate_series(1, v_count) AS e (ord)
    LEFT JOIN LATERAL (
        SELECT o.position FROM hub.event_key AS o WHERE o.county = p_county[e.ord] AND o.key = p_key[e.ord] OFFSET 0
    ) AS k ON true;

    -- Which open cases the natural keys name.
    SELECT array_agg(coalesce(p_case_id[e.ord], c.id) ORDER BY e.ord) INTO v_case
    FROM generate_series(1, v_count) AS e (ord)
    LEFT JOIN LATERAL (
        SELECT o.id FROM hub."case" AS o
        WHERE o.county = p_county[e.ord] AND o.kind = p_case_kind[e.ord] AND o.natural_key = p_case_key[e.ord]
            AND o.closed_at IS NULL
        OFFSET 0
    ) AS c ON true;

    -- The first event of the batch that names a new case opens it.
    FOR i IN 1 .. v_count LOOP
        v_fresh[i] := v_known[i] IS NULL AND p_first[i] = i;
        v_position[i] := CASE
            WHEN v_fresh[i] THEN nextval('hub.position_seq')
            ELSE coalesce(v_known[i], v_position[p_first[i]])
        END;
        v_repeated[i] := false;
        v_new_case[i] := false;
        v_shared[i] := v_case[i] IS NOT NULL;
        IF v_fresh[i] AND v_case[i] IS NULL AND p_case_kind[i] IS NOT NULL THEN
            v_first := p_case_first[i];
            IF v_opened_case[v_first] IS NULL THEN
                v_case[i] := nextval('hub.position_seq');
                v_new_case[i] := true;
                IF v_first IS NOT NULL THEN
                    v_opened_case[v_first] := v_case[i];
                    v_opener[v_first] := i;
                END IF;
            ELSE
                v_case[i] := v_opened_case[v_first];
                v_shared[i] := true;
                v_shared[v_opener[v_first]] := true;
            END IF;
        END IF;
    END LOOP;

    INSERT INTO hub."case" (county, id, kind, natural_key, opened_at)
    SELECT p_county[e.ord], v_case[e.ord], p_case_kind[e.ord], p_case_key[e.ord], p_recorded_at[e.ord]
    FROM generate_series(1, v_count) AS e (ord)
    WHERE v_new_case[e.ord];

    -- A unit that has the duty already, from the same rule in the same case,
    -- joins it: no second clock.
    FOR v_row IN
        SELECT r.ord, d.id, min(r.ord) OVER (PARTITION BY p_county[r.event], v_case[r.event], p_unit[r.ord],
            p_rule[r.ord]) AS first
        FROM (
            SELECT g.ord, p_recipient_event[g.ord] AS event FROM generate_series(1, v_recipients) AS g (ord)
        ) AS r
        LEFT JOIN LATERAL (
            SELECT min(o.id) AS id
            FROM (
                SELECT c.id, c.unit, c.rule, c.ended_at FROM hub.duty AS c
                WHERE c.county = p_county[r.event] AND c.case_id = v_case[r.event]
                OFFSET 0
            ) AS o
            WHERE o.unit = p_unit[r.ord] AND o.rule = p_rule[r.ord] AND o.ended_at IS NULL
        ) AS d ON true
        WHERE v_shared[r.event] AND v_fresh[r.event] AND p_has_duty[r.ord]
    LOOP
        v_duty[v_row.ord] := v_row.id;
        v_duty_first[v_row.ord] := v_row.first;
    END LOOP;

    SELECT array_agg(s.id ORDER BY s.ord) INTO v_new_duty
    FROM (
        SELECT g.ord, CASE
            WHEN p_has_duty[g.ord] AND v_fresh[p_recipient_event[g.ord]] AND v_duty[g.ord] IS NULL
                AND coalesce(v_duty_first[g.ord], g.ord) = g.ord
                THEN nextval('hub.position_seq')
            END AS id
        FROM generate_series(1, v_recipients) AS g (ord)
        OFFSET 0
    ) AS s;

    IF v_duty_first IS NULL THEN
        v_duty := v_new_duty;
    ELSE
        SELECT array_agg(coalesce(v_new_duty[g.ord], v_duty[g.ord], v_new_duty[v_duty_first[g.ord]]) ORDER BY g.ord)
        INTO v_duty
        FROM generate_series(1, v_recipients) AS g (ord);
    END IF;

    INSERT INTO hub.event_key (county, key, position)
    SELECT p_county[e.ord], p_key[e.ord], v_position[e.ord]
    FROM generate_series(1, v_count) AS e (ord)
    WHERE v_fresh[e.ord];

    INSERT INTO hub.wording (county, hash, body)
    SELECT p_wording_county[w.ord], p_wording_hash[w.ord], p_wording_body[w.ord]
    FROM generate_series(1, coalesce(array_length(p_wording_county, 1), 0)) AS w (ord)
    ON CONFLICT DO NOTHING;

    INSERT INTO hub.event (county, position, recorded_at, type, source_unit, case_id, cause, status, policy, contract,
        hash, attrs, open, wording, units)
    SELECT p_county[e.ord], v_position[e.ord], p_recorded_at[e.ord], p_type[e.ord], p_source_unit[e.ord],
        v_case[e.ord], p_cause[e.ord], p_status[e.ord], p_policy[e.ord], p_contract[e.ord], p_hash[e.ord],
        p_attrs[e.ord], p_open[e.ord], p_wording[e.ord], string_to_array(p_units[e.ord], ',')
    FROM generate_series(1, v_count) AS e (ord)
    WHERE v_fresh[e.ord];

    INSERT INTO hub.sealed (county, position, audience, kek, wrapped_key, body)
    SELECT p_county[s.event], v_position[s.event], p_audience[s.ord], p_kek[s.ord], p_wrapped_key[s.ord], p_body[s.ord]
    FROM (
        SELECT g.ord, p_sealed_event[g.ord] AS event
        FROM generate_series(1, coalesce(array_length(p_sealed_event, 1), 0)) AS g (ord)
    ) AS s
    WHERE v_fresh[s.event];

    INSERT INTO hub.recipient (county, unit, position, event, role, also_roles, plan_role, officer, duty, joined, rule,
        sentence, projection)
    SELECT p_county[r.event], p_unit[r.ord], v_position[r.event], v_position[r.event], p_role[r.ord],
        p_also_roles[r.ord], p_plan_role[r.ord], p_officer[r.ord], v_duty[r.ord],
        p_has_duty[r.ord] AND v_new_duty[r.ord] IS NULL, p_rule[r.ord], p_sentence[r.ord], p_projection[r.ord]
    FROM (
        SELECT g.ord, p_recipient_event[g.ord] AS event FROM generate_series(1, v_recipients) AS g (ord)
    ) AS r
    WHERE v_fresh[r.event];

    -- Before the new duties exist: is an earlier event of this type, in this
    -- case, still being dealt with?
    FOR v_row IN
        SELECT e.ord, coalesce(d.found, false)
            OR row_number() OVER (PARTITION BY p_county[e.ord], v_case[e.ord], p_type[e.ord] ORDER BY e.ord) > 1
            AS repeated
        FROM generate_series(1, v_count) AS e (ord)
        LEFT JOIN LATERAL (
            SELECT bool_or(o.type = p_type[e.ord] AND o.ended_at IS NULL) AS found
            FROM (
                SELECT c.type, c.ended_at FROM hub.duty AS c
                WHERE c.county = p_county[e.ord] AND c.case_id = v_case[e.ord]
                OFFSET 0
            ) AS o
        ) AS d ON true
        WHERE v_shared[e.ord] AND v_fresh[e.ord]
    LOOP
        v_repeated[v_row.ord] := v_row.repeated;
    END LOOP;

    INSERT INTO hub.duty (county, id, position, unit, role, also_roles, plan_role, officer, case_id, type, publisher,
        lead, policy, rule, sentence, clause, ladder, verifier, needs_completion, wording, clocks, created_at, sign_by,
        settle_by, provisional, priority, state)
    SELECT p_county[r.event], v_duty[r.ord], v_position[r.event], p_unit[r.ord], p_role[r.ord], p_also_roles[r.ord],
        p_plan_role[r.ord], p_officer[r.ord], v_case[r.event], p_type[r.event], p_source_unit[r.event],
        p_lead[r.event], p_policy[r.event], p_rule[r.ord], p_sentence[r.ord], p_clause[r.event], p_ladder[r.ord],
        p_verifier[r.ord], p_needs_completion[r.ord], p_duty_wording[r.ord], p_clocks[r.ord],
        p_recorded_at[r.event], p_sign_by[r.ord], p_settle_by[r.ord], p_provisional[r.ord], p_priority[r.event],
        p_state[r.ord]
    FROM (
        SELECT g.ord, p_recipient_event[g.ord] AS event FROM generate_series(1, v_recipients) AS g (ord)
    ) AS r
    WHERE v_new_duty[r.ord] IS NOT NULL;

    INSERT INTO hub.timer (county, due, duty, kind, step)
    SELECT p_county[p_recipient_event[t.recipient]], p_timer_due[t.ord], v_duty[t.recipient], p_timer_kind[t.ord],
        p_timer_step[t.ord]
    FROM (
        SELECT g.ord, p_timer_recipient[g.ord] AS recipient
        FROM generate_series(1, coalesce(array_length(p_timer_recipient, 1), 0)) AS g (ord)
    ) AS t
    WHERE v_new_duty[t.recipient] IS NOT NULL;

    INSERT INTO hub.board_delta
    SELECT p_county[r.event], p_unit[r.ord], p_type[r.event], count(*),
        count(*) FILTER (WHERE p_state[r.ord] = 'dispatched' AND p_sign_by[r.ord] IS NOT NULL), 0, 0, 0, 0, 0, 0, 0, 0,
        0
    FROM (
        SELECT g.ord, p_recipient_event[g.ord] AS event FROM generate_series(1, v_recipients) AS g (ord)
    ) AS r
    WHERE v_new_duty[r.ord] IS NOT NULL
    GROUP BY 1, 2, 3;

    RETURN QUERY SELECT v_position, v_fresh, v_case, v_repeated, v_duty, v_new_duty;
END
$$;
