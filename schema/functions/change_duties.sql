-- Purpose: store the outcome of commands on duties, each if the duty is still
-- in the version the command was judged on.
-- Caller: the hub's change batcher, alone, each call its own transaction; and
-- fire_steps, inside the sweep's own call.
-- Locks: the lanes of the batch, ascending, before the first nextval. Whoever
-- changes a duty or a timer holds its lane, so rows are read without locks.
-- Errors: 23xxx when a value breaks a constraint; the caller bisects.
-- Idempotency: by the version; the caller judges a refused change again.
--
-- Arrays are parallel. A duty that comes twice is changed by the first alone.
-- `p_unit` moves an assigned duty to that unit; with `p_delivery` the unit
-- gets a delivery of the event, right after the change. `p_log_unit` names the
-- one unit whose log the change enters; null stands for all who follow the
-- duty. `p_wording` and `p_clocks` are null where the milestones stay as they
-- are. Timers name their change by its ordinal in the batch, from 1. The
-- answer has one row a change, in their order; without a position it was not
-- applied.
--
-- Duties are looked up by laterals behind OFFSET 0, as admit says: next to a
-- condition on ended_at a join walks all open duties of the county, as long as
-- the table has no statistics. They are looked up once, and what they were is
-- taken from arrays; what only an assignment or a step needs is left out where
-- there is none: nearly every change is a signature.
CREATE OR REPLACE FUNCTION hub.change_duties(
    p_county smallint[], p_duty bigint[], p_version integer[], p_at timestamptz[], p_token uuid[], p_by_unit text[],
    p_officer text[], p_command text[], p_to_state text[], p_detail bytea[], p_sealed_note bytea[],
    p_log_unit text[],
    p_signed_at timestamptz[], p_signed_by text[], p_accepted_at timestamptz[], p_started_at timestamptz[],
    p_completed_at timestamptz[], p_completed_by text[], p_outcome text[], p_step smallint[], p_reminders smallint[],
    p_reworks smallint[], p_ended_at timestamptz[], p_wording uuid[], p_clocks bytea[],
    p_unit text[], p_role text[], p_plan_role text[], p_ladder text[], p_verifier text[], p_sign_by timestamptz[],
    p_settle_by timestamptz[], p_provisional boolean[], p_needs_completion boolean[], p_delivery boolean[],
    p_key uuid[], p_request bytea[],
    p_timer_change integer[], p_timer_kind text[], p_timer_step smallint[], p_timer_due timestamptz[],
    p_wording_county smallint[], p_wording_hash uuid[], p_wording_body bytea[]
) RETURNS TABLE (ordinal integer, change_position bigint)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog
-- Every look-up is by a key; the planner must not think otherwise of a table
-- that has grown faster than its statistics.
SET enable_hashjoin = off
SET enable_mergejoin = off
SET enable_seqscan = off
AS $$
DECLARE
    v_count integer := coalesce(array_length(p_county, 1), 0);
    v_applies boolean[];
    v_position bigint[];
    v_delivery bigint[];
    -- The duties as they were.
    v_unit text[];
    v_type text[];
    v_publisher text[];
    v_lead text[];
    v_ladder text[];
    v_state text[];
    v_version integer[];
    v_step smallint[];
    v_created_at timestamptz[];
    v_sign_by timestamptz[];
    v_signed_at timestamptz[];
    v_completed_at timestamptz[];
    v_ended_at timestamptz[];
    i integer;
