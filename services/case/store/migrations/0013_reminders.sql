-- When whoever owes a duty is reminded of it next.
ALTER TABLE deadlines ADD COLUMN reminds_at timestamptz;
CREATE INDEX deadlines_reminding_idx ON deadlines (reminds_at) WHERE state = 'open';

-- It is filled again from the log.
TRUNCATE deadlines;
UPDATE reader_positions SET position = 0 WHERE reader = 'deadlines';
