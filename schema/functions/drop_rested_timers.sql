-- Purpose: drop timers that rest at infinity though their duty has ended; they
-- would never fall due, and lists of what is late would pass them for ever.
-- Most go when the duty is late no more (change_duties); those of a duty for
-- which no step ever fired stay for this.
-- Caller: the hub's maintenance, every hour, a bounded part at a call.
-- Locks: the county's lane where there is something to drop, like everything
-- that changes a timer.
-- Idempotent. Answers with the last duty looked at, null when none was left.
CREATE OR REPLACE FUNCTION hub.drop_rested_timers(p_county smallint, p_after bigint, p_limit integer)
RETURNS TABLE (dropped integer, last_duty bigint)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog
SET enable_hashjoin = off
SET enable_mergejoin = off
SET enable_seqscan = off
AS $$
DECLARE
    v_ended bigint[];
BEGIN
    dropped := 0;
    SELECT array_agg(t.duty) FILTER (WHERE t.ended_at IS NOT NULL), max(t.duty)
    INTO v_ended, last_duty
    FROM (
        SELECT r.duty, d.ended_at
        FROM (
            SELECT o.duty FROM hub.timer AS o
            WHERE o.county = p_county AND o.due = 'infinity' AND o.duty > p_after
            ORDER BY o.duty LIMIT p_limit
        ) AS r
        CROSS JOIN LATERAL (
            SELECT o.ended_at FROM hub.duty AS o WHERE o.county = p_county AND o.id = r.duty OFFSET 0
        ) AS d
    ) AS t;
    IF v_ended IS NOT NULL THEN
        PERFORM pg_advisory_xact_lock(hub._advisory_class('lane'), p_county);
        -- Not a join: without statistics that looks each duty up by the county.
        DELETE FROM hub.timer AS t
        WHERE t.county = p_county AND t.due = 'infinity' AND t.duty = ANY (v_ended);
        GET DIAGNOSTICS dropped = ROW_COUNT;
    END IF;
    RETURN NEXT;
END
$$;
