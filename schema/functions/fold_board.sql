-- Purpose: fold appended counts of the board into its rollup, so many at a call.
-- Caller: the hub's maintenance, every minute or so, until fewer are left.
-- Older versions call it without a number.
-- Locks: an advisory lock, so that one process folds at a time; returns 0 when
-- another holds it. Readers see deltas and rollup of one snapshot, so the sum
-- is exact at every moment.
CREATE OR REPLACE FUNCTION hub.fold_board(p_limit integer DEFAULT 20000) RETURNS integer
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog
AS $$
DECLARE
    v_folded integer;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hub._advisory_class('maintenance'), 1) THEN
        RETURN 0;
    END IF;
    WITH taken AS (
        DELETE FROM hub.board_delta AS d
        WHERE d.ctid = ANY (ARRAY(SELECT o.ctid FROM hub.board_delta AS o LIMIT p_limit))
        RETURNING *
    ), summed AS (
        SELECT county, unit, type, sum(open) AS open, sum(unsigned) AS unsigned, sum(signed) AS signed,
            sum(sign_seconds) AS sign_seconds, sum(settled) AS settled, sum(settle_seconds) AS settle_seconds,
            sum(step_1) AS step_1, sum(step_2) AS step_2, sum(step_3) AS step_3, sum(step_4) AS step_4,
            sum(step_5) AS step_5, count(*) AS deltas
        FROM taken GROUP BY county, unit, type
    ), folded AS (
        INSERT INTO hub.board_rollup AS b (county, unit, type, open, unsigned, signed, sign_seconds, settled,
            settle_seconds, step_1, step_2, step_3, step_4, step_5)
        SELECT county, unit, type, open, unsigned, signed, sign_seconds, settled, settle_seconds, step_1, step_2,
            step_3, step_4, step_5
        FROM summed
        ON CONFLICT (county, unit, type) DO UPDATE SET
            open = b.open + excluded.open,
            unsigned = b.unsigned + excluded.unsigned,
            signed = b.signed + excluded.signed,
            sign_seconds = b.sign_seconds + excluded.sign_seconds,
            settled = b.settled + excluded.settled,
            settle_seconds = b.settle_seconds + excluded.settle_seconds,
            step_1 = b.step_1 + excluded.step_1,
            step_2 = b.step_2 + excluded.step_2,
            step_3 = b.step_3 + excluded.step_3,
            step_4 = b.step_4 + excluded.step_4,
            step_5 = b.step_5 + excluded.step_5
    )
    SELECT coalesce(sum(deltas), 0)::integer INTO v_folded FROM summed;
    RETURN v_folded;
END
$$;
