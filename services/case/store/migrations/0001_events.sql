-- The event log, in the layout of the eventsourcing library. Every stream's every version once; positions in commit order.
CREATE TABLE events (
    originator_id uuid NOT NULL,
    originator_version bigint NOT NULL,
    topic text NOT NULL,
    state bytea NOT NULL,
    notification_id bigserial,
    PRIMARY KEY (originator_id, originator_version)
) WITH (
    autovacuum_vacuum_threshold = 100000000,
    autovacuum_vacuum_insert_threshold = 100000,
    autovacuum_analyze_threshold = 1000,
    autovacuum_analyze_scale_factor = 0.01
);
CREATE UNIQUE INDEX events_notification_id_idx ON events (notification_id);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events are never changed or removed';
END $$;
CREATE TRIGGER events_never_change BEFORE UPDATE OR DELETE ON events FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER events_never_truncated BEFORE TRUNCATE ON events EXECUTE FUNCTION refuse_change();

-- The key of each stream, wrapped by the master key. Deleting the row erases the person.
CREATE TABLE stream_keys (
    stream uuid PRIMARY KEY,
    wrapped bytea NOT NULL
);

-- The last state kept of a case: a way past its events, disposable.
CREATE TABLE snapshots (
    stream uuid PRIMARY KEY,
    version bigint NOT NULL,
    hash bytea NOT NULL,
    sealed bytea NOT NULL
);

-- Commands that were carried out, so that a repeated request gets the same answer and no second effect.
CREATE TABLE commands (
    id uuid PRIMARY KEY,
    digest bytea NOT NULL,
    answer bytea NOT NULL,
    stream uuid NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX commands_at_idx ON commands USING brin (at);

-- What only one stream may hold at a time, such as the open case of a pupil. Digests are keyed: nothing can be read off.
CREATE TABLE claims (
    scope text NOT NULL,
    digest bytea NOT NULL,
    stream uuid NOT NULL,
    PRIMARY KEY (scope, digest)
);
CREATE INDEX claims_stream_idx ON claims (stream);

CREATE SEQUENCE case_numbers;

-- Files in force at some time, by content: bundles, policies, calendars.
CREATE TABLE artefacts (
    hash text PRIMARY KEY,
    kind text NOT NULL,
    name text NOT NULL,
    body bytea NOT NULL
);

CREATE TABLE drafts (
    task text NOT NULL,
    person text NOT NULL,
    stream uuid NOT NULL,
    sealed bytea NOT NULL,
    saved_at timestamptz NOT NULL,
    PRIMARY KEY (task, person)
);
CREATE INDEX drafts_stream_idx ON drafts (stream);

CREATE TABLE reader_positions (
    reader text PRIMARY KEY,
    position bigint NOT NULL
);

-- Many appends in one transaction: one lock, one wake-up, one flush. Each item is stored whole or not at all; what stands
-- in the way of one does not touch the others. The lock comes first, so nobody can write between look and insert, and
-- positions are given in commit order. Returns the items not stored with the reason, and the positions of all events
-- stored, in the order given.
CREATE FUNCTION append_events(
    e_item int[], e_stream uuid[], e_version bigint[], e_topic text[], e_state bytea[],
    c_item int[], c_id uuid[], c_digest bytea[], c_answer bytea[], c_stream uuid[],
    u_item int[], u_scope text[], u_digest bytea[], u_stream uuid[], u_hold boolean[],
    k_item int[], k_stream uuid[], k_wrapped bytea[],
    s_item int[], s_stream uuid[], s_version bigint[], s_hash bytea[], s_sealed bytea[],
    OUT bad int[], OUT problems text[], OUT positions bigint[]
) LANGUAGE plpgsql AS $$
DECLARE
    i int;
BEGIN
    LOCK TABLE events IN EXCLUSIVE MODE;
    bad := '{}';
    problems := '{}';
    FOR i IN 1 .. cardinality(c_item) LOOP
        IF EXISTS (SELECT FROM commands c WHERE c.id = c_id[i]) THEN
            bad := bad || c_item[i];
            problems := problems || 'repeated'::text;
        END IF;
    END LOOP;
    FOR i IN 1 .. cardinality(e_item) LOOP
        IF e_item[i] <> ALL (bad) AND EXISTS (
            SELECT FROM events e WHERE e.originator_id = e_stream[i] AND e.originator_version = e_version[i]
        ) THEN
            bad := bad || e_item[i];
            problems := problems || 'conflict'::text;
        END IF;
    END LOOP;
    FOR i IN 1 .. cardinality(u_item) LOOP
        IF u_hold[i] AND u_item[i] <> ALL (bad) AND EXISTS (
            SELECT FROM claims u WHERE u.scope = u_scope[i] AND u.digest = u_digest[i] AND u.stream <> u_stream[i]
        ) THEN
            bad := bad || u_item[i];
            problems := problems || 'claimed'::text;
        END IF;
    END LOOP;
    WITH stored AS (
        INSERT INTO events (originator_id, originator_version, topic, state)
        SELECT n.stream, n.version, n.topic, n.state
        FROM unnest(e_item, e_stream, e_version, e_topic, e_state) WITH ORDINALITY
            AS n (item, stream, version, topic, state, place)
        WHERE n.item <> ALL (bad) ORDER BY n.place
        RETURNING notification_id
    )
    SELECT coalesce(array_agg(notification_id ORDER BY notification_id), '{}') INTO positions FROM stored;
    INSERT INTO commands (id, digest, answer, stream)
        SELECT c.id, c.digest, c.answer, c.stream
        FROM unnest(c_item, c_id, c_digest, c_answer, c_stream) AS c (item, id, digest, answer, stream)
        WHERE c.item <> ALL (bad);
    INSERT INTO stream_keys (stream, wrapped)
        SELECT k.stream, k.wrapped FROM unnest(k_item, k_stream, k_wrapped) AS k (item, stream, wrapped)
        WHERE k.item <> ALL (bad);
    INSERT INTO snapshots (stream, version, hash, sealed)
        SELECT s.stream, s.version, s.hash, s.sealed
        FROM unnest(s_item, s_stream, s_version, s_hash, s_sealed) AS s (item, stream, version, hash, sealed)
        WHERE s.item <> ALL (bad)
        ON CONFLICT (stream) DO UPDATE
        SET version = excluded.version, hash = excluded.hash, sealed = excluded.sealed;
    DELETE FROM claims USING unnest(u_item, u_scope, u_digest, u_stream, u_hold) AS u (item, scope, digest, stream, hold)
        WHERE u.item <> ALL (bad) AND NOT u.hold
        AND claims.scope = u.scope AND claims.digest = u.digest AND claims.stream = u.stream;
    INSERT INTO claims (scope, digest, stream)
        SELECT u.scope, u.digest, u.stream
        FROM unnest(u_item, u_scope, u_digest, u_stream, u_hold) AS u (item, scope, digest, stream, hold)
        WHERE u.item <> ALL (bad) AND u.hold
        ON CONFLICT (scope, digest) DO NOTHING;
    IF cardinality(positions) > 0 THEN
        NOTIFY events;
    END IF;
END $$;
