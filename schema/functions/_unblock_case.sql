-- Purpose: let the next delivery of a case go, once nothing earlier of that
-- case is under way.
-- Caller: lease_deliveries and settle_deliveries, under the consumer's lock.
CREATE OR REPLACE FUNCTION hub._unblock_case(
    p_county smallint, p_consumer bigint, p_case bigint, p_now timestamptz
) RETURNS void
LANGUAGE sql VOLATILE
SET search_path = pg_catalog
AS $$
    UPDATE hub.lease AS l SET state = 'waiting', until = p_now
    WHERE l.county = p_county AND l.consumer = p_consumer AND l.state = 'blocked' AND l.position = (
        SELECT o.position FROM hub.lease AS o
        WHERE o.county = p_county AND o.consumer = p_consumer AND o.case_id = p_case AND o.state <> 'dead'
        ORDER BY o.position LIMIT 1
    )
$$;
