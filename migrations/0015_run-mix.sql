-- part: ledger
-- Whether a run's tickets got all priorities, or only those that were watched: to be made again as it was.
ALTER TABLE runs ADD COLUMN mix TEXT NOT NULL DEFAULT 'all';
