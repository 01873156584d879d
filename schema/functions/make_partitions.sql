-- Purpose: make the partitions of the position ranges up to one, each ten
-- million positions wide.
-- Caller: migration and the hub's maintenance, ahead of need.
-- Locks: an advisory lock against itself; a new partition locks its parent
-- for a moment.
-- Idempotent: existing partitions stay.
CREATE OR REPLACE FUNCTION hub.make_partitions(p_upto bigint) RETURNS integer
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog
AS $$
DECLARE
    c_width CONSTANT bigint := 10000000;
    v_table text;
    v_number bigint;
    v_made integer := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hub._advisory_class('partitions'), 0);
    FOREACH v_table IN ARRAY ARRAY['event', 'sealed', 'recipient', 'duty_change'] LOOP
        FOR v_number IN 0 .. p_upto / c_width LOOP
            IF to_regclass(format('hub.%I', v_table || '_p' || v_number)) IS NULL THEN
                EXECUTE format(
                    'CREATE TABLE hub.%I PARTITION OF hub.%I FOR VALUES FROM (%s) TO (%s)',
                    v_table || '_p' || v_number, v_table, v_number * c_width, (v_number + 1) * c_width);
                v_made := v_made + 1;
            END IF;
        END LOOP;
    END LOOP;
    RETURN v_made;
END
$$;
