-- What the database knows of its installation: which key file is its own.
-- Natural keys of cases are hashed under a key that the database does not hold;
-- with another one the same child would get a second case and a second clock.
-- Lock impact: none, the table is new. Older versions do not look at it.

CREATE TABLE hub.installation (
    -- There is one row at the most.
    id boolean NOT NULL DEFAULT true,
    -- HMAC of a constant under the key of the cases: it tells whether a key file
    -- fits, and nothing about the key.
    case_key_check bytea NOT NULL,
    set_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT installation_pkey PRIMARY KEY (id),
    CONSTRAINT installation_id_check CHECK (id),
    CONSTRAINT installation_case_key_check_check CHECK (octet_length(case_key_check) = 32)
);
