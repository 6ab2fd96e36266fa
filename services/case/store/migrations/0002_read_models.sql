-- Read models: made from the log, disposable, each a table or two for one question.

CREATE TABLE inbox (
    stream uuid NOT NULL,
    task int NOT NULL,
    ref text NOT NULL,
    authority text NOT NULL,
    role text NOT NULL,
    org text NOT NULL,
    person text NOT NULL,
    assignee text NOT NULL,
    party text NOT NULL,
    process text NOT NULL,
    element text NOT NULL,
    title text NOT NULL,
    home_school text NOT NULL,
    offered_on date NOT NULL,
    due date NOT NULL, -- 9999-12-31 where none is set, so that lists have one order
    PRIMARY KEY (stream, task)
);
CREATE INDEX inbox_team_idx ON inbox (authority, org, role, due, stream, task);
CREATE INDEX inbox_person_idx ON inbox (person) WHERE person <> '';
CREATE INDEX inbox_assignee_idx ON inbox (assignee) WHERE assignee <> '';

CREATE TABLE cases (
    stream uuid PRIMARY KEY,
    ref text NOT NULL,
    authority text NOT NULL,
    process text NOT NULL,
    status text NOT NULL,
    outcome text NOT NULL,
    home_school text NOT NULL,
    opened_on date NOT NULL,
    changed_at timestamptz NOT NULL,
    number bigint NOT NULL,
    relations text[] NOT NULL,
    surname text,
    forename text,
    dob text,
    upn text
);
CREATE UNIQUE INDEX cases_ref_idx ON cases (ref);
CREATE INDEX cases_authority_idx ON cases (authority, number DESC);
CREATE INDEX cases_school_idx ON cases (home_school, number DESC);
CREATE INDEX cases_relations_idx ON cases USING gin (relations);
CREATE INDEX cases_name_idx ON cases (authority, lower(surname), lower(forename));
CREATE INDEX cases_upn_idx ON cases (upn) WHERE upn IS NOT NULL;

CREATE TABLE instances (
    stream uuid NOT NULL,
    instance int NOT NULL,
    process text NOT NULL,
    bundle text NOT NULL,
    ended boolean NOT NULL,
    PRIMARY KEY (stream, instance)
);

-- Where a process instance awaits a message.
CREATE TABLE awaits (
    stream uuid NOT NULL,
    instance int NOT NULL,
    key text NOT NULL,
    PRIMARY KEY (stream, instance, key)
);

CREATE TABLE timeline (
    stream uuid NOT NULL,
    act int NOT NULL,
    recorded_at timestamptz NOT NULL,
    effective_on date NOT NULL,
    person text NOT NULL,
    role text NOT NULL,
    lines text[] NOT NULL,
    PRIMARY KEY (stream, act)
);

CREATE TABLE deadlines (
    stream uuid NOT NULL,
    deadline int NOT NULL,
    ref text NOT NULL,
    name text NOT NULL,
    title text NOT NULL,
    duty boolean NOT NULL,
    strength text NOT NULL,
    due date NOT NULL,
    acts_at timestamptz NOT NULL,
    state text NOT NULL,
    task int NOT NULL,
    PRIMARY KEY (stream, deadline)
);
CREATE INDEX deadlines_pending_idx ON deadlines (acts_at, stream, deadline) WHERE state = 'open';
