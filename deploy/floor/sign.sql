-- The floor of signing: the change and the duty's row, by one plain statement
-- and one commit.
WITH n AS MATERIALIZED (
    SELECT 1000000000000 + nextval('hub.floor_sign') AS id
), c AS (
    INSERT INTO hub.duty_change (county, position, duty, version, unit, publisher, lead, at, token, by_unit, officer,
        command, from_state, to_state)
    SELECT 1, nextval('hub.position_seq'), n.id, 2, 'unit-1', 'school:3141990002', 'unit-1', now(), gen_random_uuid(),
        'unit-1', 'unit-01', 'sign', 'dispatched', 'signed'
    FROM n
), b AS (
    INSERT INTO hub.board_delta
    SELECT 1, 'unit-1', 'attendance.dropout.suspected', 0, -1, 1, 60, 0, 0, 0, 0, 0, 0, 0 FROM n
)
UPDATE hub.duty AS d SET state = 'signed', version = 2, signed_at = now(), signed_by = 'unit-01'
FROM n WHERE d.county = 1 AND d.id = n.id;
