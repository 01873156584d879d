-- Purpose: forget deliveries that a county's consumers have given up, of events
-- up to a position, so many at a call. In the units' logs they stay.
-- Caller: the hub's maintenance, every hour, until fewer are left.
-- Locks: the rows. A dead delivery is in nobody's hands and counts nowhere, and
-- one that is delivered again meanwhile is dead no more and stays.
-- Idempotent: what is gone is gone. Answers with how many went.
--
-- Each consumer's oldest go by a range of positions: joined to what was found,
-- the planner would look each row up by the county alone as long as the table
-- has no statistics.
CREATE OR REPLACE FUNCTION hub.forget_dead_deliveries(p_county smallint, p_upto bigint, p_limit integer)
RETURNS integer
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog
SET enable_seqscan = off
SET enable_bitmapscan = off
SET enable_sort = off
AS $$
DECLARE
    v_consumer bigint;
    v_last bigint;
    v_gone integer;
    v_left integer := p_limit;
BEGIN
    FOR v_consumer IN SELECT c.id FROM hub.consumer AS c WHERE c.county = p_county LOOP
        SELECT max(d.position) INTO v_last
        FROM (
            SELECT o.position FROM hub.lease AS o
            WHERE o.county = p_county AND o.consumer = v_consumer AND o.state = 'dead' AND o.position <= p_upto
            ORDER BY o.position LIMIT v_left
        ) AS d;
        DELETE FROM hub.lease AS l
        WHERE l.county = p_county AND l.consumer = v_consumer AND l.state = 'dead' AND l.position <= v_last;
        GET DIAGNOSTICS v_gone = ROW_COUNT;
        v_left := v_left - v_gone;
        EXIT WHEN v_left <= 0;
    END LOOP;
    RETURN p_limit - v_left;
END
$$;
