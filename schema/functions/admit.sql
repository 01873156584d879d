-- Purpose: store a batch of events in one round trip: keys, cases, events,
-- sealed parts, recipients, duties, first timers, counts for the board.
-- Caller: the hub's admission batcher, alone, each call its own transaction.
-- Locks: the lane of every county of the batch, ascending, before the first
-- nextval; so positions become visible in order and no reader skips one.
-- Errors: 23xxx when a value breaks a constraint; the caller bisects.
-- Idempotency: a known key stores nothing and returns the first position.
--
-- Arrays are parallel. Sealed parts and recipients name their event by its
-- ordinal in the batch, timers name their recipient likewise, all from 1.
-- `p_units` is an event's recipients joined by commas. The answer is one row of
-- arrays: the first four parallel to the events, the last two to the recipients.
--
-- Look-ups are laterals behind OFFSET 0: a join would let the planner scan a
-- whole table when its statistics lag behind a fast-growing one. They name only
-- the columns of the index they mean; `ended_at IS NULL` stands outside the
-- barrier because on a table without statistics it makes a partial index that
-- begins with the county alone look just as cheap.
CREATE OR REPLACE FUNCTION hub.admit(
    p_county smallint[], p_key uuid[], p_recorded_at timestamptz[], p_type text[], p_source_unit text[],
    p_case_kind text[], p_case_key bytea[], p_case_id bigint[], p_cause bigint[], p_status text[],
    p_policy text[], p_contract text[], p_hash bytea[], p_attrs bytea[], p_open bytea[], p_explanation bytea[],
    p_clause text[], p_priority smallint[], p_lead text[], p_units text[],
    p_sealed_event integer[], p_audience text[], p_kek text[], p_wrapped_key bytea[], p_body bytea[],
    p_recipient_event integer[], p_unit text[], p_role text[], p_also_roles text[], p_plan_role text[],
    p_officer text[], p_rule text[], p_sentence text[], p_projection text[], p_has_duty boolean[],
    p_needs_completion boolean[], p_verifier text[], p_ladder text[], p_milestones bytea[],
    p_sign_by timestamptz[], p_settle_by timestamptz[], p_provisional boolean[], p_state text[],
    p_timer_recipient integer[], p_timer_kind text[], p_timer_step smallint[], p_timer_due timestamptz[]
) RETURNS TABLE (
    positions bigint[], duplicates boolean[], cases bigint[], repeated boolean[], duties bigint[], joins boolean[]
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
    v_first integer[];
    v_position bigint[];
    v_fresh boolean[];
    v_case bigint[];
    v_case_first integer[];
    v_new_case boolean[];
    v_opened boolean[];
    v_repeated boolean[];
    v_duty bigint[];
    v_duty_first integer[];
    v_new_duty boolean[];
    i integer;
BEGIN
    PERFORM pg_advisory_xact_lock(hub._advisory_class('lane'), c.county)
    FROM (SELECT DISTINCT u.county FROM unnest(p_county) AS u (county) ORDER BY 1) AS c;

    -- Which keys are known, and which come twice in this batch.
    SELECT array_agg(s.position ORDER BY s.ord), array_agg(s.first ORDER BY s.ord)
    INTO v_known, v_first
    FROM (
        SELECT e.ord, k.position, min(e.ord) OVER (PARTITION BY e.county, e.key) AS first
        FROM unnest(p_county, p_key) WITH ORDINALITY AS e (county, key, ord)
        LEFT JOIN LATERAL (
            SELECT o.position FROM hub.event_key AS o WHERE o.county = e.county AND o.key = e.key OFFSET 0
        ) AS k ON true
    ) AS s;

    -- Which open cases the natural keys name. The first event of the batch
    -- that names a new one opens it.
    SELECT array_agg(coalesce(s.case_id, s.id) ORDER BY s.ord), array_agg(s.first ORDER BY s.ord)
    INTO v_case, v_case_first
    FROM (
        SELECT e.ord, e.case_id, c.id,
            min(CASE WHEN v_known[e.ord] IS NULL AND v_first[e.ord] = e.ord AND e.case_id IS NULL THEN e.ord END)
                OVER (PARTITION BY e.county, e.kind, e.key) AS first
        FROM unnest(p_county, p_case_kind, p_case_key, p_case_id) WITH ORDINALITY AS e (county, kind, key, case_id, ord)
        LEFT JOIN LATERAL (
            SELECT o.id FROM hub."case" AS o
            WHERE o.county = e.county AND o.kind = e.kind AND o.natural_key = e.key AND o.closed_at IS NULL
            OFFSET 0
        ) AS c ON e.key IS NOT NULL
    ) AS s;

    FOR i IN 1 .. v_count LOOP
        v_fresh[i] := v_known[i] IS NULL AND v_first[i] = i;
        v_position[i] := CASE
            WHEN v_fresh[i] THEN nextval('hub.position_seq')
            ELSE coalesce(v_known[i], v_position[v_first[i]])
        END;
        v_new_case[i] := false;
        v_opened[i] := v_case[i] IS NULL;
        IF v_fresh[i] AND v_case[i] IS NULL AND p_case_kind[i] IS NOT NULL THEN
            IF p_case_key[i] IS NULL OR v_case_first[i] = i THEN
                v_case[i] := nextval('hub.position_seq');
                v_new_case[i] := true;
            ELSE
                v_case[i] := v_case[v_case_first[i]];
            END IF;
        END IF;
    END LOOP;

    INSERT INTO hub."case" (county, id, kind, natural_key, opened_at)
    SELECT e.county, v_case[e.ord], e.kind, e.key, e.recorded_at
    FROM unnest(p_county, p_case_kind, p_case_key, p_recorded_at)
        WITH ORDINALITY AS e (county, kind, key, recorded_at, ord)
    WHERE v_new_case[e.ord];

    -- A unit that has the duty already, from the same rule in the same case,
    -- joins it: no second clock.
    SELECT array_agg(s.id ORDER BY s.ord), array_agg(s.first ORDER BY s.ord)
    INTO v_duty, v_duty_first
    FROM (
        SELECT r.ord, d.id,
            min(CASE WHEN v_fresh[r.event] AND r.has_duty THEN r.ord END) OVER (
                PARTITION BY p_county[r.event], coalesce(v_case[r.event], -v_position[r.event]), r.unit, r.rule
            ) AS first
        FROM unnest(p_recipient_event, p_unit, p_rule, p_has_duty)
            WITH ORDINALITY AS r (event, unit, rule, has_duty, ord)
        LEFT JOIN LATERAL (
            SELECT min(o.id) AS id
            FROM (
                SELECT c.id, c.unit, c.rule, c.ended_at FROM hub.duty AS c
                WHERE c.county = p_county[r.event] AND c.case_id = v_case[r.event]
                OFFSET 0
            ) AS o
            WHERE o.unit = r.unit AND o.rule = r.rule AND o.ended_at IS NULL
        ) AS d ON r.has_duty AND v_fresh[r.event] AND NOT v_opened[r.event]
    ) AS s;

    FOR i IN 1 .. v_recipients LOOP
        v_new_duty[i] := false;
        IF NOT p_has_duty[i] OR NOT v_fresh[p_recipient_event[i]] THEN
            v_duty[i] := NULL;
        ELSIF v_duty[i] IS NULL THEN
            IF v_duty_first[i] = i THEN
                v_duty[i] := nextval('hub.position_seq');
                v_new_duty[i] := true;
            ELSE
                v_duty[i] := v_duty[v_duty_first[i]];
            END IF;
        END IF;
    END LOOP;

    INSERT INTO hub.event_key (county, key, position)
    SELECT e.county, e.key, v_position[e.ord]
    FROM unnest(p_county, p_key) WITH ORDINALITY AS e (county, key, ord)
    WHERE v_fresh[e.ord];

    INSERT INTO hub.event (county, position, recorded_at, type, source_unit, case_id, cause, status, policy, contract,
        hash, attrs, open, explanation, units)
    SELECT e.county, v_position[e.ord], e.recorded_at, e.type, e.source_unit, v_case[e.ord], e.cause, e.status,
        e.policy, e.contract, e.hash, e.attrs, e.open, e.explanation, string_to_array(e.units, ',')
    FROM unnest(p_county, p_recorded_at, p_type, p_source_unit, p_cause, p_status, p_policy, p_contract, p_hash,
            p_attrs, p_open, p_explanation, p_units)
        WITH ORDINALITY AS e (county, recorded_at, type, source_unit, cause, status, policy, contract, hash, attrs,
            open, explanation, units, ord)
    WHERE v_fresh[e.ord];

    INSERT INTO hub.sealed (county, position, audience, kek, wrapped_key, body)
    SELECT p_county[s.event], v_position[s.event], s.audience, s.kek, s.wrapped_key, s.body
    FROM unnest(p_sealed_event, p_audience, p_kek, p_wrapped_key, p_body)
        AS s (event, audience, kek, wrapped_key, body)
    WHERE v_fresh[s.event];

    INSERT INTO hub.recipient (county, unit, position, event, role, also_roles, plan_role, officer, duty, joined, rule,
        sentence, projection)
    SELECT p_county[r.event], r.unit, v_position[r.event], v_position[r.event], r.role, r.also_roles, r.plan_role,
        r.officer, v_duty[r.ord], r.has_duty AND NOT v_new_duty[r.ord], r.rule, r.sentence, r.projection
    FROM unnest(p_recipient_event, p_unit, p_role, p_also_roles, p_plan_role, p_officer, p_rule, p_sentence,
            p_projection, p_has_duty)
        WITH ORDINALITY AS r (event, unit, role, also_roles, plan_role, officer, rule, sentence, projection, has_duty,
            ord)
    WHERE v_fresh[r.event];

    -- Before the new duties exist: is an earlier event of this type, in this
    -- case, still being dealt with?
    SELECT array_agg(s.earlier OR s.nth > 1 ORDER BY s.ord) INTO v_repeated
    FROM (
        SELECT e.ord,
            v_case[e.ord] IS NOT NULL AND NOT v_opened[e.ord] AND coalesce(d.found, false) AS earlier,
            CASE WHEN v_case[e.ord] IS NULL OR NOT v_fresh[e.ord] THEN 1
                ELSE row_number() OVER (
                    PARTITION BY e.county, e.type, coalesce(v_case[e.ord], -e.ord), v_fresh[e.ord] ORDER BY e.ord)
            END AS nth
        FROM unnest(p_county, p_type) WITH ORDINALITY AS e (county, type, ord)
        LEFT JOIN LATERAL (
            SELECT bool_or(o.type = e.type AND o.ended_at IS NULL) AS found
            FROM (
                SELECT c.type, c.ended_at FROM hub.duty AS c
                WHERE c.county = e.county AND c.case_id = v_case[e.ord]
                OFFSET 0
            ) AS o
        ) AS d ON v_fresh[e.ord] AND NOT v_opened[e.ord]
    ) AS s;

    INSERT INTO hub.duty (county, id, position, unit, role, also_roles, plan_role, officer, case_id, type, publisher,
        lead, policy, rule, sentence, clause, ladder, verifier, needs_completion, milestones, created_at, sign_by,
        settle_by, provisional, priority, state)
    SELECT p_county[r.event], v_duty[r.ord], v_position[r.event], r.unit, r.role, r.also_roles, r.plan_role, r.officer,
        v_case[r.event], p_type[r.event], p_source_unit[r.event], p_lead[r.event], p_policy[r.event], r.rule,
        r.sentence, p_clause[r.event], r.ladder, r.verifier, r.needs_completion, r.milestones, p_recorded_at[r.event],
        r.sign_by, r.settle_by, r.provisional, p_priority[r.event], r.state
    FROM unnest(p_recipient_event, p_unit, p_role, p_also_roles, p_plan_role, p_officer, p_rule, p_sentence,
            p_needs_completion, p_verifier, p_ladder, p_milestones, p_sign_by, p_settle_by, p_provisional, p_state)
        WITH ORDINALITY AS r (event, unit, role, also_roles, plan_role, officer, rule, sentence, needs_completion,
            verifier, ladder, milestones, sign_by, settle_by, provisional, state, ord)
    WHERE v_new_duty[r.ord];

    INSERT INTO hub.timer (county, due, duty, kind, step)
    SELECT p_county[p_recipient_event[t.recipient]], t.due, v_duty[t.recipient], t.kind, t.step
    FROM unnest(p_timer_recipient, p_timer_kind, p_timer_step, p_timer_due) AS t (recipient, kind, step, due)
    WHERE v_new_duty[t.recipient];

    INSERT INTO hub.board_delta
    SELECT p_county[r.event], r.unit, p_type[r.event], count(*),
        count(*) FILTER (WHERE r.state = 'dispatched' AND r.sign_by IS NOT NULL), 0, 0, 0, 0, 0, 0, 0, 0, 0
    FROM unnest(p_recipient_event, p_unit, p_state, p_sign_by) WITH ORDINALITY AS r (event, unit, state, sign_by, ord)
    WHERE v_new_duty[r.ord]
    GROUP BY 1, 2, 3;

    RETURN QUERY
    SELECT v_position, ARRAY(SELECT NOT f FROM unnest(v_fresh) AS u (f)), v_case, v_repeated, v_duty,
        ARRAY(
            SELECT r.has_duty AND NOT v_new_duty[r.ord]
            FROM unnest(p_has_duty) WITH ORDINALITY AS r (has_duty, ord) ORDER BY r.ord
        );
END
$$;
