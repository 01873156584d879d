-- Purpose: what a worker says of deliveries it holds: done, not now, not yet.
-- Caller: the hub's consumer desk, each call its own transaction.
-- Locks: the consumer.
-- Errors: none of its own.
-- Idempotency: the second acknowledgement of a delivery is told as such.
--
-- `p_act` is `ack`, `nack` or `extend`. An expired lease counts as long as no
-- other worker holds a newer one. Results, in the order asked: `acked`,
-- `nacked`, `extended`, `already-acked`, `stale` or `unknown`. `may_go` tells
-- that workers who found nothing may find something now.
CREATE OR REPLACE FUNCTION hub.settle_deliveries(
    p_county smallint, p_consumer bigint, p_act text, p_position bigint[], p_lease uuid[], p_delay_seconds integer,
    p_sealed_reason bytea, OUT results text[], OUT may_go boolean
)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog
SET enable_seqscan = off
AS $$
DECLARE
    v_now timestamptz;
    v_consumer hub.consumer;
    v_last hub.consumer_floor;
    v_next hub.consumer_floor;
    v_row hub.lease;
    v_dies boolean;
    i integer;
BEGIN
    PERFORM pg_advisory_xact_lock(hub._advisory_class('consumer'), hashint8(p_consumer));
    v_now := clock_timestamp();
    results := '{}';
    SELECT * INTO v_consumer FROM hub.consumer AS c WHERE c.county = p_county AND c.id = p_consumer;
    SELECT * INTO v_last FROM hub.consumer_floor AS f
    WHERE f.county = p_county AND f.consumer = p_consumer ORDER BY f.step DESC LIMIT 1;
    v_next := v_last;
    IF v_next.due_from > v_now THEN
        -- The clock went back; lease_deliveries says more.
        v_next.due_from := '-infinity';
    END IF;

    FOR i IN 1 .. coalesce(array_length(p_position, 1), 0) LOOP
        SELECT * INTO v_row FROM hub.lease AS l
        WHERE l.county = p_county AND l.consumer = p_consumer AND l.position = p_position[i];
        IF NOT FOUND THEN
            -- Below the floor and without a row it was acknowledged.
            results[i] := CASE
                WHEN p_position[i] > v_consumer.start_position AND p_position[i] <= v_last.floor AND EXISTS (
                    SELECT FROM hub.recipient AS r
                    WHERE r.county = p_county AND r.unit = v_consumer.unit AND r.position = p_position[i]
                        AND r.officer IS NULL
                ) THEN 'already-acked' ELSE 'unknown' END;
        ELSIF v_row.lease IS NULL THEN
            results[i] := 'unknown';
        ELSIF v_row.lease IS DISTINCT FROM p_lease[i] OR v_row.state <> 'leased' AND p_act <> 'ack' THEN
            results[i] := 'stale';
        ELSIF p_act = 'ack' THEN
            DELETE FROM hub.lease AS l
            WHERE l.county = p_county AND l.consumer = p_consumer AND l.position = p_position[i];
            v_next.in_flight := v_next.in_flight - (v_row.state = 'leased')::integer;
            IF v_consumer.ordering = 'case' THEN
                PERFORM hub._unblock_case(p_county, p_consumer, v_row.case_id, v_now);
            END IF;
            results[i] := 'acked';
        ELSIF p_act = 'nack' THEN
            v_dies := v_row.attempt >= v_consumer.max_attempts;
            UPDATE hub.lease AS l SET
                state = CASE WHEN v_dies THEN 'dead' ELSE 'waiting' END,
                until = CASE WHEN v_dies THEN 'infinity' ELSE v_now + make_interval(secs => p_delay_seconds) END,
                lease = gen_random_uuid(),
                sealed_reason = p_sealed_reason
            WHERE l.county = p_county AND l.consumer = p_consumer AND l.position = p_position[i];
            v_next.in_flight := v_next.in_flight - 1;
            IF v_dies AND v_consumer.ordering = 'case' THEN
                PERFORM hub._unblock_case(p_county, p_consumer, v_row.case_id, v_now);
            END IF;
            results[i] := 'nacked';
        ELSE
            UPDATE hub.lease AS l SET until = v_now + make_interval(secs => v_consumer.lease_seconds)
            WHERE l.county = p_county AND l.consumer = p_consumer AND l.position = p_position[i];
            results[i] := 'extended';
        END IF;
    END LOOP;

    IF v_next IS DISTINCT FROM v_last THEN
        v_next.step := v_last.step + 1;
        INSERT INTO hub.consumer_floor (county, consumer, step, floor, filter_errors, in_flight, due_from)
        VALUES (v_next.*);
    END IF;
    may_go := coalesce(
        v_next.in_flight < v_last.in_flight
            AND (p_act = 'nack' OR v_consumer.ordering = 'case' OR v_last.in_flight >= v_consumer.max_in_flight),
        false);
END
$$;
