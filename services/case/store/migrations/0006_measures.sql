-- What is measured: a row for each case, and one for each thing that occurred in it. Codes, days and amounts only: figures
-- stay when the key of a case is destroyed.

CREATE TABLE measured_cases (
    stream uuid PRIMARY KEY,
    ref text NOT NULL,
    authority text NOT NULL,
    home_school text NOT NULL,
    sen_provision text NOT NULL,
    ehc_assessment text NOT NULL,
    cla text NOT NULL,
    cp text NOT NULL,
    cin text NOT NULL,
    nc_year text NOT NULL,
    opened_on date,
    closed_on date,
    outcome text NOT NULL,
    at_risk_on date
);
CREATE INDEX measured_cases_authority_idx ON measured_cases (authority, home_school);

CREATE TABLE occurrences (
    stream uuid NOT NULL,
    kind text NOT NULL,
    id text NOT NULL,
    began date,
    planned date,
    ended date,
    outcome text NOT NULL,
    detail text NOT NULL,
    place text NOT NULL,
    amount bigint NOT NULL,
    total bigint NOT NULL,
    tags text[] NOT NULL,
    PRIMARY KEY (stream, kind, id)
);
CREATE INDEX occurrences_kind_idx ON occurrences (kind);
