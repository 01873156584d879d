-- Duties, their changes, and the clocks over them.
-- Lock impact: none, all tables are new.
--
-- A duty is updated as it is signed and settled, so no index and no index
-- predicate names a column that changes while it is open: those updates stay
-- HOT. `ended_at` is set once, at the end, and carries the partial indexes.

CREATE TABLE hub.duty (
    county smallint NOT NULL,
    id bigint NOT NULL,
    position bigint NOT NULL,
    unit text NOT NULL,
    role text NOT NULL,
    also_roles text NOT NULL DEFAULT '',
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
    milestones bytea NOT NULL,
    created_at timestamptz NOT NULL,
    sign_by timestamptz,
    settle_by timestamptz,
    provisional boolean NOT NULL,
    priority smallint NOT NULL,
    state text NOT NULL,
    version integer NOT NULL DEFAULT 1,
    signed_at timestamptz,
    signed_by text,
    accepted_at timestamptz,
    started_at timestamptz,
    completed_at timestamptz,
    completed_by text,
    outcome text,
    step smallint NOT NULL DEFAULT 0,
    reminders smallint NOT NULL DEFAULT 0,
    reworks smallint NOT NULL DEFAULT 0,
    ended_at timestamptz,
    CONSTRAINT duty_pkey PRIMARY KEY (county, id),
    CONSTRAINT duty_state_check CHECK (state IN ('awaiting-dispatch', 'dispatched', 'signed', 'accepted', 'returned',
        'in-progress', 'suspended', 'completed', 'rework', 'closed', 'reassigned', 'cancelled')),
    CONSTRAINT duty_ended_at_check CHECK ((ended_at IS NOT NULL) = (state IN ('closed', 'reassigned', 'cancelled'))),
    -- Each state has the instants that lead to it, and none of those beyond it.
    CONSTRAINT duty_signed_at_check CHECK ((signed_at IS NULL) = (signed_by IS NULL)
        AND CASE
            WHEN state IN ('awaiting-dispatch', 'dispatched') THEN signed_at IS NULL
            WHEN state IN ('signed', 'accepted', 'in-progress', 'suspended', 'completed', 'rework')
                THEN signed_at IS NOT NULL
            ELSE true
        END),
    CONSTRAINT duty_accepted_at_check CHECK (state NOT IN ('accepted', 'in-progress', 'suspended')
        OR accepted_at IS NOT NULL),
    CONSTRAINT duty_completed_at_check CHECK ((completed_at IS NULL) = (completed_by IS NULL)
        AND (ended_at IS NOT NULL OR (completed_at IS NOT NULL) = (state = 'completed')))
) WITH (fillfactor = 50);

CREATE INDEX duty_county_unit_id_open_idx ON hub.duty (county, unit, id) WHERE ended_at IS NULL;
CREATE INDEX duty_county_position_idx ON hub.duty (county, position);
CREATE INDEX duty_county_case_id_idx ON hub.duty (county, case_id, id);
CREATE INDEX duty_county_unit_id_idx ON hub.duty (county, unit, id);
CREATE INDEX duty_county_type_id_idx ON hub.duty (county, type, id);

-- History, feed entry and audit record at once. `unit`, `publisher` and `lead`
-- repeat the duty's, so that each of them reads its own log by one index.
CREATE TABLE hub.duty_change (
    county smallint NOT NULL,
    position bigint NOT NULL,
    duty bigint NOT NULL,
    version integer NOT NULL,
    unit text NOT NULL,
    publisher text NOT NULL,
    lead text,
    at timestamptz NOT NULL,
    token uuid,
    by_unit text NOT NULL,
    officer text,
    command text NOT NULL,
    from_state text NOT NULL,
    to_state text NOT NULL,
    -- Canonical JSON of codes only (outcome, milestone, step …).
    detail bytea,
    -- What a person wrote, encrypted; it may name a child.
    sealed_note bytea,
    CONSTRAINT duty_change_pkey PRIMARY KEY (county, position)
) PARTITION BY RANGE (position);

CREATE INDEX duty_change_county_duty_position_idx ON hub.duty_change (county, duty, position);
CREATE INDEX duty_change_county_unit_position_idx ON hub.duty_change (county, unit, position);
CREATE INDEX duty_change_county_publisher_position_idx ON hub.duty_change (county, publisher, position);
CREATE INDEX duty_change_county_lead_position_idx ON hub.duty_change (county, lead, position);

-- Idempotency keys of commands, kept 30 days a token and duty.
CREATE TABLE hub.command_key (
    county smallint NOT NULL,
    duty bigint NOT NULL,
    -- The first 16 bytes of SHA-256 over token and key.
    key uuid NOT NULL,
    request bytea NOT NULL,
    version integer NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT command_key_pkey PRIMARY KEY (county, duty, key)
);

CREATE INDEX command_key_at_idx ON hub.command_key (at);

-- The next step only, one row a duty and milestone. A row whose milestone has
-- been met meanwhile is discarded when it falls due, so that signing writes
-- nothing here. Where a milestone is late and its ladder has ended, its row
-- rests at infinity.
CREATE TABLE hub.timer (
    county smallint NOT NULL,
    due timestamptz NOT NULL,
    duty bigint NOT NULL,
    kind text NOT NULL,
    step smallint NOT NULL,
    CONSTRAINT timer_pkey PRIMARY KEY (county, due, duty, kind, step)
);

-- What waits for a step beyond the first is late, or was until lately: lists of
-- late duties are read from here and from the timers that are due. First steps
-- are -1 and 1, so that admission writes nothing to it.
CREATE INDEX timer_county_duty_late_idx ON hub.timer (county, duty) WHERE step > 1;

CREATE TABLE hub.step_fired (
    county smallint NOT NULL,
    duty bigint NOT NULL,
    kind text NOT NULL,
    step smallint NOT NULL,
    as_of timestamptz NOT NULL,
    outcome text NOT NULL,
    CONSTRAINT step_fired_pkey PRIMARY KEY (county, duty, kind, step),
    CONSTRAINT step_fired_outcome_check CHECK (outcome IN ('reminded', 'drafted', 'proposed', 'collapsed'))
);

-- Counts for the board, appended a batch at a time and folded by maintenance.
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
);

CREATE INDEX board_delta_county_idx ON hub.board_delta (county);

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
    step_5 bigint NOT NULL,
    CONSTRAINT board_rollup_pkey PRIMARY KEY (county, unit, type)
);

-- Every opening of personal data, granted or refused, committed before the answer.
CREATE TABLE hub.access_log (
    county smallint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL,
    unit text NOT NULL,
    officer text,
    token uuid NOT NULL,
    position bigint NOT NULL,
    sealed_purpose bytea,
    outcome text NOT NULL,
    code text,
    CONSTRAINT access_log_pkey PRIMARY KEY (county, id),
    CONSTRAINT access_log_outcome_check CHECK (outcome IN ('granted', 'refused')),
    CONSTRAINT access_log_code_check CHECK ((outcome = 'refused') = (code IS NOT NULL))
);

CREATE INDEX access_log_county_unit_id_idx ON hub.access_log (county, unit, id);
