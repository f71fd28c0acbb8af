-- part: tickets
-- What is fetched from Jira and can be fetched again. The person may drop these tables and make them anew.

-- A ticket that is no longer watched stays, with left_ms and why; it is not counted.
CREATE TABLE tickets (
  site_id TEXT NOT NULL,
  id TEXT NOT NULL,
  key TEXT NOT NULL,
  project_key TEXT NOT NULL,
  title TEXT NOT NULL,
  priority_id TEXT NOT NULL,
  priority_name TEXT NOT NULL,
  status TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  updated_ms BIGINT NOT NULL,
  first_seen_ms BIGINT NOT NULL,
  left_ms BIGINT,
  left_reason TEXT,
  PRIMARY KEY (site_id, id)
);

CREATE INDEX tickets_by_created ON tickets (site_id, created_ms);

-- Always equal to GROUP BY over the tickets that have not left. The priority stands before the minute, so that a chart
-- reads only the priorities that it shows. A cell that falls to 0 stays: its seq tells others that it fell.
CREATE TABLE minute_counts (
  site_id TEXT NOT NULL,
  priority_id TEXT NOT NULL,
  minute BIGINT NOT NULL,
  project_key TEXT NOT NULL,
  count BIGINT NOT NULL,
  seq BIGINT NOT NULL,
  PRIMARY KEY (site_id, priority_id, minute, project_key)
);

CREATE INDEX minute_counts_by_seq ON minute_counts (site_id, seq);

CREATE TABLE sync_state (
  site_id TEXT NOT NULL,
  scope TEXT NOT NULL,
  watermark_ms BIGINT NOT NULL,
  PRIMARY KEY (site_id, scope)
);

-- Whoever shows counts of these tables starts anew.
UPDATE site_seq SET seq = seq + 1, reset_seq = seq + 1;
