-- The ledger: of every event of every stream its link in the hash chain. Nothing here tells of a person but `looks`,
-- and that of those who looked, by the id that the council's sign-in gives them.
CREATE TABLE IF NOT EXISTS entries (
    stream uuid NOT NULL,
    sequence bigint NOT NULL,
    topic text NOT NULL,
    type text NOT NULL,
    time text NOT NULL, -- as the chain's header has it
    position bigint NOT NULL, -- in the log of the case service
    previous bytea NOT NULL,
    hash bytea NOT NULL,
    facts bytea NOT NULL, -- digests
    sealed bytea NOT NULL,
    PRIMARY KEY (stream, sequence)
);

CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'entries are never changed or removed';
END $$;
CREATE OR REPLACE TRIGGER entries_never_change BEFORE UPDATE OR DELETE ON entries
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE OR REPLACE TRIGGER entries_never_truncated BEFORE TRUNCATE ON entries EXECUTE FUNCTION refuse_change();

-- Where each stream ends, and, if it is stopped, why.
CREATE TABLE IF NOT EXISTS heads (
    stream uuid PRIMARY KEY,
    sequence bigint NOT NULL,
    position bigint NOT NULL,
    hash bytea NOT NULL,
    stopped text
);
CREATE INDEX IF NOT EXISTS heads_position_idx ON heads (position);
CREATE INDEX IF NOT EXISTS heads_stopped_idx ON heads (stream) WHERE stopped IS NOT NULL;

-- What was found to be wrong. `place`: where the record came from, such as a topic's partition and offset.
CREATE TABLE IF NOT EXISTS findings (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    kind text NOT NULL, -- gap, chain, changed, malformed, checkpoint
    stream uuid,
    sequence bigint,
    place text NOT NULL,
    reason text NOT NULL
);

-- Who looked at a case.
CREATE TABLE IF NOT EXISTS looks (
    stream uuid NOT NULL,
    sequence bigint NOT NULL,
    ref text NOT NULL,
    time text NOT NULL,
    person text NOT NULL,
    role text NOT NULL,
    org text NOT NULL,
    what text NOT NULL,
    PRIMARY KEY (stream, sequence)
);
CREATE INDEX IF NOT EXISTS looks_ref_idx ON looks (ref);

-- Up to where each source was read, kept in the transaction of what was read.
CREATE TABLE IF NOT EXISTS places (
    source text PRIMARY KEY,
    place bigint NOT NULL
);

-- Checkpoints of the case service that this ledger bears out.
CREATE TABLE IF NOT EXISTS checkpoints (
    position bigint PRIMARY KEY,
    statement text NOT NULL,
    key text NOT NULL,
    signature text NOT NULL,
    countersignature text NOT NULL,
    told boolean NOT NULL DEFAULT false -- whether the case service has the countersignature
);
