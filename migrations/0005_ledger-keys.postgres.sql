-- part: ledger
-- Keys in byte order, as in SQLite: faster to compare, and no update of the system's collations can damage an index.
ALTER TABLE site_seq
  ALTER COLUMN site_id TYPE TEXT COLLATE "C";

ALTER TABLE runs
  ALTER COLUMN site_id TYPE TEXT COLLATE "C",
  ALTER COLUMN run_id TYPE TEXT COLLATE "C";

ALTER TABLE slots
  ALTER COLUMN site_id TYPE TEXT COLLATE "C",
  ALTER COLUMN run_id TYPE TEXT COLLATE "C",
  ALTER COLUMN state TYPE TEXT COLLATE "C";

ALTER TABLE leases
  ALTER COLUMN site_id TYPE TEXT COLLATE "C",
  ALTER COLUMN name TYPE TEXT COLLATE "C";

-- A few rows that are rewritten all the time: with room beside it, a new version stays on its page and in no index.
ALTER TABLE site_seq SET (fillfactor = 50);
ALTER TABLE leases SET (fillfactor = 50);
