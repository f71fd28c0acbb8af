-- part: tickets
-- Takes the place of 0022, which made this table, too, and summed all tickets in one pass: for 17 seconds of 10 million
-- nothing else was done. A database that had it has its sums.

-- What the usual is learned from: sums over five minutes, so that eight weeks are read at once. `count`: counted tickets
-- of Jira that no run made. `others`: counted tickets that were imported, or are the sample's. Always equal to a GROUP BY,
-- but for what `old_usual_counts` names; a cell that falls to 0 stays.
CREATE TABLE IF NOT EXISTS usual_counts (
  site_id TEXT COLLATE "C" NOT NULL,
  priority_id TEXT COLLATE "C" NOT NULL,
  five_minutes BIGINT NOT NULL,
  project_key TEXT COLLATE "C" NOT NULL,
  count BIGINT NOT NULL,
  others BIGINT NOT NULL,
  PRIMARY KEY (site_id, priority_id, five_minutes, project_key)
);

-- As of minute_counts: a site is never small enough to be read whole.
ALTER TABLE usual_counts ALTER COLUMN site_id SET STATISTICS 0;

-- How far back the tickets of an older version were summed, by a site's times of creation: what is before is not yet right.
-- A site without a row: all of it is.
CREATE TABLE old_usual_counts (
  site_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  before_ms BIGINT NOT NULL
);

INSERT INTO old_usual_counts (site_id, before_ms)
SELECT DISTINCT site_id, 8640000000000000 FROM day_counts
WHERE NOT EXISTS (SELECT 1 FROM migrations WHERE number = 22);
