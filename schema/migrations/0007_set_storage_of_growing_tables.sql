-- When the tables that rows leave, or change in, are vacuumed. By default that
-- waits for a fifth of the table: of ten million waiting timers two million,
-- through whose remains every sweep would read first, since it begins where they
-- were. Measured: 500 due timers lie on ten pages; behind 200,000 that went, on
-- 1,440. And the board, behind 200,000 folded counts, on 2,657 instead of 19.
-- Lock impact: SHARE UPDATE EXCLUSIVE for a moment; nobody who reads or writes
-- waits. Older versions do not notice.

ALTER TABLE hub.timer SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000);
ALTER TABLE hub.lease SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000);
ALTER TABLE hub.consumer_floor SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
ALTER TABLE hub.board_delta SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

-- A duty leaves a dead row in each index when it ends, once.
ALTER TABLE hub.duty SET (autovacuum_vacuum_scale_factor = 0.05);
ALTER TABLE hub.command_key SET (autovacuum_vacuum_scale_factor = 0.05);

-- Every fold updates the same rows, and none of their indexes: room on the page
-- keeps that a HOT update. Measured: without it 584 of 1,440.
ALTER TABLE hub.board_rollup SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_threshold = 1000);
