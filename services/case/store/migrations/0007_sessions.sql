-- Who is signed in to the pages. The cookie itself is never kept: `id` is its SHA-256, and what a session keeps for its
-- person until they sign out is sealed with it.
CREATE TABLE sessions (
    id bytea PRIMARY KEY,
    person jsonb NOT NULL,
    name text NOT NULL,
    began_at timestamptz NOT NULL DEFAULT now(),
    seen_at timestamptz NOT NULL DEFAULT now(),
    sealed bytea
);
CREATE INDEX sessions_seen_idx ON sessions (seen_at);

-- Whom the pages have seen: names to show in the place of ids, and colleagues to give a task to.
CREATE TABLE people (
    authority text NOT NULL,
    id text NOT NULL,
    name text NOT NULL,
    memberships text[] NOT NULL, -- role@organisation
    seen_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (authority, id)
);

-- Filters that somebody has named, to see the same list again. Codes only.
CREATE TABLE saved_filters (
    authority text NOT NULL,
    person text NOT NULL,
    name text NOT NULL,
    query text NOT NULL,
    PRIMARY KEY (authority, person, name)
);
