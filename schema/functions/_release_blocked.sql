-- Purpose: let deliveries go that waited behind another of their case, where
-- nothing is handed out in order any more; so many at a time, because all of
-- them may be a million. Returns how many.
-- Caller: change_consumer and lease_deliveries, under the consumer's lock, the
-- latter at each fetch until none is left.
CREATE OR REPLACE FUNCTION hub._release_blocked(p_county smallint, p_consumer bigint) RETURNS integer
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog
SET enable_seqscan = off
SET enable_bitmapscan = off
SET enable_sort = off
AS $$
DECLARE
    v_position bigint[] := ARRAY(
        SELECT l.position FROM hub.lease AS l
        WHERE l.county = p_county AND l.consumer = p_consumer AND l.state = 'blocked'
        ORDER BY l.case_id, l.position LIMIT 1000
    );
BEGIN
    IF array_length(v_position, 1) IS NULL THEN
        RETURN 0;
    END IF;
    RETURN hub._make_due(p_county, p_consumer, 'blocked', v_position);
END
$$;
