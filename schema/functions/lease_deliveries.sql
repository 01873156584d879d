-- Purpose: hand deliveries of a unit to one of a consumer's workers: first what
-- came back or was never acknowledged, then what lies above the floor.
-- Caller: the hub's consumer desk, each call its own transaction.
-- Locks: the consumer, so that its workers take turns wherever they run.
-- Errors: none of its own.
-- Idempotency: none; a call whose answer is lost has leased what then expires.
--
-- The caller has read the log above `p_floor` up to `p_new_floor` and offers
-- what the filter of `p_revision` lets through, in order; positions on which
-- the filter erred are counted as they are passed. Another worker may have read
-- on meanwhile, or the filter may have changed: then nothing of that is taken,
-- and the caller reads again. Deliveries whose attempts are used up die here.
-- `is_first` tells what is handed out for the first time.
CREATE OR REPLACE FUNCTION hub.lease_deliveries(
    p_county smallint, p_consumer bigint, p_revision integer, p_limit integer, p_floor bigint, p_new_floor bigint,
    p_position bigint[], p_case bigint[], p_erred bigint[]
) RETURNS TABLE (delivery bigint, lease_id uuid, attempt_no smallint, leased_until timestamptz, is_first boolean)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog
SET enable_seqscan = off
SET enable_bitmapscan = off
SET enable_sort = off
AS $$
DECLARE
    v_now timestamptz;
    v_until timestamptz;
    v_consumer hub.consumer;
    v_last hub.consumer_floor;
    v_next hub.consumer_floor;
    v_row hub.lease;
    v_free integer;
    v_most integer;
    v_seen integer := 0;
    v_taken integer := 0;
    v_left_from timestamptz;
