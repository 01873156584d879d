-- Purpose: let the next delivery of a case go, once no other of that case is
-- under way.
-- Caller: lease_deliveries and settle_deliveries, under the consumer's lock,
-- whenever a delivery is no longer leased or waiting.
CREATE OR REPLACE FUNCTION hub._unblock_case(
    p_county smallint, p_consumer bigint, p_case bigint, p_now timestamptz
) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog
SET enable_seqscan = off
AS $$
BEGIN
    IF p_case IS NULL OR EXISTS (
        SELECT FROM hub.lease AS o
        WHERE o.county = p_county AND o.consumer = p_consumer AND o.case_id = p_case
            AND o.state IN ('leased', 'waiting')
    ) THEN
        RETURN;
    END IF;
    UPDATE hub.lease AS l SET state = 'waiting', until = p_now
    WHERE l.county = p_county AND l.consumer = p_consumer AND l.position = (
        SELECT o.position FROM hub.lease AS o
        WHERE o.county = p_county AND o.consumer = p_consumer AND o.case_id = p_case AND o.state = 'blocked'
        ORDER BY o.position LIMIT 1
    );
END
$$;
