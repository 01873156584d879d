-- Purpose: drop floors that a higher one has replaced, keeping their counts.
-- Caller: the hub's maintenance, every minute or so.
-- Locks: an advisory lock, so that one process folds at a time; each consumer's
-- own while its rows are folded.
CREATE OR REPLACE FUNCTION hub.fold_consumer_floors() RETURNS integer
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog
AS $$
DECLARE
    v_consumer record;
    v_errors bigint;
    v_folded integer := 0;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hub._advisory_class('maintenance'), 2) THEN
        RETURN 0;
    END IF;
    FOR v_consumer IN
        SELECT f.county, f.consumer, max(f.floor) AS floor FROM hub.consumer_floor AS f
        GROUP BY f.county, f.consumer HAVING count(*) > 100 LIMIT 1000
    LOOP
        CONTINUE WHEN NOT pg_try_advisory_xact_lock(hub._advisory_class('consumer'), hashint8(v_consumer.consumer));
        WITH folded AS (
            DELETE FROM hub.consumer_floor AS f
            WHERE f.county = v_consumer.county AND f.consumer = v_consumer.consumer AND f.floor < v_consumer.floor
            RETURNING f.filter_errors
        )
        SELECT coalesce(sum(filter_errors), 0), v_folded + count(*) INTO v_errors, v_folded FROM folded;
        UPDATE hub.consumer_floor AS f SET filter_errors = f.filter_errors + v_errors
        WHERE f.county = v_consumer.county AND f.consumer = v_consumer.consumer AND f.floor = v_consumer.floor;
    END LOOP;
    RETURN v_folded;
END
$$;
