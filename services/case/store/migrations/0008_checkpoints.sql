-- Where each stream ended when the log was last looked at (reader `checkpoints`), and what was stated of the whole.

CREATE TABLE stream_heads (
    stream uuid PRIMARY KEY,
    version bigint NOT NULL,
    hash bytea NOT NULL
);

-- `statement` is the text that is signed (contracts/checkpoint.py). Keys and signatures in hexadecimal digits.
CREATE TABLE checkpoints (
    position bigint PRIMARY KEY,
    statement text NOT NULL,
    key text NOT NULL,
    signature text NOT NULL,
    countersigner text NOT NULL DEFAULT '',
    countersignature text NOT NULL DEFAULT ''
);

INSERT INTO reader_positions (reader, position) VALUES ('checkpoints', 0);
