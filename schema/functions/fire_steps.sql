-- Purpose: put on record what a sweep decided about timers that fell due: the
-- step that fires, those it skips, the next one to wait for, and the change of
-- the duty.
-- Caller: the hub's sweeper, each call its own transaction.
-- Locks: the lanes of the batch, ascending, like everything that changes a duty
-- or a timer. So the lane is also what several sweepers meet at: whoever comes
-- second finds the timer gone, and no lock outlasts this one call, however the
-- calling process fares.
-- Errors: 23505 for a step that is on record and should not be.
-- Idempotency: a decision applies once, while its timer stands and the duty is
-- in the version it was judged on; else the timer stays and is judged again.
--
-- Arrays are parallel, one element a timer; `p_step` is null where nothing
-- fires, `p_next_step` where nothing more is waited for. Skipped steps name
-- their timer by its ordinal, from 1. A duty changes once a call: of its timers
-- that fire the first alone is taken.
--
-- While a milestone is late and its ladder has ended, a timer that never falls
-- due (infinity) rests: the late ones are found by timers that are due or
-- beyond their first step, without an index on what signing changes.
CREATE OR REPLACE FUNCTION hub.fire_steps(
    p_county smallint[], p_due timestamptz[], p_duty bigint[], p_kind text[], p_timer_step smallint[],
    p_version integer[], p_as_of timestamptz[], p_at timestamptz[],
    p_step smallint[], p_outcome text[], p_command text[], p_detail bytea[], p_log_unit text[],
    p_duty_step smallint[], p_reminders smallint[],
    p_next_step smallint[], p_next_due timestamptz[],
    p_skipped_timer integer[], p_skipped_step smallint[]
) RETURNS boolean[]
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog
SET enable_hashjoin = off
SET enable_mergejoin = off
SET enable_seqscan = off
AS $$
DECLARE
    v_applies boolean[];
