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
-- the table has no statistics.
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
    i integer;
BEGIN
    PERFORM pg_advisory_xact_lock(hub._advisory_class('lane'), c.county)
    FROM (SELECT DISTINCT u.county FROM unnest(p_county) AS u (county) ORDER BY 1) AS c;

    SELECT array_agg(s.applies ORDER BY s.ord) INTO v_applies
    FROM (
        SELECT c.ord,
            d.version IS NOT NULL AND d.version = c.version
                AND c.ord = min(c.ord) OVER (PARTITION BY c.county, c.duty) AS applies
        FROM unnest(p_county, p_duty, p_version) WITH ORDINALITY AS c (county, duty, version, ord)
        LEFT JOIN LATERAL (
            SELECT * FROM hub.duty AS o WHERE o.county = c.county AND o.id = c.duty OFFSET 0
        ) AS d ON true
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
        SELECT d.county, d.unit, d.type,
            -(c.ended_at IS NOT NULL)::integer AS open,
            -(d.state = 'dispatched' AND d.sign_by IS NOT NULL AND c.to_state <> 'dispatched')::integer AS unsigned,
            (c.signed_at IS NOT NULL)::integer - (d.signed_at IS NOT NULL)::integer AS signed,
            coalesce(extract(epoch FROM c.signed_at - d.created_at)::bigint, 0)
                - coalesce(extract(epoch FROM d.signed_at - d.created_at)::bigint, 0) AS sign_seconds,
            (c.completed_at IS NOT NULL)::integer - (d.completed_at IS NOT NULL)::integer AS settled,
            coalesce(extract(epoch FROM c.completed_at - d.created_at)::bigint, 0)
                - coalesce(extract(epoch FROM d.completed_at - d.created_at)::bigint, 0) AS settle_seconds,
            (c.step = 1 AND c.ended_at IS NULL)::integer - (d.step = 1)::integer AS step_1,
            (c.step = 2 AND c.ended_at IS NULL)::integer - (d.step = 2)::integer AS step_2,
            (c.step = 3 AND c.ended_at IS NULL)::integer - (d.step = 3)::integer AS step_3,
            (c.step = 4 AND c.ended_at IS NULL)::integer - (d.step = 4)::integer AS step_4,
            (c.step = 5 AND c.ended_at IS NULL)::integer - (d.step = 5)::integer AS step_5
        FROM unnest(p_county, p_duty, p_to_state, p_signed_at, p_completed_at, p_step, p_ended_at)
            WITH ORDINALITY AS c (county, duty, to_state, signed_at, completed_at, step, ended_at, ord)
        CROSS JOIN LATERAL (
            SELECT * FROM hub.duty AS o WHERE o.county = c.county AND o.id = c.duty OFFSET 0
        ) AS d
        WHERE v_applies[c.ord] AND d.ended_at IS NULL
    ) AS s
    GROUP BY s.county, s.unit, s.type
    HAVING sum(s.open) <> 0 OR sum(s.unsigned) <> 0 OR sum(s.signed) <> 0 OR sum(s.sign_seconds) <> 0
        OR sum(s.settled) <> 0 OR sum(s.settle_seconds) <> 0 OR sum(s.step_1) <> 0 OR sum(s.step_2) <> 0
        OR sum(s.step_3) <> 0 OR sum(s.step_4) <> 0 OR sum(s.step_5) <> 0;

    -- A duty that is assigned leaves one unit's counts and enters another's.
    INSERT INTO hub.board_delta
    SELECT d.county, w.unit, d.type, w.sign, CASE WHEN w.sign > 0 AND c.sign_by IS NOT NULL THEN 1 ELSE 0 END,
        0, 0, 0, 0, 0, 0, 0, 0, 0
    FROM unnest(p_county, p_duty, p_unit, p_sign_by) WITH ORDINALITY AS c (county, duty, unit, sign_by, ord)
    CROSS JOIN LATERAL (
        SELECT * FROM hub.duty AS o WHERE o.county = c.county AND o.id = c.duty OFFSET 0
    ) AS d
    CROSS JOIN LATERAL (VALUES (d.unit, -1), (c.unit, 1)) AS w (unit, sign)
    WHERE v_applies[c.ord] AND c.unit IS NOT NULL;

    -- Its clocks are new ones, which no step has been fired for.
    DELETE FROM hub.step_fired AS f
    USING unnest(p_county, p_duty, p_unit) WITH ORDINALITY AS c (county, duty, unit, ord)
    WHERE v_applies[c.ord] AND c.unit IS NOT NULL AND f.county = c.county AND f.duty = c.duty;

    -- What is late no more leaves the list of late milestones (fire_steps).
    DELETE FROM hub.timer AS t
    USING unnest(p_county, p_duty, p_step) WITH ORDINALITY AS c (county, duty, step, ord)
    CROSS JOIN LATERAL (
        SELECT * FROM hub.duty AS o WHERE o.county = c.county AND o.id = c.duty OFFSET 0
    ) AS d
    WHERE v_applies[c.ord] AND c.step = 0
        AND (d.step > 0 OR d.ladder IS NULL)
        AND t.county = c.county AND t.due = 'infinity' AND t.duty = c.duty;

    INSERT INTO hub.duty_change (county, position, duty, version, unit, publisher, lead, at, token, by_unit, officer,
        command, from_state, to_state, detail, sealed_note)
    SELECT d.county, v_position[c.ord], d.id, d.version + 1, coalesce(c.log_unit, c.unit, d.unit),
        coalesce(c.log_unit, d.publisher), coalesce(c.log_unit, d.lead), c.at, c.token, c.by_unit, c.officer,
        c.command, d.state, c.to_state, c.detail, c.sealed_note
    FROM unnest(p_county, p_duty, p_at, p_token, p_by_unit, p_officer, p_command, p_to_state, p_detail, p_sealed_note,
            p_log_unit, p_unit)
        WITH ORDINALITY AS c (county, duty, at, token, by_unit, officer, command, to_state, detail, sealed_note,
            log_unit, unit, ord)
    CROSS JOIN LATERAL (
        SELECT * FROM hub.duty AS o WHERE o.county = c.county AND o.id = c.duty OFFSET 0
    ) AS d
    WHERE v_applies[c.ord];

    INSERT INTO hub.wording (county, hash, body)
    SELECT w.county, w.hash, w.body
    FROM unnest(p_wording_county, p_wording_hash, p_wording_body) AS w (county, hash, body)
    ON CONFLICT DO NOTHING;

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

    INSERT INTO hub.timer (county, due, duty, kind, step)
    SELECT p_county[t.change], t.due, p_duty[t.change], t.kind, t.step
    FROM unnest(p_timer_change, p_timer_kind, p_timer_step, p_timer_due) AS t (change, kind, step, due)
    WHERE v_applies[t.change]
    -- A step that is waited for already is waited for once.
    ON CONFLICT DO NOTHING;

    -- By the database's own clock: a demonstration's may stand years back, and
    -- keys are forgotten by age.
    INSERT INTO hub.command_key (county, duty, key, request, version, at)
    SELECT c.county, c.duty, c.key, c.request, c.version + 1, now()
    FROM unnest(p_county, p_duty, p_key, p_request, p_version)
        WITH ORDINALITY AS c (county, duty, key, request, version, ord)
    WHERE v_applies[c.ord] AND c.key IS NOT NULL
    -- One that has served its 30 days and was not swept away yet.
    ON CONFLICT (county, duty, key) DO UPDATE
        SET request = excluded.request, version = excluded.version, at = excluded.at;

    RETURN QUERY
    SELECT c.ord::integer, v_position[c.ord]
    FROM unnest(p_duty) WITH ORDINALITY AS c (duty, ord)
    ORDER BY c.ord;
END
$$;
