-- What the last dry run of a draft said to an authority, of references and codes only; made anew whenever somebody asks.
CREATE TABLE dry_runs (
    authority text NOT NULL,
    bundle text NOT NULL,
    began_at timestamptz NOT NULL,
    found bytea, -- nothing while it runs
    PRIMARY KEY (authority, bundle)
);
