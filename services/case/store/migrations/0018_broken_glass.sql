-- Who broke the glass of which case, and until when: to know what somebody may read now, and to report each use.
CREATE TABLE broken_glass (
    stream uuid NOT NULL,
    version int NOT NULL,
    position bigint NOT NULL,
    ref text NOT NULL,
    authority text NOT NULL,
    person text NOT NULL,
    until timestamptz NOT NULL,
    PRIMARY KEY (stream, version)
);
CREATE INDEX ON broken_glass (person, authority, until);
CREATE INDEX ON broken_glass (authority, position);
