-- Purpose: the one list of advisory lock classes, in the order in which they
-- may be taken together: a lane (one a county, ascending), then the others.
-- Caller: every function and the hub. Raises 22023 for an unknown name.
CREATE OR REPLACE FUNCTION hub._advisory_class(p_name text) RETURNS integer
LANGUAGE plpgsql IMMUTABLE STRICT
SET search_path = pg_catalog
AS $$
BEGIN
    CASE p_name
        WHEN 'lane' THEN RETURN 1818321;
        WHEN 'partitions' THEN RETURN 1818322;
        WHEN 'migrations' THEN RETURN 1818323;
        WHEN 'maintenance' THEN RETURN 1818324;
        WHEN 'county-load' THEN RETURN 1818325;
        WHEN 'consumer' THEN RETURN 1818326;
        WHEN 'consumers-of' THEN RETURN 1818327;
        ELSE RAISE EXCEPTION 'unknown advisory class' USING ERRCODE = '22023';
    END CASE;
END
$$;
