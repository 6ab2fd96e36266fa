-- Words with an address, for whoever sends them: sealed with the case's key, gone when it is known what became of them, and
-- after some hours anyway. `place` is the order in which they are offered.
CREATE TABLE contacts (
    place bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    delivery text NOT NULL UNIQUE,
    stream uuid NOT NULL,
    ref text NOT NULL,
    authority text NOT NULL,
    sealed bytea NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX contacts_stream_idx ON contacts (stream);
CREATE INDEX contacts_expiry_idx ON contacts (expires_at);
