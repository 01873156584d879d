-- Counties, their codes, what was loaded for them, and who may speak.
-- Lock impact: none, all tables are new. Older versions: there are none.

CREATE SCHEMA hub;

-- What has been applied. Written by `liankong migrate`.
CREATE TABLE hub.schema_migration (
    version integer NOT NULL,
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT schema_migration_pkey PRIMARY KEY (version)
);

CREATE TABLE hub.schema_function (
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT schema_function_pkey PRIMARY KEY (name)
);

-- One order for everything that enters a log. Only the lane functions
-- (functions/*.sql) draw from it, while they hold the county's lane.
CREATE SEQUENCE hub.position_seq AS bigint CACHE 1;

CREATE TABLE hub.county (
    id smallint NOT NULL,
    key text NOT NULL,
    name_zh text NOT NULL,
    name_en text NOT NULL,
    sandbox boolean NOT NULL,
    -- A sandbox county may run ahead of the database's clock; others never do.
    clock_offset interval NOT NULL DEFAULT '0',
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT county_pkey PRIMARY KEY (id),
    CONSTRAINT county_key_key UNIQUE (key),
    CONSTRAINT county_clock_offset_check CHECK (sandbox OR clock_offset = '0')
);

CREATE TABLE hub.county_code (
    code text NOT NULL,
    county smallint NOT NULL,
    valid daterange NOT NULL,
    CONSTRAINT county_code_pkey PRIMARY KEY (code, county, valid),
    CONSTRAINT county_code_code_check CHECK (code ~ '^[0-9]{6}$')
);

-- The files a county was loaded from, whole, so that every hub process works
-- from the same text and what is stamped on old duties can be explained.
CREATE TABLE hub.county_bundle (
    county smallint NOT NULL,
    version integer NOT NULL,
    loaded_at timestamptz NOT NULL DEFAULT now(),
    policy_version text NOT NULL,
    checksum bytea NOT NULL,
    files bytea NOT NULL,
    CONSTRAINT county_bundle_pkey PRIMARY KEY (county, version)
);

CREATE TABLE hub.officer (
    county smallint NOT NULL,
    id text NOT NULL,
    unit text NOT NULL,
    name text NOT NULL,
    duty text NOT NULL,
    scopes text[] NOT NULL,
    valid_from date,
    valid_to date,
    CONSTRAINT officer_pkey PRIMARY KEY (county, id)
);

CREATE INDEX officer_county_unit_idx ON hub.officer (county, unit);

-- A token is known by its hash alone.
CREATE TABLE hub.token (
    hash bytea NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    county smallint NOT NULL,
    unit text NOT NULL,
    officer text,
    scopes text[] NOT NULL,
    label text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    CONSTRAINT token_pkey PRIMARY KEY (hash),
    CONSTRAINT token_id_key UNIQUE (id),
    CONSTRAINT token_hash_check CHECK (octet_length(hash) = 32)
);

CREATE INDEX token_county_unit_idx ON hub.token (county, unit);

CREATE TABLE hub.unit_rate (
    county smallint NOT NULL,
    unit text NOT NULL,
    requests_per_second integer NOT NULL,
    CONSTRAINT unit_rate_pkey PRIMARY KEY (county, unit),
    CONSTRAINT unit_rate_requests_per_second_check CHECK (requests_per_second > 0)
);
