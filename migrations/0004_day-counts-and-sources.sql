-- part: tickets
-- Counts by day, so that what lies outside a chart is summed without reading every minute; where tickets came from; and
-- what the instance that fetches tells the others.

-- jira, import or sample. Jira's own version takes the place of any other.
ALTER TABLE tickets ADD COLUMN source TEXT NOT NULL DEFAULT 'jira';
UPDATE tickets SET source = 'sample' WHERE id LIKE 'sample-%';

-- Always the sums of minute_counts over days of 1,440 minutes. A cell that falls to 0 stays.
CREATE TABLE day_counts (
  site_id TEXT NOT NULL,
  priority_id TEXT NOT NULL,
  day BIGINT NOT NULL,
  project_key TEXT NOT NULL,
  count BIGINT NOT NULL,
  PRIMARY KEY (site_id, priority_id, day, project_key)
);

-- Division rounds towards 0, days before 1970 are rounded down.
INSERT INTO day_counts (site_id, priority_id, day, project_key, count)
SELECT site_id, priority_id, CASE WHEN minute >= 0 THEN minute / 1440 ELSE (minute - 1439) / 1440 END, project_key,
  SUM(count)
FROM minute_counts GROUP BY 1, 2, 3, 4;

-- A text of the program's own. It is replaced as often as something happens, and goes with the tickets that it is about.
CREATE TABLE sync_reports (
  site_id TEXT NOT NULL,
  scope TEXT NOT NULL,
  report TEXT NOT NULL,
  PRIMARY KEY (site_id, scope)
);
