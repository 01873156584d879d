-- Purpose: hand deliveries of a unit to one of a consumer's workers: first what
-- came back or was never acknowledged, then what lies above the floor.
-- Caller: the hub's consumer desk, each call its own transaction.
-- Locks: the consumer, so that its workers take turns wherever they run.
-- Errors: none of its own.
-- Idempotency: none; a call whose answer is lost has leased what then expires.
--
-- The caller has read the log above `p_floor` up to `p_new_floor` and offers
-- what the filter lets through, in order; positions on which the filter erred
-- are counted as they are passed. Another worker may have read on meanwhile:
-- then nothing of that is taken, and the caller reads again. Deliveries whose
-- attempts are used up die here.
CREATE OR REPLACE FUNCTION hub.lease_deliveries(
    p_county smallint, p_consumer bigint, p_limit integer, p_floor bigint, p_new_floor bigint,
    p_position bigint[], p_case bigint[], p_erred bigint[]
) RETURNS TABLE (delivery bigint, lease_id uuid, attempt_no smallint, leased_until timestamptz)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog
SET enable_seqscan = off
AS $$
DECLARE
    v_now timestamptz := clock_timestamp();
    v_consumer hub.consumer;
    v_floor bigint;
    v_free integer;
    v_new_floor bigint;
    v_case bigint;
    v_taken integer := 0;
    i integer;
BEGIN
    PERFORM pg_advisory_xact_lock(hub._advisory_class('consumer'), hashint8(p_consumer));
    SELECT * INTO v_consumer FROM hub.consumer AS c WHERE c.county = p_county AND c.id = p_consumer;
    IF NOT FOUND OR v_consumer.paused THEN
        RETURN;
    END IF;

    FOR v_case IN
        UPDATE hub.lease AS l SET state = 'dead', until = 'infinity'
        WHERE l.county = p_county AND l.consumer = p_consumer AND l.state IN ('leased', 'waiting')
            AND l.until <= v_now AND l.attempt >= v_consumer.max_attempts
        RETURNING l.case_id
    LOOP
        PERFORM hub._unblock_case(p_county, p_consumer, v_case, v_now);
    END LOOP;

    v_free := least(p_limit, v_consumer.max_in_flight - (
        SELECT count(*) FROM hub.lease AS l
        WHERE l.county = p_county AND l.consumer = p_consumer AND l.state = 'leased' AND l.until > v_now
    ));
    IF v_free <= 0 THEN
        RETURN;
    END IF;

    RETURN QUERY
    UPDATE hub.lease AS l SET
        state = 'leased',
        lease = gen_random_uuid(),
        attempt = l.attempt + 1,
        until = v_now + make_interval(secs => v_consumer.lease_seconds)
    FROM (
        SELECT o.position FROM hub.lease AS o
        WHERE o.county = p_county AND o.consumer = p_consumer AND o.state IN ('leased', 'waiting')
            AND o.until <= v_now
        ORDER BY o.until, o.position LIMIT v_free
    ) AS due
    WHERE l.county = p_county AND l.consumer = p_consumer AND l.position = due.position
    RETURNING l.position, l.lease, l.attempt, l.until;
    GET DIAGNOSTICS v_taken = ROW_COUNT;
    v_free := v_free - v_taken;

    SELECT max(f.floor) INTO v_floor FROM hub.consumer_floor AS f
    WHERE f.county = p_county AND f.consumer = p_consumer;
    IF v_floor IS DISTINCT FROM p_floor OR p_new_floor <= p_floor THEN
        RETURN;
    END IF;

    v_new_floor := p_new_floor;
    FOR i IN 1 .. coalesce(array_length(p_position, 1), 0) LOOP
        IF v_free = 0 THEN
            -- What lies between is not let through and need not be read again.
            v_new_floor := p_position[i] - 1;
            EXIT;
        END IF;
        IF v_consumer.ordering = 'case' AND p_case[i] IS NOT NULL AND EXISTS (
            SELECT FROM hub.lease AS l
            WHERE l.county = p_county AND l.consumer = p_consumer AND l.case_id = p_case[i] AND l.state <> 'dead'
        ) THEN
            INSERT INTO hub.lease (county, consumer, position, case_id, attempt, until, state)
            VALUES (p_county, p_consumer, p_position[i], p_case[i], 0, 'infinity', 'blocked');
        ELSE
            RETURN QUERY
            INSERT INTO hub.lease AS l (county, consumer, position, case_id, lease, attempt, until, state)
            VALUES (p_county, p_consumer, p_position[i], p_case[i], gen_random_uuid(), 1,
                v_now + make_interval(secs => v_consumer.lease_seconds), 'leased')
            RETURNING l.position, l.lease, l.attempt, l.until;
            v_free := v_free - 1;
        END IF;
    END LOOP;

    IF v_new_floor > p_floor THEN
        INSERT INTO hub.consumer_floor (county, consumer, floor, filter_errors)
        SELECT p_county, p_consumer, v_new_floor, count(*) FROM unnest(p_erred) AS e (position)
        WHERE e.position <= v_new_floor;
    END IF;
END
$$;
