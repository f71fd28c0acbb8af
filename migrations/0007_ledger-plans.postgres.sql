-- part: ledger
-- Becomes a key with the next migration: in byte order, as all keys are.
ALTER TABLE slots ALTER COLUMN issue_id TYPE TEXT COLLATE "C";

-- Nothing is known of how many rows a site or a run has, on purpose, as of tickets: a run that began after the server last
-- looked has none by its knowledge, and every index of the run looks as good as any other then. A new type, if only by
-- name, forgets what is known.
ALTER TABLE runs
  ALTER COLUMN site_id TYPE TEXT COLLATE "C",
  ALTER COLUMN site_id SET STATISTICS 0;

ALTER TABLE slots
  ALTER COLUMN site_id TYPE TEXT COLLATE "C",
  ALTER COLUMN run_id TYPE TEXT COLLATE "C",
  ALTER COLUMN site_id SET STATISTICS 0,
  ALTER COLUMN run_id SET STATISTICS 0;
