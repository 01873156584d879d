-- Purpose: make the partitions of the position ranges up to one, each ten
-- million positions wide.
-- Caller: migration; the hub's maintenance, ahead of need; and whoever is
-- about to store beyond the last partition, before trying again.
-- Locks: an advisory lock against itself. A partition is made as a table of its
-- own and attached then: that shares its parent with everybody who reads or
-- writes there, while CREATE TABLE … PARTITION OF would wait for the longest
-- reader, a dump perhaps, with every publisher waiting behind it.
-- Errors: 55P03 when somebody changes or vacuums a parent for longer than the
-- lock's time limit; nothing is made then, and nobody waits for it.
-- Idempotent: existing partitions stay.
CREATE OR REPLACE FUNCTION hub.make_partitions(p_upto bigint) RETURNS integer
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog
SET lock_timeout = '2s'
AS $$
DECLARE
    c_width CONSTANT bigint := 10000000;
    v_table text;
    v_partition text;
    v_number bigint;
    v_made integer := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hub._advisory_class('partitions'), 0);
    FOREACH v_table IN ARRAY ARRAY['event', 'sealed', 'recipient', 'duty_change'] LOOP
        FOR v_number IN 0 .. p_upto / c_width LOOP
            v_partition := v_table || '_p' || v_number;
            IF to_regclass(format('hub.%I', v_partition)) IS NULL THEN
                EXECUTE format('CREATE TABLE hub.%I (LIKE hub.%I INCLUDING ALL)', v_partition, v_table);
                EXECUTE format(
                    'ALTER TABLE hub.%I ATTACH PARTITION hub.%I FOR VALUES FROM (%s) TO (%s)',
                    v_table, v_partition, v_number * c_width, (v_number + 1) * c_width);
                v_made := v_made + 1;
            END IF;
        END LOOP;
    END LOOP;
    RETURN v_made;
END
$$;
