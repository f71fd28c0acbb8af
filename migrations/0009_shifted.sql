-- part: ledger
-- By how much pauses have moved a run's end: what it was planned as is told by that.
ALTER TABLE runs ADD COLUMN shifted_ms BIGINT NOT NULL DEFAULT 0;
