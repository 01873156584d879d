-- Purpose: change how a consumer is served; its place in the log stays.
-- Caller: the hub, each call its own transaction.
-- Locks: the consumer, so that what was read by the old filter is either leased
-- before or not at all.
-- Idempotency: the same settings again change nothing.
CREATE OR REPLACE FUNCTION hub.change_consumer(
    p_county smallint, p_consumer bigint, p_filter text, p_types text[], p_lease_seconds integer,
    p_max_attempts smallint, p_max_in_flight integer, p_ordering text
) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog
SET enable_seqscan = off
AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hub._advisory_class('consumer'), hashint8(p_consumer));
    UPDATE hub.consumer AS c SET filter = p_filter, types = p_types, lease_seconds = p_lease_seconds,
        max_attempts = p_max_attempts, max_in_flight = p_max_in_flight, ordering = p_ordering,
        revision = c.revision + 1
    WHERE c.county = p_county AND c.id = p_consumer
        AND (c.filter, c.types, c.lease_seconds, c.max_attempts, c.max_in_flight, c.ordering) IS DISTINCT FROM
            (p_filter, p_types, p_lease_seconds, p_max_attempts, p_max_in_flight, p_ordering);
    IF p_ordering = 'none' THEN
        -- The first of them; each fetch lets more go.
        PERFORM hub._release_blocked(p_county, p_consumer);
    END IF;
END
$$;