BEGIN
    PERFORM pg_advisory_xact_lock(hub._advisory_class('consumer'), hashint8(p_consumer));
    SELECT * INTO v_consumer FROM hub.consumer AS c WHERE c.county = p_county AND c.id = p_consumer;
    IF NOT FOUND OR v_consumer.paused THEN
        RETURN;
    END IF;
    IF v_consumer.ordering = 'none' THEN
        -- What change_consumer has left.
        PERFORM hub._release_blocked(p_county, p_consumer);
    END IF;
    -- After the lock: who comes later is later.
    v_now := clock_timestamp();
    SELECT * INTO v_last FROM hub.consumer_floor AS f
    WHERE f.county = p_county AND f.consumer = p_consumer ORDER BY f.step DESC LIMIT 1;
    v_next := v_last;
    IF v_next.due_from > v_now THEN
        -- The clock went back, and rows may be due before that again.
        v_next.due_from := '-infinity';
    END IF;
    v_until := v_now + make_interval(secs => v_consumer.lease_seconds);

    -- What ran out is in nobody's hands. No more is counted than matters.
    v_free := least(p_limit, v_consumer.max_in_flight - v_last.in_flight + (
        SELECT count(*) FROM (
            SELECT FROM hub.lease AS l
            WHERE l.county = p_county AND l.consumer = p_consumer AND l.state = 'leased'
                AND l.until >= v_next.due_from AND l.until <= v_now
            LIMIT greatest(p_limit + v_last.in_flight - v_consumer.max_in_flight, 0)
        ) AS expired
    ));
    IF v_free <= 0 THEN
        RETURN;
    END IF;

    -- Some of it may die or wait for another of its case.
    v_most := v_free + 100;
    FOR v_row IN
        SELECT * FROM (
            (SELECT * FROM hub.lease AS l
             WHERE l.county = p_county AND l.consumer = p_consumer AND l.state = 'leased'
                AND l.until >= v_next.due_from AND l.until <= v_now
             ORDER BY l.until, l.position LIMIT v_most)
            UNION ALL
            (SELECT * FROM hub.lease AS l
             WHERE l.county = p_county AND l.consumer = p_consumer AND l.state = 'waiting'
                AND l.until >= v_next.due_from AND l.until <= v_now
             ORDER BY l.until, l.position LIMIT v_most)
        ) AS due
        ORDER BY due.until, due.position LIMIT v_most
    LOOP
        v_left_from := v_row.until;
        IF v_free = 0 THEN
            v_seen := v_most;
            EXIT;
        END IF;
        v_seen := v_seen + 1;
        IF v_row.attempt >= v_consumer.max_attempts THEN
            UPDATE hub.lease AS l SET state = 'dead', until = 'infinity'
            WHERE l.county = p_county AND l.consumer = p_consumer AND l.position = v_row.position;
            v_next.in_flight := v_next.in_flight - (v_row.state = 'leased')::integer;
            PERFORM hub._unblock_case(p_county, p_consumer, v_row.case_id, v_now);
        ELSIF v_consumer.ordering = 'case' AND (
            EXISTS (
                SELECT FROM hub.lease AS l
                WHERE l.county = p_county AND l.consumer = p_consumer AND l.case_id = v_row.case_id
                    AND l.state IN ('leased', 'waiting') AND l.position <> v_row.position
                    AND (l.position < v_row.position OR l.state = 'leased' AND l.until > v_now)
            ) OR EXISTS (
                SELECT FROM hub.lease AS l
                WHERE l.county = p_county AND l.consumer = p_consumer AND l.case_id = v_row.case_id
                    AND l.state = 'blocked' AND l.position < v_row.position
            )
        ) THEN
            -- Given up and delivered again, or from before the order was asked for.
            UPDATE hub.lease AS l SET state = 'blocked', until = 'infinity'
            WHERE l.county = p_county AND l.consumer = p_consumer AND l.position = v_row.position;
            v_next.in_flight := v_next.in_flight - (v_row.state = 'leased')::integer;
            PERFORM hub._unblock_case(p_county, p_consumer, v_row.case_id, v_now);
        ELSE
            RETURN QUERY
            UPDATE hub.lease AS l SET
                state = 'leased', lease = gen_random_uuid(), attempt = l.attempt + 1, until = v_until,
                sealed_reason = NULL
            WHERE l.county = p_county AND l.consumer = p_consumer AND l.position = v_row.position
            RETURNING l.position, l.lease, l.attempt, l.until, v_row.lease IS NULL;
            v_next.in_flight := v_next.in_flight + (v_row.state = 'waiting')::integer;
            v_free := v_free - 1;
        END IF;
    END LOOP;
    v_next.due_from := CASE WHEN v_seen < v_most THEN v_now ELSE v_left_from END;

    IF v_last.floor = p_floor AND p_new_floor > p_floor AND v_consumer.revision = p_revision THEN
        v_next.floor := p_new_floor;
        IF v_consumer.ordering = 'none' THEN
            v_taken := least(v_free, coalesce(array_length(p_position, 1), 0));
            RETURN QUERY
            INSERT INTO hub.lease AS l (county, consumer, position, case_id, lease, attempt, until, state)
            SELECT p_county, p_consumer, o.position, o.case_id, gen_random_uuid(), 1, v_until, 'leased'
            FROM unnest(p_position[1:v_taken], p_case[1:v_taken]) AS o (position, case_id)
            RETURNING l.position, l.lease, l.attempt, l.until, true;
            v_next.in_flight := v_next.in_flight + v_taken;
        ELSE
            WHILE v_free > 0 AND v_taken < coalesce(array_length(p_position, 1), 0) LOOP
                v_taken := v_taken + 1;
                IF EXISTS (
                    SELECT FROM hub.lease AS l
                    WHERE l.county = p_county AND l.consumer = p_consumer AND l.case_id = p_case[v_taken]
                        AND l.state IN ('leased', 'waiting')
                ) THEN
                    INSERT INTO hub.lease (county, consumer, position, case_id, attempt, until, state)
                    VALUES (p_county, p_consumer, p_position[v_taken], p_case[v_taken], 0, 'infinity', 'blocked');
                ELSE
                    RETURN QUERY
                    INSERT INTO hub.lease AS l (county, consumer, position, case_id, lease, attempt, until, state)
                    VALUES (p_county, p_consumer, p_position[v_taken], p_case[v_taken], gen_random_uuid(), 1, v_until,
                        'leased')
                    RETURNING l.position, l.lease, l.attempt, l.until, true;
                    v_next.in_flight := v_next.in_flight + 1;
                    v_free := v_free - 1;
                END IF;
            END LOOP;
        END IF;
        IF v_taken < coalesce(array_length(p_position, 1), 0) THEN
            -- What lies between is not let through and need not be read again.
            v_next.floor := p_position[v_taken + 1] - 1;
        END IF;
        v_next.filter_errors := v_next.filter_errors + (
            SELECT count(*) FROM unnest(p_erred) AS e (position) WHERE e.position <= v_next.floor
        );
    END IF;

    -- Who looks in vain writes nothing, or now and then.
    IF v_seen > 0 OR v_next.floor <> v_last.floor OR v_next.due_from < v_last.due_from
        OR v_next.due_from > v_last.due_from + interval '10 seconds' THEN
        v_next.step := v_last.step + 1;
        INSERT INTO hub.consumer_floor (county, consumer, step, floor, filter_errors, in_flight, due_from)
        VALUES (v_next.*);
    END IF;
END
$$;
