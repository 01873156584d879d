-- What the migrations make, as pg_dump writes it. Generated: run the tests with
-- LIANKONG_UPDATE_SNAPSHOT=1. Functions stand in functions/, and partitions are
-- made as positions need them.

CREATE SCHEMA hub;

CREATE TABLE hub.access_log (
    county smallint NOT NULL,
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    unit text NOT NULL,
    officer text,
    token uuid NOT NULL,
    "position" bigint NOT NULL,
    sealed_purpose bytea,
    outcome text NOT NULL,
    code text,
    CONSTRAINT access_log_code_check CHECK (((outcome = 'refused'::text) = (code IS NOT NULL))),
    CONSTRAINT access_log_outcome_check CHECK ((outcome = ANY (ARRAY['granted'::text, 'refused'::text])))
);

ALTER TABLE hub.access_log ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME hub.access_log_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE hub.board_delta (
    county smallint NOT NULL,
    unit text NOT NULL,
    type text NOT NULL,
    open integer NOT NULL,
    unsigned integer NOT NULL,
    signed integer NOT NULL,
    sign_seconds bigint NOT NULL,
    settled integer NOT NULL,
    settle_seconds bigint NOT NULL,
    step_1 integer NOT NULL,
    step_2 integer NOT NULL,
    step_3 integer NOT NULL,
    step_4 integer NOT NULL,
    step_5 integer NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='1000');

CREATE TABLE hub.board_rollup (
    county smallint NOT NULL,
    unit text NOT NULL,
    type text NOT NULL,
    open bigint NOT NULL,
    unsigned bigint NOT NULL,
    signed bigint NOT NULL,
    sign_seconds bigint NOT NULL,
    settled bigint NOT NULL,
    settle_seconds bigint NOT NULL,
    step_1 bigint NOT NULL,
    step_2 bigint NOT NULL,
    step_3 bigint NOT NULL,
    step_4 bigint NOT NULL,
    step_5 bigint NOT NULL
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='1000');

CREATE TABLE hub."case" (
    county smallint NOT NULL,
    id bigint NOT NULL,
    kind text NOT NULL,
    natural_key bytea,
    opened_at timestamp with time zone NOT NULL,
    closed_at timestamp with time zone,
    CONSTRAINT case_kind_check CHECK ((kind = ANY (ARRAY['child'::text, 'employer'::text, 'venue'::text, 'matter'::text])))
);

