-- As before (0001_events.sql); what a batch has none of is not looked for: most have events and commands alone.
CREATE OR REPLACE FUNCTION append_events(
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
    IF cardinality(k_item) > 0 THEN
        INSERT INTO stream_keys (stream, wrapped)
            SELECT k.stream, k.wrapped FROM unnest(k_item, k_stream, k_wrapped) AS k (item, stream, wrapped)
            WHERE k.item <> ALL (bad);
    END IF;
    IF cardinality(s_item) > 0 THEN
        INSERT INTO snapshots (stream, version, hash, sealed)
            SELECT s.stream, s.version, s.hash, s.sealed
            FROM unnest(s_item, s_stream, s_version, s_hash, s_sealed) AS s (item, stream, version, hash, sealed)
            WHERE s.item <> ALL (bad)
            ON CONFLICT (stream) DO UPDATE
            SET version = excluded.version, hash = excluded.hash, sealed = excluded.sealed;
    END IF;
    IF cardinality(u_item) > 0 THEN
        DELETE FROM claims USING unnest(u_item, u_scope, u_digest, u_stream, u_hold) AS u (item, scope, digest, stream, hold)
            WHERE u.item <> ALL (bad) AND NOT u.hold
            AND claims.scope = u.scope AND claims.digest = u.digest AND claims.stream = u.stream;
        INSERT INTO claims (scope, digest, stream)
            SELECT u.scope, u.digest, u.stream
            FROM unnest(u_item, u_scope, u_digest, u_stream, u_hold) AS u (item, scope, digest, stream, hold)
            WHERE u.item <> ALL (bad) AND u.hold
            ON CONFLICT (scope, digest) DO NOTHING;
    END IF;
    IF cardinality(positions) > 0 THEN
        NOTIFY events;
    END IF;
END $$;