BEGIN
    PERFORM pg_advisory_xact_lock(hub._advisory_class('lane'), c.county)
    FROM (SELECT DISTINCT u.county FROM unnest(p_county) AS u (county) ORDER BY 1) AS c;

    -- From rows in their order: an ORDER BY in each aggregate would sort for each.
    SELECT array_agg(s.applies), array_agg(s.unit), array_agg(s.type), array_agg(s.publisher), array_agg(s.lead),
        array_agg(s.ladder), array_agg(s.state), array_agg(s.version), array_agg(s.step), array_agg(s.created_at),
        array_agg(s.sign_by), array_agg(s.signed_at), array_agg(s.completed_at), array_agg(s.ended_at)
    INTO v_applies, v_unit, v_type, v_publisher, v_lead, v_ladder, v_state, v_version, v_step, v_created_at, v_sign_by,
        v_signed_at, v_completed_at, v_ended_at
    FROM (
        SELECT c.ord, d.unit, d.type, d.publisher, d.lead, d.ladder, d.state, d.version, d.step, d.created_at,
            d.sign_by, d.signed_at, d.completed_at, d.ended_at,
            d.version IS NOT NULL AND d.version = p_version[c.ord]
                AND c.ord = min(c.ord) OVER (PARTITION BY p_county[c.ord], p_duty[c.ord]) AS applies
        FROM generate_series(1, v_count) AS c (ord)
        LEFT JOIN LATERAL (
            SELECT * FROM hub.duty AS o WHERE o.county = p_county[c.ord] AND o.id = p_duty[c.ord] OFFSET 0
        ) AS d ON true
        ORDER BY c.ord
    ) AS s;

    FOR i IN 1 .. v_count LOOP
        IF v_applies[i] THEN
            v_position[i] := nextval('hub.position_seq');
            -- A place of its own: a log has one entry a position.
            IF p_delivery[i] THEN
                v_delivery[i] := nextval('hub.position_seq');
            END IF;
        ELSE
            v_position[i] := NULL;
        END IF;
    END LOOP;

    -- The counts follow from the row before and the row after.
    INSERT INTO hub.board_delta
    SELECT s.county, s.unit, s.type, sum(s.open), sum(s.unsigned), sum(s.signed), sum(s.sign_seconds), sum(s.settled),
        sum(s.settle_seconds), sum(s.step_1), sum(s.step_2), sum(s.step_3), sum(s.step_4), sum(s.step_5)
    FROM (
        SELECT p_county[c.ord] AS county, v_unit[c.ord] AS unit, v_type[c.ord] AS type,
            -(p_ended_at[c.ord] IS NOT NULL)::integer AS open,
            -(v_state[c.ord] = 'dispatched' AND v_sign_by[c.ord] IS NOT NULL
                AND p_to_state[c.ord] <> 'dispatched')::integer AS unsigned,
            (p_signed_at[c.ord] IS NOT NULL)::integer - (v_signed_at[c.ord] IS NOT NULL)::integer AS signed,
            coalesce(extract(epoch FROM p_signed_at[c.ord] - v_created_at[c.ord])::bigint, 0)
                - coalesce(extract(epoch FROM v_signed_at[c.ord] - v_created_at[c.ord])::bigint, 0) AS sign_seconds,
            (p_completed_at[c.ord] IS NOT NULL)::integer - (v_completed_at[c.ord] IS NOT NULL)::integer AS settled,
            coalesce(extract(epoch FROM p_completed_at[c.ord] - v_created_at[c.ord])::bigint, 0)
                - coalesce(extract(epoch FROM v_completed_at[c.ord] - v_created_at[c.ord])::bigint, 0)
                AS settle_seconds,
            (p_step[c.ord] = 1 AND p_ended_at[c.ord] IS NULL)::integer - (v_step[c.ord] = 1)::integer AS step_1,
            (p_step[c.ord] = 2 AND p_ended_at[c.ord] IS NULL)::integer - (v_step[c.ord] = 2)::integer AS step_2,
            (p_step[c.ord] = 3 AND p_ended_at[c.ord] IS NULL)::integer - (v_step[c.ord] = 3)::integer AS step_3,
            (p_step[c.ord] = 4 AND p_ended_at[c.ord] IS NULL)::integer - (v_step[c.ord] = 4)::integer AS step_4,
            (p_step[c.ord] = 5 AND p_ended_at[c.ord] IS NULL)::integer - (v_step[c.ord] = 5)::integer AS step_5
        FROM generate_series(1, v_count) AS c (ord)
        WHERE v_applies[c.ord] AND v_ended_at[c.ord] IS NULL
    ) AS s
    GROUP BY s.county, s.unit, s.type
    HAVING sum(s.open) <> 0 OR sum(s.unsigned) <> 0 OR sum(s.signed) <> 0 OR sum(s.sign_seconds) <> 0
        OR sum(s.settled) <> 0 OR sum(s.settle_seconds) <> 0 OR sum(s.step_1) <> 0 OR sum(s.step_2) <> 0
        OR sum(s.step_3) <> 0 OR sum(s.step_4) <> 0 OR sum(s.step_5) <> 0;

    IF array_remove(p_unit, NULL) <> '{}' THEN
        -- A duty that is assigned leaves one unit's counts and enters another's.
        INSERT INTO hub.board_delta
        SELECT p_county[c.ord], w.unit, v_type[c.ord], w.sign,
            CASE WHEN w.sign > 0 AND p_sign_by[c.ord] IS NOT NULL THEN 1 ELSE 0 END, 0, 0, 0, 0, 0, 0, 0, 0, 0
        FROM generate_series(1, v_count) AS c (ord)
        CROSS JOIN LATERAL (VALUES (v_unit[c.ord], -1), (p_unit[c.ord], 1)) AS w (unit, sign)
        WHERE v_applies[c.ord] AND p_unit[c.ord] IS NOT NULL;

        -- Its clocks are new ones, which no step has been fired for.
        DELETE FROM hub.step_fired AS f
        USING unnest(p_county, p_duty, p_unit) WITH ORDINALITY AS c (county, duty, unit, ord)
        WHERE v_applies[c.ord] AND c.unit IS NOT NULL AND f.county = c.county AND f.duty = c.duty;
    END IF;

    -- What is late no more leaves the list of late milestones (fire_steps).
    DELETE FROM hub.timer AS t
    USING generate_series(1, v_count) AS c (ord)
    WHERE v_applies[c.ord] AND p_step[c.ord] = 0 AND (v_step[c.ord] > 0 OR v_ladder[c.ord] IS NULL)
        AND t.county = p_county[c.ord] AND t.due = 'infinity' AND t.duty = p_duty[c.ord];

    INSERT INTO hub.duty_change (county, position, duty, version, unit, publisher, lead, at, token, by_unit, officer,
        command, from_state, to_state, detail, sealed_note)
    SELECT p_county[c.ord], v_position[c.ord], p_duty[c.ord], v_version[c.ord] + 1,
        coalesce(p_log_unit[c.ord], p_unit[c.ord], v_unit[c.ord]), coalesce(p_log_unit[c.ord], v_publisher[c.ord]),
        coalesce(p_log_unit[c.ord], v_lead[c.ord]), p_at[c.ord], p_token[c.ord], p_by_unit[c.ord], p_officer[c.ord],
        p_command[c.ord], v_state[c.ord], p_to_state[c.ord], p_detail[c.ord], p_sealed_note[c.ord]
    FROM generate_series(1, v_count) AS c (ord)
    WHERE v_applies[c.ord];

    IF p_wording_county <> '{}' THEN
        INSERT INTO hub.wording (county, hash, body)
        SELECT w.county, w.hash, w.body
        FROM unnest(p_wording_county, p_wording_hash, p_wording_body) AS w (county, hash, body)
        ON CONFLICT DO NOTHING;
    END IF;

    -- HOT looks at the values: unit and ended_at, which carry indexes, keep
    -- theirs unless the duty moves or ends.
    UPDATE hub.duty AS d SET
        state = c.to_state,
        version = d.version + 1,
        signed_at = c.signed_at,
        signed_by = c.signed_by,
        accepted_at = c.accepted_at,
        started_at = c.started_at,
        completed_at = c.completed_at,
        completed_by = c.completed_by,
        outcome = c.outcome,
        step = c.step,
        reminders = c.reminders,
        reworks = c.reworks,
        ended_at = c.ended_at,
        milestones = CASE WHEN c.wording IS NULL THEN d.milestones END,
        wording = coalesce(c.wording, d.wording),
        clocks = coalesce(c.clocks, d.clocks),
        unit = coalesce(c.unit, d.unit),
        role = CASE WHEN c.unit IS NULL THEN d.role ELSE c.role END,
        also_roles = CASE WHEN c.unit IS NULL THEN d.also_roles ELSE '' END,
        plan_role = CASE WHEN c.unit IS NULL THEN d.plan_role ELSE c.plan_role END,
        ladder = CASE WHEN c.unit IS NULL THEN d.ladder ELSE c.ladder END,
        verifier = CASE WHEN c.unit IS NULL THEN d.verifier ELSE c.verifier END,
        sign_by = CASE WHEN c.unit IS NULL THEN d.sign_by ELSE c.sign_by END,
        settle_by = CASE WHEN c.unit IS NULL THEN d.settle_by ELSE c.settle_by END,
        provisional = CASE WHEN c.unit IS NULL THEN d.provisional ELSE c.provisional END,
        needs_completion = CASE WHEN c.unit IS NULL THEN d.needs_completion ELSE c.needs_completion END
    FROM unnest(p_county, p_duty, p_to_state, p_signed_at, p_signed_by, p_accepted_at, p_started_at, p_completed_at,
            p_completed_by, p_outcome, p_step, p_reminders, p_reworks, p_ended_at, p_wording, p_clocks, p_unit, p_role,
            p_plan_role, p_ladder, p_verifier, p_sign_by, p_settle_by, p_provisional, p_needs_completion)
        WITH ORDINALITY AS c (county, duty, to_state, signed_at, signed_by, accepted_at, started_at, completed_at,
            completed_by, outcome, step, reminders, reworks, ended_at, wording, clocks, unit, role, plan_role, ladder,
            verifier, sign_by, settle_by, provisional, needs_completion, ord)
    WHERE d.county = c.county AND d.id = c.duty AND v_applies[c.ord];

    IF true = ANY (p_delivery) THEN
        -- The event reaches the unit under the projection its other recipients have.
        INSERT INTO hub.recipient (county, unit, position, event, role, also_roles, plan_role, officer, duty, rule,
            sentence, projection)
        SELECT d.county, d.unit, v_delivery[c.ord], d.position, d.role, d.also_roles, d.plan_role, NULL, d.id, d.rule,
            d.sentence, coalesce(r.projection, '')
        FROM unnest(p_county, p_duty, p_delivery) WITH ORDINALITY AS c (county, duty, delivery, ord)
        CROSS JOIN LATERAL (
            SELECT * FROM hub.duty AS o WHERE o.county = c.county AND o.id = c.duty OFFSET 0
        ) AS d
        LEFT JOIN LATERAL (
            SELECT o.projection
            FROM hub.event AS e
            CROSS JOIN LATERAL unnest(e.units) AS u (unit)
            CROSS JOIN LATERAL (
                SELECT * FROM hub.recipient AS o
                WHERE o.county = e.county AND o.unit = u.unit AND o.position = e.position OFFSET 0
            ) AS o
            WHERE e.county = d.county AND e.position = d.position
            LIMIT 1
        ) AS r ON true
        WHERE v_applies[c.ord] AND c.delivery;
    END IF;

    IF p_timer_change <> '{}' THEN
        INSERT INTO hub.timer (county, due, duty, kind, step)
        SELECT p_county[t.change], t.due, p_duty[t.change], t.kind, t.step
        FROM unnest(p_timer_change, p_timer_kind, p_timer_step, p_timer_due) AS t (change, kind, step, due)
        WHERE v_applies[t.change]
        -- A step that is waited for already is waited for once.
        ON CONFLICT DO NOTHING;
    END IF;

    IF array_remove(p_key, NULL) <> '{}' THEN
        -- By the database's own clock: a demonstration's may stand years back,
        -- and keys are forgotten by age.
        INSERT INTO hub.command_key (county, duty, key, request, version, at)
        SELECT c.county, c.duty, c.key, c.request, c.version + 1, now()
        FROM unnest(p_county, p_duty, p_key, p_request, p_version)
            WITH ORDINALITY AS c (county, duty, key, request, version, ord)
        WHERE v_applies[c.ord] AND c.key IS NOT NULL;
    END IF;

    RETURN QUERY
    SELECT c.ord::integer, v_position[c.ord]
    FROM unnest(p_duty) WITH ORDINALITY AS c (duty, ord)
    ORDER BY c.ord;
END
$$;
