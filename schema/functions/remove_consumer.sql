-- Purpose: remove a consumer with everything it holds.
-- Caller: the hub, each call its own transaction.
-- Locks: the consumer, so that a worker leases before and its leases go too, or
-- finds no consumer.
-- Idempotency: what is gone is gone.
CREATE OR REPLACE FUNCTION hub.remove_consumer(p_county smallint, p_consumer bigint) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog
AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hub._advisory_class('consumer'), hashint8(p_consumer));
    DELETE FROM hub.consumer AS c WHERE c.county = p_county AND c.id = p_consumer;
    DELETE FROM hub.consumer_floor AS f WHERE f.county = p_county AND f.consumer = p_consumer;
    DELETE FROM hub.lease AS l WHERE l.county = p_county AND l.consumer = p_consumer;
END
$$;
