-- Streams that wait because an event of theirs cannot be published: that event and the later ones, until the stream is
-- released. What waited has its turn at `released`, a place in the log that no event has.
CREATE TABLE held_streams (
    stream uuid NOT NULL,
    position bigint NOT NULL, -- of the event that cannot be published
    version bigint NOT NULL,
    type text NOT NULL,
    why text NOT NULL,
    since timestamptz NOT NULL,
    released bigint,
    PRIMARY KEY (stream, position)
);
CREATE UNIQUE INDEX held_streams_waiting_idx ON held_streams (stream) WHERE released IS NULL;
CREATE INDEX held_streams_released_idx ON held_streams (released) WHERE released IS NOT NULL;

INSERT INTO reader_positions (reader, position) VALUES ('outbox', 0);
