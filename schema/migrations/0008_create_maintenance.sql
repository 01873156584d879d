-- What an operator has said of the running of the hub, and which programs may
-- run over this schema.
-- Lock impact: hub.schema_function is locked for a moment, for one more column;
-- hubs at work do not touch it. The other tables are new.
-- Older versions do not look at any of it: they neither stop writing nor hold
-- their sweeps, so maintenance begins when the last of them has ended.

-- A row for a county, or for all of them. None means that all goes on.
CREATE TABLE hub.maintenance (
    -- A county's id; 0 for all counties.
    county smallint NOT NULL,
    -- Whether the hub answers reads only.
    read_only boolean NOT NULL,
    -- Sweeps wait until then, by the database's clock.
    sweeps_held_until timestamptz NOT NULL DEFAULT '-infinity',
    -- What is told to those who are refused; English and Chinese as one likes.
    reason text NOT NULL DEFAULT '',
    set_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT maintenance_pkey PRIMARY KEY (county)
);

-- The programs this schema has been made for, known by the texts of their
-- migrations and functions. Those before the last one run on as long as what
-- they call is kept; then they are retired.
CREATE TABLE hub.schema_release (
    fingerprint text NOT NULL,
    -- The newest migration the program brings.
    version integer NOT NULL,
    migrated_at timestamptz NOT NULL DEFAULT now(),
    retired_at timestamptz,
    CONSTRAINT schema_release_pkey PRIMARY KEY (fingerprint)
);

-- The function as the text that was applied last made it; what bears its name
-- and another signature is called by older programs only.
ALTER TABLE hub.schema_function ADD COLUMN signature text;
