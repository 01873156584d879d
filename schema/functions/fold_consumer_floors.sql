-- Purpose: drop floors that a higher step has replaced.
-- Caller: the hub's maintenance, every minute or so.
-- Locks: an advisory lock, so that one process folds at a time.
CREATE OR REPLACE FUNCTION hub.fold_consumer_floors() RETURNS integer
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog
AS $$
DECLARE
    v_consumer record;
    v_dropped integer;
    v_folded integer := 0;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hub._advisory_class('maintenance'), 2) THEN
        RETURN 0;
    END IF;
    FOR v_consumer IN
        SELECT f.county, f.consumer, max(f.step) AS step FROM hub.consumer_floor AS f
        GROUP BY f.county, f.consumer HAVING count(*) > 100 LIMIT 1000
    LOOP
        DELETE FROM hub.consumer_floor AS f
        WHERE f.county = v_consumer.county AND f.consumer = v_consumer.consumer AND f.step < v_consumer.step;
        GET DIAGNOSTICS v_dropped = ROW_COUNT;
        v_folded := v_folded + v_dropped;
    END LOOP;
    RETURN v_folded;
END
$$;
