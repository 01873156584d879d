-- Purpose: make a consumer with its first floor. Returns `made`; `exists` where
-- the unit has one of that name, which stays as it is; `full` where it has as
-- many as it may.
-- Caller: the hub, each call its own transaction.
-- Locks: the making of consumers of the unit, so that two processes together
-- make no more than it may have.
-- Idempotency: by the name.
CREATE OR REPLACE FUNCTION hub.make_consumer(
    p_county smallint, p_unit text, p_name text, p_filter text, p_types text[], p_start_at bytea,
    p_start_position bigint, p_lease_seconds integer, p_max_attempts smallint, p_max_in_flight integer,
    p_ordering text, p_most integer
) RETURNS text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog
AS $$
DECLARE
    v_id bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hub._advisory_class('consumers-of'), hashtext(p_county || ' ' || p_unit));
    IF EXISTS (
        SELECT FROM hub.consumer AS c WHERE c.county = p_county AND c.unit = p_unit AND c.name = p_name
    ) THEN
        RETURN 'exists';
    END IF;
    IF (SELECT count(*) FROM hub.consumer AS c WHERE c.county = p_county AND c.unit = p_unit) >= p_most THEN
        RETURN 'full';
    END IF;
    INSERT INTO hub.consumer (county, unit, name, id, filter, types, start_at, start_position, lease_seconds,
        max_attempts, max_in_flight, ordering)
    VALUES (p_county, p_unit, p_name, nextval('hub.position_seq'), p_filter, p_types, p_start_at, p_start_position,
        p_lease_seconds, p_max_attempts, p_max_in_flight, p_ordering)
    -- An older hub beside this one takes no lock.
    ON CONFLICT (county, unit, name) DO NOTHING
    RETURNING id INTO v_id;
    IF v_id IS NULL THEN
        RETURN 'exists';
    END IF;
    INSERT INTO hub.consumer_floor (county, consumer, step, floor, filter_errors, in_flight, due_from)
    VALUES (p_county, v_id, 0, p_start_position, 0, 0, '-infinity');
    RETURN 'made';
END
$$;
