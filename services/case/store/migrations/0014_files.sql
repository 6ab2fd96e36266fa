-- What is in the files of cases, sealed with the case's key. `held`: its case was not open yet when it came, so it is
-- sealed with a key of its own until it is, and `bringer` alone can hand it to a case. `sha256` is that of what is in it.
CREATE TABLE files (
    id uuid PRIMARY KEY,
    stream uuid,
    ref text NOT NULL,
    held boolean NOT NULL,
    bringer bytea NOT NULL,
    added_at timestamptz NOT NULL,
    media_type text NOT NULL,
    size integer NOT NULL,
    sha256 bytea NOT NULL,
    names bytea NOT NULL,
    sealed bytea NOT NULL
);
ALTER TABLE files ALTER COLUMN sealed SET STORAGE EXTERNAL; -- what is encrypted does not get smaller
CREATE INDEX files_stream_idx ON files (stream);
CREATE INDEX files_held_idx ON files (added_at) WHERE held;
