-- part: ledger
-- What people noted of a time at a site, and what no table says once it is over: that the store or Jira was away.
CREATE TABLE marks (
  site_id TEXT NOT NULL,
  id TEXT NOT NULL,
  -- mark, incident, outage or fail-over
  kind TEXT NOT NULL,
  text TEXT NOT NULL,
  from_ms BIGINT NOT NULL,
  -- Null of a moment.
  to_ms BIGINT,
  -- Named by whoever wrote it: one who knows another name has not seen this state.
  revision TEXT NOT NULL,
  PRIMARY KEY (site_id, id)
);

CREATE INDEX marks_by_time ON marks (site_id, from_ms);

-- The last change of a site's marks, so that who follows them reads one row.
CREATE TABLE mark_changes (
  site_id TEXT NOT NULL PRIMARY KEY,
  last TEXT NOT NULL
);
