-- To which case the token of a link leads. The token itself is never kept: `digest` is its SHA-256. What the link is for,
-- and whether it is still good, the case knows.
CREATE TABLE links (
    digest bytea PRIMARY KEY,
    ref text NOT NULL
);
