-- What is to be sent, and how it stands. `record` has address and words, and is emptied as soon as they are needed no more.
CREATE TABLE IF NOT EXISTS deliveries (
    delivery text PRIMARY KEY,
    ref text NOT NULL,
    authority text NOT NULL,
    state text NOT NULL, -- waiting, sending, accepted, sent, delivered, failed
    way text NOT NULL DEFAULT '',
    channel text NOT NULL DEFAULT '',
    channel_id text NOT NULL DEFAULT '', -- the channel's own
    tries int NOT NULL DEFAULT 0,
    next_at timestamptz NOT NULL DEFAULT now(),
    sending_since timestamptz,
    expires_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now(),
    record jsonb
);
CREATE INDEX IF NOT EXISTS deliveries_next_idx ON deliveries (next_at) WHERE state IN ('waiting', 'sending', 'accepted');

-- What became of them, until the case service has heard it.
CREATE TABLE IF NOT EXISTS results (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    delivery text NOT NULL,
    ref text NOT NULL,
    authority text NOT NULL,
    data jsonb NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    told boolean NOT NULL DEFAULT false
);
CREATE INDEX IF NOT EXISTS results_untold_idx ON results (id) WHERE NOT told;

-- Records that cannot be read, by their place: nobody knows what is in them, so nothing of them is kept.
CREATE TABLE IF NOT EXISTS parked (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    place text NOT NULL,
    reason text NOT NULL
);

-- Up to where each source was read, kept in the transaction of what was read.
CREATE TABLE IF NOT EXISTS places (
    source text PRIMARY KEY,
    place bigint NOT NULL
);

-- Cases that were erased, by stream: nothing of them is taken in any more.
CREATE TABLE IF NOT EXISTS erased (
    stream text PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now()
);
