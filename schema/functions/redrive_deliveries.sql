-- Purpose: deliver again what was given up: these, or all of it. Returns how
-- many.
-- Caller: the hub, each call its own transaction; it names some hundreds at a
-- time, so that workers come in between.
-- Locks: the consumer.
-- Idempotency: what is no longer given up is left alone.
CREATE OR REPLACE FUNCTION hub.redrive_deliveries(
    p_county smallint, p_consumer bigint, p_position bigint[]
) RETURNS integer
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog
AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hub._advisory_class('consumer'), hashint8(p_consumer));
    RETURN hub._make_due(p_county, p_consumer, 'dead', p_position);
END
$$;
