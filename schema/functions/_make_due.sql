-- Purpose: let deliveries in a state go now: these, or all of it. Returns how
-- many.
-- Caller: change_consumer and redrive_deliveries, under the consumer's lock.
CREATE OR REPLACE FUNCTION hub._make_due(
    p_county smallint, p_consumer bigint, p_state text, p_position bigint[]
) RETURNS integer
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog
SET enable_seqscan = off
AS $$
DECLARE
    v_now timestamptz := clock_timestamp();
    v_count integer;
BEGIN
    -- What was handed out before gets a lease that nobody holds.
    UPDATE hub.lease AS l SET state = 'waiting', until = v_now,
        attempt = CASE WHEN p_state = 'dead' THEN 0 ELSE l.attempt END,
        lease = CASE WHEN l.lease IS NOT NULL THEN gen_random_uuid() END
    WHERE l.county = p_county AND l.consumer = p_consumer AND l.state = p_state
        AND (p_position IS NULL OR l.position = ANY (p_position));
    GET DIAGNOSTICS v_count = ROW_COUNT;
    -- The clock may have gone back; lease_deliveries says more.
    INSERT INTO hub.consumer_floor (county, consumer, step, floor, filter_errors, in_flight, due_from)
    SELECT f.county, f.consumer, f.step + 1, f.floor, f.filter_errors, f.in_flight, '-infinity'
    FROM (
        SELECT * FROM hub.consumer_floor AS o
        WHERE o.county = p_county AND o.consumer = p_consumer ORDER BY o.step DESC LIMIT 1
    ) AS f
    WHERE f.due_from > v_now AND v_count > 0;
    RETURN v_count;
END
$$;
