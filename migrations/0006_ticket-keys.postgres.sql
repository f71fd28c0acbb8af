-- part: tickets
-- Keys in byte order, as in SQLite: faster to compare, and no update of the system's collations can damage an index.
ALTER TABLE tickets
  ALTER COLUMN site_id TYPE TEXT COLLATE "C",
  ALTER COLUMN id TYPE TEXT COLLATE "C",
  ALTER COLUMN project_key TYPE TEXT COLLATE "C",
  ALTER COLUMN priority_id TYPE TEXT COLLATE "C",
  ALTER COLUMN left_project_key TYPE TEXT COLLATE "C";

ALTER TABLE minute_counts
  ALTER COLUMN site_id TYPE TEXT COLLATE "C",
  ALTER COLUMN priority_id TYPE TEXT COLLATE "C",
  ALTER COLUMN project_key TYPE TEXT COLLATE "C";

ALTER TABLE day_counts
  ALTER COLUMN site_id TYPE TEXT COLLATE "C",
  ALTER COLUMN priority_id TYPE TEXT COLLATE "C",
  ALTER COLUMN project_key TYPE TEXT COLLATE "C";

ALTER TABLE sync_state
  ALTER COLUMN site_id TYPE TEXT COLLATE "C",
  ALTER COLUMN scope TYPE TEXT COLLATE "C";

ALTER TABLE first_fetches
  ALTER COLUMN site_id TYPE TEXT COLLATE "C",
  ALTER COLUMN scope TYPE TEXT COLLATE "C";

ALTER TABLE fetch_pieces
  ALTER COLUMN site_id TYPE TEXT COLLATE "C",
  ALTER COLUMN scope TYPE TEXT COLLATE "C";

ALTER TABLE sync_reports
  ALTER COLUMN site_id TYPE TEXT COLLATE "C",
  ALTER COLUMN scope TYPE TEXT COLLATE "C";

-- Nothing is known of how many rows a site has, on purpose. What the server last learned may be that a new site, with a
-- million tickets since, has none; then every index of that site looks as good as any other, and one id may be looked
-- for in all of them. Unknown, a site is 1 in 200 of the table: a plan that reads all of it is never the best.
ALTER TABLE tickets ALTER COLUMN site_id SET STATISTICS 0;
ALTER TABLE minute_counts ALTER COLUMN site_id SET STATISTICS 0;

-- With room beside it, a new version of a row stays on its page, and in no index where none of its columns changed.
ALTER TABLE tickets SET (fillfactor = 90);
ALTER TABLE day_counts SET (fillfactor = 50);
ALTER TABLE sync_state SET (fillfactor = 50);
ALTER TABLE fetch_pieces SET (fillfactor = 50);
