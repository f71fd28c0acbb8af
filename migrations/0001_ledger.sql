-- part: ledger
-- What outlives the fetched tickets: the numbering of each site's commits, runs with their slots, and leases.
-- Ids are text, times epoch milliseconds, and every key begins with the site.

-- Numbers go on rising when the ticket tables are dropped and made anew, so that nobody takes an old number for a new
-- one. Who has seen less than reset_seq cannot be told the difference and asks for everything again.
CREATE TABLE site_seq (
  site_id TEXT NOT NULL PRIMARY KEY,
  seq BIGINT NOT NULL,
  reset_seq BIGINT NOT NULL
);

CREATE TABLE runs (
  site_id TEXT NOT NULL,
  run_id TEXT NOT NULL,
  project_key TEXT NOT NULL,
  seed BIGINT NOT NULL,
  planned BIGINT NOT NULL,
  start_ms BIGINT NOT NULL,
  end_ms BIGINT NOT NULL,
  rate DOUBLE PRECISION NOT NULL,
  state TEXT NOT NULL,
  state_since_ms BIGINT NOT NULL,
  created_ms BIGINT NOT NULL,
  PRIMARY KEY (site_id, run_id)
);

CREATE INDEX runs_by_age ON runs (site_id, created_ms);

CREATE TABLE slots (
  site_id TEXT NOT NULL,
  run_id TEXT NOT NULL,
  slot BIGINT NOT NULL,
  planned_ms BIGINT NOT NULL,
  priority_id TEXT NOT NULL,
  state TEXT NOT NULL,
  sent_ms BIGINT,
  answered_ms BIGINT,
  lateness_ms DOUBLE PRECISION,
  issue_id TEXT,
  issue_key TEXT,
  reason TEXT,
  PRIMARY KEY (site_id, run_id, slot)
);

-- A run's progress is asked for all the while: it is counted, and its lateness ranked, from these alone.
CREATE INDEX slots_by_state ON slots (site_id, run_id, state);
CREATE INDEX slots_by_lateness ON slots (site_id, run_id, lateness_ms) WHERE lateness_ms IS NOT NULL;

CREATE TABLE leases (
  site_id TEXT NOT NULL,
  name TEXT NOT NULL,
  owner TEXT NOT NULL,
  expires_ms BIGINT NOT NULL,
  PRIMARY KEY (site_id, name)
);
