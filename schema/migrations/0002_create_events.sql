-- Events, their sealed parts, who received them, and the cases they join.
-- Lock impact: none, all tables are new.
--
-- Logs are ranges of positions: a look-up by position prunes to one partition,
-- and the index being written stays small. Unique keys cannot span partitions
-- by range, so event_key is a plain table.

CREATE TABLE hub.event_key (
    county smallint NOT NULL,
    -- The first 16 bytes of SHA-256 over source and id.
    key uuid NOT NULL,
    position bigint NOT NULL,
    CONSTRAINT event_key_pkey PRIMARY KEY (county, key)
);

CREATE TABLE hub.event (
    county smallint NOT NULL,
    position bigint NOT NULL,
    recorded_at timestamptz NOT NULL,
    type text NOT NULL,
    source_unit text NOT NULL,
    case_id bigint,
    cause bigint,
    status text NOT NULL,
    policy text NOT NULL,
    contract text NOT NULL,
    hash bytea NOT NULL,
    -- Canonical JSON: the context attributes with those the hub set; the open
    -- data; why it was routed so.
    attrs bytea NOT NULL,
    open bytea NOT NULL,
    explanation bytea NOT NULL,
    units text[] NOT NULL,
    CONSTRAINT event_pkey PRIMARY KEY (county, position),
    CONSTRAINT event_status_check CHECK (status IN ('routed', 'awaiting-dispatch', 'recorded'))
) PARTITION BY RANGE (position);

CREATE INDEX event_county_case_id_position_idx ON hub.event (county, case_id, position);
CREATE INDEX event_county_source_unit_recorded_at_idx ON hub.event (county, source_unit, recorded_at, position);

-- One random key an audience. Destroying wrapped_key erases the part.
CREATE TABLE hub.sealed (
    county smallint NOT NULL,
    position bigint NOT NULL,
    audience text NOT NULL,
    kek text NOT NULL,
    wrapped_key bytea NOT NULL,
    body bytea NOT NULL,
    CONSTRAINT sealed_pkey PRIMARY KEY (county, position, audience),
    CONSTRAINT sealed_audience_check CHECK (audience IN ('personal', 'reporter', 'officials', 'router'))
) PARTITION BY RANGE (position);

-- The unit's log of deliveries and the statutory record of what was provided
-- to whom; never updated. `position` is the place in the log, `event` the
-- event delivered: they differ when an event is assigned to a unit later.
CREATE TABLE hub.recipient (
    county smallint NOT NULL,
    unit text NOT NULL,
    position bigint NOT NULL,
    event bigint NOT NULL,
    role text NOT NULL,
    also_roles text NOT NULL DEFAULT '',
    plan_role text NOT NULL,
    officer text,
    duty bigint,
    joined boolean NOT NULL DEFAULT false,
    rule text NOT NULL,
    sentence text NOT NULL,
    projection text NOT NULL,
    CONSTRAINT recipient_pkey PRIMARY KEY (county, unit, position),
    CONSTRAINT recipient_role_check CHECK (role IN ('lead', 'handling', 'assisting', 'informed', 'supervising')),
    CONSTRAINT recipient_plan_role_check CHECK (plan_role IN ('lead', 'responsible', 'obliged', 'none'))
) PARTITION BY RANGE (position);

CREATE TABLE hub."case" (
    county smallint NOT NULL,
    id bigint NOT NULL,
    kind text NOT NULL,
    -- HMAC of the contract's natural key; null where the event named none.
    natural_key bytea,
    opened_at timestamptz NOT NULL,
    closed_at timestamptz,
    CONSTRAINT case_pkey PRIMARY KEY (county, id),
    CONSTRAINT case_kind_check CHECK (kind IN ('child', 'employer', 'venue', 'matter'))
);

CREATE UNIQUE INDEX case_county_kind_natural_key_key ON hub."case" (county, kind, natural_key)
    WHERE closed_at IS NULL;