BEGIN
    PERFORM pg_advisory_xact_lock(hub._advisory_class('lane'), c.county)
    FROM (SELECT DISTINCT u.county FROM unnest(p_county) AS u (county) ORDER BY 1) AS c;

    SELECT array_agg(s.stands AND (s.step IS NULL OR s.ord = s.first) ORDER BY s.ord) INTO v_applies
    FROM (
        SELECT s.*, min(CASE WHEN s.stands AND s.step IS NOT NULL THEN s.ord END)
            OVER (PARTITION BY s.county, s.duty) AS first
        FROM (
            SELECT c.county, c.duty, c.step, c.ord, t.county IS NOT NULL AND d.version IS NOT DISTINCT FROM c.version
                AS stands
            FROM unnest(p_county, p_due, p_duty, p_kind, p_timer_step, p_version, p_step)
                WITH ORDINALITY AS c (county, due, duty, kind, timer_step, version, step, ord)
            LEFT JOIN hub.timer AS t ON t.county = c.county AND t.due = c.due AND t.duty = c.duty
                AND t.kind = c.kind AND t.step = c.timer_step
            LEFT JOIN LATERAL (
                SELECT * FROM hub.duty AS o WHERE o.county = c.county AND o.id = c.duty OFFSET 0
            ) AS d ON true
        ) AS s
    ) AS s;

    DELETE FROM hub.timer AS t
    USING unnest(p_county, p_due, p_duty, p_kind, p_timer_step)
        WITH ORDINALITY AS c (county, due, duty, kind, step, ord)
    WHERE v_applies[c.ord] AND t.county = c.county AND t.due = c.due AND t.duty = c.duty AND t.kind = c.kind
        AND t.step = c.step;

    INSERT INTO hub.timer (county, due, duty, kind, step)
    SELECT c.county, c.due, c.duty, c.kind, c.step
    FROM unnest(p_county, p_next_due, p_duty, p_kind, p_next_step)
        WITH ORDINALITY AS c (county, due, duty, kind, step, ord)
    WHERE v_applies[c.ord] AND c.step IS NOT NULL
    ON CONFLICT DO NOTHING;

    INSERT INTO hub.step_fired (county, duty, kind, step, as_of, outcome)
    SELECT c.county, c.duty, c.kind, c.step, c.as_of, c.outcome
    FROM unnest(p_county, p_duty, p_kind, p_step, p_as_of, p_outcome)
        WITH ORDINALITY AS c (county, duty, kind, step, as_of, outcome, ord)
    WHERE v_applies[c.ord] AND c.step IS NOT NULL;

    INSERT INTO hub.step_fired (county, duty, kind, step, as_of, outcome)
    SELECT p_county[c.timer], p_duty[c.timer], p_kind[c.timer], c.step, p_as_of[c.timer], 'collapsed'
    FROM unnest(p_skipped_timer, p_skipped_step) AS c (timer, step)
    WHERE v_applies[c.timer]
    ON CONFLICT DO NOTHING;

    -- The change leaves everything but step and reminders as it is.
    PERFORM
    FROM (
        SELECT array_agg(d.county) AS county, array_agg(d.id) AS id, array_agg(d.version) AS version,
            array_agg(c.at) AS at, array_agg(NULL::uuid) AS none, array_agg('hub'::text) AS by_unit,
            array_agg(c.command) AS command, array_agg(d.state) AS state, array_agg(c.detail) AS detail,
            array_agg(c.log_unit) AS log_unit, array_agg(d.signed_at) AS signed_at,
            array_agg(d.signed_by) AS signed_by, array_agg(d.accepted_at) AS accepted_at,
            array_agg(d.started_at) AS started_at, array_agg(d.completed_at) AS completed_at,
            array_agg(d.completed_by) AS completed_by, array_agg(d.outcome) AS outcome, array_agg(c.step) AS step,
            array_agg(c.reminders) AS reminders, array_agg(d.reworks) AS reworks, array_agg(d.ended_at) AS ended_at
        FROM unnest(p_county, p_duty, p_at, p_step, p_command, p_detail, p_log_unit, p_duty_step, p_reminders)
            WITH ORDINALITY AS c (county, duty, at, fired, command, detail, log_unit, step, reminders, ord)
        CROSS JOIN LATERAL (
            SELECT * FROM hub.duty AS o WHERE o.county = c.county AND o.id = c.duty OFFSET 0
        ) AS d
        WHERE v_applies[c.ord] AND c.fired IS NOT NULL
    ) AS b
    CROSS JOIN LATERAL hub.change_duties(
        p_county => b.county, p_duty => b.id, p_version => b.version, p_at => b.at, p_token => b.none,
        p_by_unit => b.by_unit, p_officer => NULL, p_command => b.command, p_to_state => b.state,
        p_detail => b.detail, p_sealed_note => NULL, p_log_unit => b.log_unit, p_signed_at => b.signed_at,
        p_signed_by => b.signed_by, p_accepted_at => b.accepted_at, p_started_at => b.started_at,
        p_completed_at => b.completed_at, p_completed_by => b.completed_by, p_outcome => b.outcome,
        p_step => b.step, p_reminders => b.reminders, p_reworks => b.reworks, p_ended_at => b.ended_at,
        p_wording => NULL, p_clocks => NULL, p_unit => NULL, p_role => NULL, p_plan_role => NULL, p_ladder => NULL,
        p_verifier => NULL, p_sign_by => NULL, p_settle_by => NULL, p_provisional => NULL,
        p_needs_completion => NULL, p_delivery => NULL, p_key => NULL, p_request => NULL,
        p_timer_change => NULL, p_timer_kind => NULL, p_timer_step => NULL, p_timer_due => NULL,
        p_wording_county => NULL, p_wording_hash => NULL, p_wording_body => NULL)
    WHERE b.county IS NOT NULL;

    RETURN v_applies;
END
$$;
