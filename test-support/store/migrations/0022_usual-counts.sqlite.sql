-- part: tickets
-- What the usual is learned from: sums over five minutes, so that eight weeks are read at once. `count`: counted tickets
-- of Jira that no run made. `others`: counted tickets that were imported, or are the sample's. Always equal to a GROUP BY;
-- a cell that falls to 0 stays.
CREATE TABLE usual_counts (
  site_id TEXT NOT NULL,
  priority_id TEXT NOT NULL,
  five_minutes BIGINT NOT NULL,
  project_key TEXT NOT NULL,
  count BIGINT NOT NULL,
  others BIGINT NOT NULL,
  PRIMARY KEY (site_id, priority_id, five_minutes, project_key)
) WITHOUT ROWID;

-- Division rounds towards 0, times before 1970 are rounded down.
INSERT INTO usual_counts (site_id, priority_id, five_minutes, project_key, count, others)
SELECT site_id, priority_id,
  CASE WHEN created_ms >= 0 THEN created_ms / 300000 ELSE (created_ms - 299999) / 300000 END, project_key,
  SUM(CASE WHEN source = 'jira' AND COALESCE(rehearsed, 0) <> 1 THEN 1 ELSE 0 END),
  SUM(CASE WHEN source <> 'jira' THEN 1 ELSE 0 END)
FROM tickets WHERE left_ms IS NULL GROUP BY 1, 2, 3, 4;
