-- Leased consumers: a unit's workers share its deliveries.
-- Lock impact: none, all tables are new.
--
-- A consumer is a floor and exceptions to it. What lies above the floor nobody
-- has looked at; of what lies below only deliveries under way or given up have
-- a row. So a million waiting deliveries are one number, and cost nothing.

CREATE TABLE hub.consumer (
    county smallint NOT NULL,
    unit text NOT NULL,
    name text NOT NULL,
    -- Stands for the consumer in the tables below; from the one sequence.
    id bigint NOT NULL,
    -- A CESQL expression; null for everything.
    filter text,
    -- Event types; null for all.
    types text[],
    -- Canonical JSON of where it was asked to begin, and what that meant.
    start_at bytea NOT NULL,
    start_position bigint NOT NULL,
    lease_seconds integer NOT NULL,
    max_attempts smallint NOT NULL,
    max_in_flight integer NOT NULL,
    ordering text NOT NULL,
    paused boolean NOT NULL DEFAULT false,
    -- One more with every change of the above, so that what was read by an old
    -- filter is not handed out by a new one.
    revision integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT consumer_pkey PRIMARY KEY (county, unit, name),
    CONSTRAINT consumer_id_key UNIQUE (county, id),
    CONSTRAINT consumer_ordering_check CHECK (ordering IN ('none', 'case'))
);

-- Appended with every change, never updated: the highest step is the one that
-- holds. Maintenance drops those below it.
CREATE TABLE hub.consumer_floor (
    county smallint NOT NULL,
    consumer bigint NOT NULL,
    step bigint NOT NULL,
    floor bigint NOT NULL,
    -- Events passed on the way here on which the filter erred.
    filter_errors bigint NOT NULL,
    -- Rows below that are `leased`, run out or not. Counted here because a
    -- reader of the index passes all that was ever acknowledged and not yet
    -- vacuumed, which under a pinned snapshot is all of it.
    in_flight integer NOT NULL,
    -- Nothing is due before this, and nobody need look there, for the same reason.
    due_from timestamptz NOT NULL,
    CONSTRAINT consumer_floor_pkey PRIMARY KEY (county, consumer, step)
);

-- `leased`: in a worker's hands until then. `waiting`: to be delivered from
-- then on. `blocked`: behind another delivery of its case. `dead`: given up.
-- Of the rows of a case that are not dead one at least is leased or waiting.
CREATE TABLE hub.lease (
    county smallint NOT NULL,
    consumer bigint NOT NULL,
    position bigint NOT NULL,
    case_id bigint,
    -- Null while it was never handed out; after a worker gave it back, one that
    -- nobody holds.
    lease uuid,
    attempt smallint NOT NULL,
    until timestamptz NOT NULL,
    state text NOT NULL,
    -- Why a worker gave it back, in its words, which may name anybody.
    sealed_reason bytea,
    CONSTRAINT lease_pkey PRIMARY KEY (county, consumer, position),
    CONSTRAINT lease_state_check CHECK (state IN ('leased', 'waiting', 'blocked', 'dead'))
);

CREATE INDEX lease_county_consumer_leased_idx ON hub.lease (county, consumer, until, position)
    WHERE state = 'leased';
CREATE INDEX lease_county_consumer_waiting_idx ON hub.lease (county, consumer, until, position)
    WHERE state = 'waiting';
CREATE INDEX lease_county_consumer_case_id_idx ON hub.lease (county, consumer, case_id, position)
    WHERE case_id IS NOT NULL AND state IN ('leased', 'waiting');
CREATE INDEX lease_county_consumer_blocked_idx ON hub.lease (county, consumer, case_id, position)
    WHERE state = 'blocked';
CREATE INDEX lease_county_consumer_dead_idx ON hub.lease (county, consumer, position) WHERE state = 'dead';