CREATE TABLE hub.command_key (
    county smallint NOT NULL,
    duty bigint NOT NULL,
    key uuid NOT NULL,
    request bytea NOT NULL,
    version integer NOT NULL,
    at timestamp with time zone NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0.05');

CREATE TABLE hub.consumer (
    county smallint NOT NULL,
    unit text NOT NULL,
    name text NOT NULL,
    id bigint NOT NULL,
    filter text,
    types text[],
    start_at bytea NOT NULL,
    start_position bigint NOT NULL,
    lease_seconds integer NOT NULL,
    max_attempts smallint NOT NULL,
    max_in_flight integer NOT NULL,
    ordering text NOT NULL,
    paused boolean DEFAULT false NOT NULL,
    revision integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT consumer_ordering_check CHECK ((ordering = ANY (ARRAY['none'::text, 'case'::text])))
);

CREATE TABLE hub.consumer_floor (
    county smallint NOT NULL,
    consumer bigint NOT NULL,
    step bigint NOT NULL,
    floor bigint NOT NULL,
    filter_errors bigint NOT NULL,
    in_flight integer NOT NULL,
    due_from timestamp with time zone NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='1000');

CREATE TABLE hub.county (
    id smallint NOT NULL,
    key text NOT NULL,
    name_zh text NOT NULL,
    name_en text NOT NULL,
    sandbox boolean NOT NULL,
    clock_offset interval DEFAULT '00:00:00'::interval NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT county_clock_offset_check CHECK ((sandbox OR (clock_offset = '00:00:00'::interval)))
);

CREATE TABLE hub.county_bundle (
    county smallint NOT NULL,
    version integer NOT NULL,
    loaded_at timestamp with time zone DEFAULT now() NOT NULL,
    policy_version text NOT NULL,
    checksum bytea NOT NULL,
    files bytea NOT NULL
);

CREATE TABLE hub.county_code (
    code text NOT NULL,
    county smallint NOT NULL,
    valid daterange NOT NULL,
    CONSTRAINT county_code_code_check CHECK ((code ~ '^[0-9]{6}$'::text))
);

CREATE TABLE hub.duty (
    county smallint NOT NULL,
    id bigint NOT NULL,
    "position" bigint NOT NULL,
    unit text NOT NULL,
    role text NOT NULL,
    also_roles text DEFAULT ''::text NOT NULL,
    plan_role text NOT NULL,
    officer text,
    case_id bigint,
    type text NOT NULL,
    publisher text NOT NULL,
    lead text,
    policy text NOT NULL,
    rule text NOT NULL,
    sentence text NOT NULL,
    clause text,
    ladder text,
    verifier text,
    needs_completion boolean NOT NULL,
    milestones bytea,
    created_at timestamp with time zone NOT NULL,
    sign_by timestamp with time zone,
    settle_by timestamp with time zone,
    provisional boolean NOT NULL,
    priority smallint NOT NULL,
    state text NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    signed_at timestamp with time zone,
    signed_by text,
    accepted_at timestamp with time zone,
    started_at timestamp with time zone,
    completed_at timestamp with time zone,
    completed_by text,
    outcome text,
    step smallint DEFAULT 0 NOT NULL,
    reminders smallint DEFAULT 0 NOT NULL,
    reworks smallint DEFAULT 0 NOT NULL,
    ended_at timestamp with time zone,
    wording uuid,
    clocks bytea,
    CONSTRAINT duty_accepted_at_check CHECK (((state <> ALL (ARRAY['accepted'::text, 'in-progress'::text, 'suspended'::text])) OR (accepted_at IS NOT NULL))),
    CONSTRAINT duty_completed_at_check CHECK ((((completed_at IS NULL) = (completed_by IS NULL)) AND ((ended_at IS NOT NULL) OR ((completed_at IS NOT NULL) = (state = 'completed'::text))))),
    CONSTRAINT duty_ended_at_check CHECK (((ended_at IS NOT NULL) = (state = ANY (ARRAY['closed'::text, 'reassigned'::text, 'cancelled'::text])))),
    CONSTRAINT duty_signed_at_check CHECK ((((signed_at IS NULL) = (signed_by IS NULL)) AND
CASE
    WHEN (state = ANY (ARRAY['awaiting-dispatch'::text, 'dispatched'::text])) THEN (signed_at IS NULL)
    WHEN (state = ANY (ARRAY['signed'::text, 'accepted'::text, 'in-progress'::text, 'suspended'::text, 'completed'::text, 'rework'::text])) THEN (signed_at IS NOT NULL)
    ELSE true
END)),
    CONSTRAINT duty_state_check CHECK ((state = ANY (ARRAY['awaiting-dispatch'::text, 'dispatched'::text, 'signed'::text, 'accepted'::text, 'returned'::text, 'in-progress'::text, 'suspended'::text, 'completed'::text, 'rework'::text, 'closed'::text, 'reassigned'::text, 'cancelled'::text])))
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0.05');

CREATE TABLE hub.duty_change (
    county smallint NOT NULL,
    "position" bigint NOT NULL,
    duty bigint NOT NULL,
    version integer NOT NULL,
    unit text NOT NULL,
    publisher text NOT NULL,
    lead text,
    at timestamp with time zone NOT NULL,
    token uuid,
    by_unit text NOT NULL,
    officer text,
    command text NOT NULL,
    from_state text NOT NULL,
    to_state text NOT NULL,
    detail bytea,
    sealed_note bytea
)
PARTITION BY RANGE ("position");

CREATE TABLE hub.event (
    county smallint NOT NULL,
    "position" bigint NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    type text NOT NULL,
    source_unit text NOT NULL,
    case_id bigint,
    cause bigint,
    status text NOT NULL,
    policy text NOT NULL,
    contract text NOT NULL,
    hash bytea NOT NULL,
    attrs bytea NOT NULL,
    open bytea NOT NULL,
    explanation bytea,
    units text[] NOT NULL,
    wording uuid,
    CONSTRAINT event_status_check CHECK ((status = ANY (ARRAY['routed'::text, 'awaiting-dispatch'::text, 'recorded'::text])))
)
PARTITION BY RANGE ("position");
ALTER TABLE ONLY hub.event ALTER COLUMN explanation SET COMPRESSION lz4;

CREATE TABLE hub.event_key (
    county smallint NOT NULL,
    key uuid NOT NULL,
    "position" bigint NOT NULL
);

CREATE TABLE hub.installation (
    id boolean DEFAULT true NOT NULL,
    case_key_check bytea NOT NULL,
    set_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT installation_case_key_check_check CHECK ((octet_length(case_key_check) = 32)),
    CONSTRAINT installation_id_check CHECK (id)
);

CREATE TABLE hub.lease (
    county smallint NOT NULL,
    consumer bigint NOT NULL,
    "position" bigint NOT NULL,
    case_id bigint,
    lease uuid,
    attempt smallint NOT NULL,
    until timestamp with time zone NOT NULL,
    state text NOT NULL,
    sealed_reason bytea,
    CONSTRAINT lease_state_check CHECK ((state = ANY (ARRAY['leased'::text, 'waiting'::text, 'blocked'::text, 'dead'::text])))
)
WITH (autovacuum_vacuum_scale_factor='0.01', autovacuum_vacuum_threshold='1000');

CREATE TABLE hub.maintenance (
    county smallint NOT NULL,
    read_only boolean NOT NULL,
    sweeps_held_until timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    set_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE hub.officer (
    county smallint NOT NULL,
    id text NOT NULL,
    unit text NOT NULL,
    name text NOT NULL,
    duty text NOT NULL,
    scopes text[] NOT NULL,
    valid_from date,
    valid_to date
);

CREATE SEQUENCE hub.position_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

CREATE TABLE hub.recipient (
    county smallint NOT NULL,
    unit text NOT NULL,
    "position" bigint NOT NULL,
    event bigint NOT NULL,
    role text NOT NULL,
    also_roles text DEFAULT ''::text NOT NULL,
    plan_role text NOT NULL,
    officer text,
    duty bigint,
    joined boolean DEFAULT false NOT NULL,
    rule text NOT NULL,
    sentence text NOT NULL,
    projection text NOT NULL,
    CONSTRAINT recipient_plan_role_check CHECK ((plan_role = ANY (ARRAY['lead'::text, 'responsible'::text, 'obliged'::text, 'none'::text]))),
    CONSTRAINT recipient_role_check CHECK ((role = ANY (ARRAY['lead'::text, 'handling'::text, 'assisting'::text, 'informed'::text, 'supervising'::text])))
)
PARTITION BY RANGE ("position");

CREATE TABLE hub.schema_function (
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL,
    signature text
);

CREATE TABLE hub.schema_migration (
    version integer NOT NULL,
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE hub.schema_release (
    fingerprint text NOT NULL,
    version integer NOT NULL,
    migrated_at timestamp with time zone DEFAULT now() NOT NULL,
    retired_at timestamp with time zone
);

CREATE TABLE hub.sealed (
    county smallint NOT NULL,
    "position" bigint NOT NULL,
    audience text NOT NULL,
    kek text NOT NULL,
    wrapped_key bytea NOT NULL,
    body bytea NOT NULL,
    CONSTRAINT sealed_audience_check CHECK ((audience = ANY (ARRAY['personal'::text, 'reporter'::text, 'officials'::text, 'router'::text])))
)
PARTITION BY RANGE ("position");

CREATE TABLE hub.step_fired (
    county smallint NOT NULL,
    duty bigint NOT NULL,
    kind text NOT NULL,
    step smallint NOT NULL,
    as_of timestamp with time zone NOT NULL,
    outcome text NOT NULL,
    CONSTRAINT step_fired_outcome_check CHECK ((outcome = ANY (ARRAY['reminded'::text, 'drafted'::text, 'proposed'::text, 'collapsed'::text])))
);

CREATE TABLE hub.timer (
    county smallint NOT NULL,
    due timestamp with time zone NOT NULL,
    duty bigint NOT NULL,
    kind text NOT NULL,
    step smallint NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0.01', autovacuum_vacuum_threshold='1000');

CREATE TABLE hub.token (
    hash bytea NOT NULL,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    county smallint NOT NULL,
    unit text NOT NULL,
    officer text,
    scopes text[] NOT NULL,
    label text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    CONSTRAINT token_hash_check CHECK ((octet_length(hash) = 32))
);

CREATE TABLE hub.unit_rate (
    county smallint NOT NULL,
    unit text NOT NULL,
    requests_per_second integer NOT NULL,
    CONSTRAINT unit_rate_requests_per_second_check CHECK ((requests_per_second > 0))
);

CREATE TABLE hub.wording (
    county smallint NOT NULL,
    hash uuid NOT NULL,
    body bytea NOT NULL
);
ALTER TABLE ONLY hub.wording ALTER COLUMN body SET COMPRESSION lz4;

ALTER TABLE ONLY hub.access_log
    ADD CONSTRAINT access_log_pkey PRIMARY KEY (county, id);

ALTER TABLE ONLY hub.board_rollup
    ADD CONSTRAINT board_rollup_pkey PRIMARY KEY (county, unit, type);

ALTER TABLE ONLY hub."case"
    ADD CONSTRAINT case_pkey PRIMARY KEY (county, id);

ALTER TABLE ONLY hub.command_key
    ADD CONSTRAINT command_key_pkey PRIMARY KEY (county, duty, key);

ALTER TABLE ONLY hub.consumer_floor
    ADD CONSTRAINT consumer_floor_pkey PRIMARY KEY (county, consumer, step);

ALTER TABLE ONLY hub.consumer
    ADD CONSTRAINT consumer_id_key UNIQUE (county, id);

ALTER TABLE ONLY hub.consumer
    ADD CONSTRAINT consumer_pkey PRIMARY KEY (county, unit, name);

ALTER TABLE ONLY hub.county_bundle
    ADD CONSTRAINT county_bundle_pkey PRIMARY KEY (county, version);

ALTER TABLE ONLY hub.county_code
    ADD CONSTRAINT county_code_pkey PRIMARY KEY (code, county, valid);

ALTER TABLE ONLY hub.county
    ADD CONSTRAINT county_key_key UNIQUE (key);

ALTER TABLE ONLY hub.county
    ADD CONSTRAINT county_pkey PRIMARY KEY (id);

ALTER TABLE ONLY hub.duty_change
    ADD CONSTRAINT duty_change_pkey PRIMARY KEY (county, "position");

ALTER TABLE ONLY hub.duty
    ADD CONSTRAINT duty_pkey PRIMARY KEY (county, id);

ALTER TABLE hub.duty
    ADD CONSTRAINT duty_wording_check CHECK ((((wording IS NULL) = (clocks IS NULL)) AND ((wording IS NULL) <> (milestones IS NULL)))) NOT VALID;

ALTER TABLE ONLY hub.event_key
    ADD CONSTRAINT event_key_pkey PRIMARY KEY (county, key);

ALTER TABLE ONLY hub.event
    ADD CONSTRAINT event_pkey PRIMARY KEY (county, "position");

ALTER TABLE hub.event
    ADD CONSTRAINT event_wording_check CHECK (((explanation IS NULL) <> (wording IS NULL))) NOT VALID;

ALTER TABLE ONLY hub.installation
    ADD CONSTRAINT installation_pkey PRIMARY KEY (id);

ALTER TABLE ONLY hub.lease
    ADD CONSTRAINT lease_pkey PRIMARY KEY (county, consumer, "position");

ALTER TABLE ONLY hub.maintenance
    ADD CONSTRAINT maintenance_pkey PRIMARY KEY (county);

ALTER TABLE ONLY hub.officer
    ADD CONSTRAINT officer_pkey PRIMARY KEY (county, id);

ALTER TABLE ONLY hub.recipient
    ADD CONSTRAINT recipient_pkey PRIMARY KEY (county, unit, "position");

ALTER TABLE ONLY hub.schema_function
    ADD CONSTRAINT schema_function_pkey PRIMARY KEY (name);

ALTER TABLE ONLY hub.schema_migration
    ADD CONSTRAINT schema_migration_pkey PRIMARY KEY (version);

ALTER TABLE ONLY hub.schema_release
    ADD CONSTRAINT schema_release_pkey PRIMARY KEY (fingerprint);

ALTER TABLE ONLY hub.sealed
    ADD CONSTRAINT sealed_pkey PRIMARY KEY (county, "position", audience);

ALTER TABLE ONLY hub.step_fired
    ADD CONSTRAINT step_fired_pkey PRIMARY KEY (county, duty, kind, step);

ALTER TABLE ONLY hub.timer
    ADD CONSTRAINT timer_pkey PRIMARY KEY (county, due, duty, kind, step);

ALTER TABLE ONLY hub.token
    ADD CONSTRAINT token_id_key UNIQUE (id);

ALTER TABLE ONLY hub.token
    ADD CONSTRAINT token_pkey PRIMARY KEY (hash);

ALTER TABLE ONLY hub.unit_rate
    ADD CONSTRAINT unit_rate_pkey PRIMARY KEY (county, unit);

ALTER TABLE ONLY hub.wording
    ADD CONSTRAINT wording_pkey PRIMARY KEY (county, hash);

CREATE INDEX access_log_county_unit_id_idx ON hub.access_log USING btree (county, unit, id);

CREATE INDEX board_delta_county_idx ON hub.board_delta USING btree (county);

CREATE UNIQUE INDEX case_county_kind_natural_key_key ON hub."case" USING btree (county, kind, natural_key) WHERE (closed_at IS NULL);

CREATE INDEX command_key_at_idx ON hub.command_key USING btree (at);

CREATE INDEX duty_change_county_duty_position_idx ON ONLY hub.duty_change USING btree (county, duty, "position");

CREATE INDEX duty_change_county_lead_position_idx ON ONLY hub.duty_change USING btree (county, lead, "position");

CREATE INDEX duty_change_county_publisher_position_idx ON ONLY hub.duty_change USING btree (county, publisher, "position");

CREATE INDEX duty_change_county_unit_position_idx ON ONLY hub.duty_change USING btree (county, unit, "position");

CREATE INDEX duty_county_case_id_idx ON hub.duty USING btree (county, case_id, id);

CREATE INDEX duty_county_unit_id_ended_idx ON hub.duty USING btree (county, unit, id) WHERE (ended_at IS NOT NULL);

CREATE INDEX duty_county_unit_id_open_idx ON hub.duty USING btree (county, unit, id) WHERE (ended_at IS NULL);

CREATE INDEX event_county_case_id_position_idx ON ONLY hub.event USING btree (county, case_id, "position");

CREATE INDEX event_county_source_unit_recorded_at_idx ON ONLY hub.event USING btree (county, source_unit, recorded_at, "position");

CREATE INDEX event_county_type_position_idx ON ONLY hub.event USING btree (county, type, "position");

CREATE INDEX lease_county_consumer_blocked_idx ON hub.lease USING btree (county, consumer, case_id, "position") WHERE (state = 'blocked'::text);

CREATE INDEX lease_county_consumer_case_id_idx ON hub.lease USING btree (county, consumer, case_id, "position") WHERE ((case_id IS NOT NULL) AND (state = ANY (ARRAY['leased'::text, 'waiting'::text])));

CREATE INDEX lease_county_consumer_dead_idx ON hub.lease USING btree (county, consumer, "position") WHERE (state = 'dead'::text);

CREATE INDEX lease_county_consumer_leased_idx ON hub.lease USING btree (county, consumer, until, "position") WHERE (state = 'leased'::text);

CREATE INDEX lease_county_consumer_waiting_idx ON hub.lease USING btree (county, consumer, until, "position") WHERE (state = 'waiting'::text);

CREATE INDEX officer_county_unit_idx ON hub.officer USING btree (county, unit);

CREATE INDEX timer_county_duty_late_idx ON hub.timer USING btree (county, duty) WHERE (step > 1);

CREATE INDEX token_county_unit_idx ON hub.token USING btree (county, unit);
