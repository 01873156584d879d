-- Why an event was routed so, and how the clocks of its duties were counted, is
-- said in the same words for most events of a day: the words are kept once, and
-- events and duties name them by their hash. Of six indexes on duties three
-- stay: where the others led, the record of recipients and the events lead too.
--
-- Lock impact: brief ACCESS EXCLUSIVE locks on hub.event, its partitions and
-- hub.duty, without a rewrite; rows that are there keep their own words. Two
-- indexes are built while writers wait: about a second for a million rows.
-- Hubs older than this cannot read what newer ones store: stop them first.
--! breaks older hubs

CREATE TABLE hub.wording (
    county smallint NOT NULL,
    -- The first 16 bytes of SHA-256 over the body.
    hash uuid NOT NULL,
    -- Canonical JSON: the steps of a routing, or the words of a duty's milestones.
    body bytea COMPRESSION lz4 NOT NULL,
    CONSTRAINT wording_pkey PRIMARY KEY (county, hash)
);

ALTER TABLE hub.event
    ALTER COLUMN explanation DROP NOT NULL,
    ADD COLUMN wording uuid,
    ADD CONSTRAINT event_wording_check CHECK ((explanation IS NULL) <> (wording IS NULL)) NOT VALID;

-- `clocks` has a list for each milestone of the wording: when it started, when
-- it is due and when it was met, in microseconds, null where it has no such
-- instant.
ALTER TABLE hub.duty
    ALTER COLUMN milestones DROP NOT NULL,
    ADD COLUMN wording uuid,
    ADD COLUMN clocks bytea,
    ADD CONSTRAINT duty_wording_check CHECK ((wording IS NULL) = (clocks IS NULL)
        AND (wording IS NULL) <> (milestones IS NULL)) NOT VALID;

-- By event: the event's recipients name its duties.
DROP INDEX hub.duty_county_position_idx;

-- By type: its events lead there.
DROP INDEX hub.duty_county_type_id_idx;
CREATE INDEX event_county_type_position_idx ON hub.event (county, type, position);

-- By unit: the open ones have their index, and the ended ones one that is
-- written when they end.
DROP INDEX hub.duty_county_unit_id_idx;
CREATE INDEX duty_county_unit_id_ended_idx ON hub.duty (county, unit, id) WHERE ended_at IS NOT NULL;
