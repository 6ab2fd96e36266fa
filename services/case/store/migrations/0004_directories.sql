-- Read models of the directories. Schools are public and belong to no authority; entries belong to the one that lists them.

CREATE TABLE schools (
    urn text PRIMARY KEY,
    name text NOT NULL,
    authority text NOT NULL,
    status text NOT NULL,
    opened_on date,
    closed_on date,
    phase text NOT NULL,
    low_age int,
    high_age int,
    easting int, -- metres
    northing int,
    needs text[] NOT NULL,
    words text NOT NULL, -- what text is looked for in
    details jsonb NOT NULL -- what is only shown
);
CREATE INDEX schools_place_idx ON schools (easting, northing);

CREATE TABLE school_links (
    urn text NOT NULL,
    linked text NOT NULL,
    kind text NOT NULL,
    since date,
    PRIMARY KEY (urn, linked, kind)
);
CREATE INDEX school_links_linked_idx ON school_links (linked);

-- Providers, strategies, and what an authority adds to schools: `kind` provider, strategy or school, `id` the URN there.
CREATE TABLE directory_entries (
    authority text NOT NULL,
    kind text NOT NULL,
    id text NOT NULL,
    version int NOT NULL, -- in the stream, when it last changed
    changed_on date NOT NULL,
    entry jsonb NOT NULL,
    contacts jsonb NOT NULL,
    PRIMARY KEY (authority, kind, id)
);

-- Schools' own checks of providers.
CREATE TABLE provider_checks (
    authority text NOT NULL,
    version int NOT NULL,
    provider text NOT NULL,
    school text NOT NULL,
    case_ref text NOT NULL,
    entry jsonb NOT NULL,
    note text NOT NULL,
    PRIMARY KEY (authority, version)
);
CREATE INDEX provider_checks_provider_idx ON provider_checks (authority, provider, school);
