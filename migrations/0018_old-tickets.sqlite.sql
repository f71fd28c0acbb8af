-- part: tickets
-- How far the tickets of an older version were looked for in the ledger, by a site's ticket ids: what is found there was
-- made by a run. Null: to the end.
CREATE TABLE old_tickets (
  site_id TEXT NOT NULL PRIMARY KEY,
  after_id TEXT
);
