-- What a deadline rests on, so that those are found that a change of school days concerns: the schools whose days it
-- counts, the place in the log of the last change it was counted with, and that of the event that says so.

ALTER TABLE deadlines
    ADD COLUMN schools text[] NOT NULL DEFAULT '{}',
    ADD COLUMN counted_with bigint NOT NULL DEFAULT 0,
    ADD COLUMN counted_at bigint NOT NULL DEFAULT 0,
    ADD COLUMN provisional boolean NOT NULL DEFAULT false;
CREATE INDEX deadlines_counted_idx ON deadlines (counted_at) WHERE state IN ('open', 'missed');

-- It is filled again from the log.
TRUNCATE deadlines;
UPDATE reader_positions SET position = 0 WHERE reader = 'deadlines';
