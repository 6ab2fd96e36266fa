-- What of a pupil measures are told apart by: coarse codes, emptied with the key of the case.
ALTER TABLE measured_cases
    ADD COLUMN sex text NOT NULL DEFAULT '',
    ADD COLUMN need text NOT NULL DEFAULT '',
    ADD COLUMN ethnic_group text NOT NULL DEFAULT '',
    ADD COLUMN first_language text NOT NULL DEFAULT '',
    ADD COLUMN fsm text NOT NULL DEFAULT '';

-- They are filled again from the log.
TRUNCATE measured_cases, occurrences;
UPDATE reader_positions SET position = 0 WHERE reader = 'measures';
