-- Purpose: what a worker says of deliveries it holds: done, not now, not yet.
-- Caller: the hub's consumer desk, each call its own transaction.
-- Locks: the consumer.
-- Errors: none of its own.
-- Idempotency: the second acknowledgement of a delivery is told as such.
--
-- `p_act` is `ack`, `nack` or `extend`. An expired lease counts as long as no
-- other worker holds a newer one. Results, in the order asked: `acked`,
-- `nacked`, `extended`, `already-acked`, `stale` or `unknown`.
CREATE OR REPLACE FUNCTION hub.settle_deliveries(
    p_county smallint, p_consumer bigint, p_act text, p_position bigint[], p_lease uuid[], p_delay_seconds integer,
    p_sealed_reason bytea
) RETURNS text[]
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog
SET enable_seqscan = off
AS $$
DECLARE
    v_now timestamptz := clock_timestamp();
    v_consumer hub.consumer;
    v_floor bigint;
    v_row hub.lease;
    v_result text[] := '{}';
    i integer;
BEGIN
    PERFORM pg_advisory_xact_lock(hub._advisory_class('consumer'), hashint8(p_consumer));
    SELECT * INTO v_consumer FROM hub.consumer AS c WHERE c.county = p_county AND c.id = p_consumer;
    SELECT max(f.floor) INTO v_floor FROM hub.consumer_floor AS f
    WHERE f.county = p_county AND f.consumer = p_consumer;

    FOR i IN 1 .. coalesce(array_length(p_position, 1), 0) LOOP
        SELECT * INTO v_row FROM hub.lease AS l
        WHERE l.county = p_county AND l.consumer = p_consumer AND l.position = p_position[i];
        IF NOT FOUND THEN
            -- Below the floor and without a row it was acknowledged.
            v_result[i] := CASE
                WHEN p_position[i] > v_consumer.start_position AND p_position[i] <= v_floor AND EXISTS (
                    SELECT FROM hub.recipient AS r
                    WHERE r.county = p_county AND r.unit = v_consumer.unit AND r.position = p_position[i]
                ) THEN 'already-acked' ELSE 'unknown' END;
        ELSIF v_row.lease IS DISTINCT FROM p_lease[i] THEN
            v_result[i] := CASE WHEN v_row.attempt = 0 THEN 'unknown' ELSE 'stale' END;
        ELSIF p_act = 'ack' THEN
            DELETE FROM hub.lease AS l
            WHERE l.county = p_county AND l.consumer = p_consumer AND l.position = p_position[i];
            PERFORM hub._unblock_case(p_county, p_consumer, v_row.case_id, v_now);
            v_result[i] := 'acked';
        ELSIF v_row.state = 'dead' THEN
            v_result[i] := 'stale';
        ELSIF p_act = 'nack' THEN
            UPDATE hub.lease AS l SET
                state = CASE WHEN l.attempt >= v_consumer.max_attempts THEN 'dead' ELSE 'waiting' END,
                until = CASE WHEN l.attempt >= v_consumer.max_attempts THEN 'infinity'
                    ELSE v_now + make_interval(secs => p_delay_seconds) END,
                lease = NULL,
                sealed_reason = p_sealed_reason
            WHERE l.county = p_county AND l.consumer = p_consumer AND l.position = p_position[i];
            IF v_row.attempt >= v_consumer.max_attempts THEN
                PERFORM hub._unblock_case(p_county, p_consumer, v_row.case_id, v_now);
            END IF;
            v_result[i] := 'nacked';
        ELSE
            UPDATE hub.lease AS l SET until = v_now + make_interval(secs => v_consumer.lease_seconds)
            WHERE l.county = p_county AND l.consumer = p_consumer AND l.position = p_position[i];
            v_result[i] := 'extended';
        END IF;
    END LOOP;
    RETURN v_result;
END
$$;
