-- part: ledger
-- Rules that say when tickets are an alarm, for all who share the store.
CREATE TABLE alert_rules (
  site_id TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  -- Which tickets, and when there are too many or too few: JSON.
  scope TEXT NOT NULL,
  condition TEXT NOT NULL,
  is_on BIGINT NOT NULL,
  -- Named by whoever changed it: one who knows another name has not seen this rule.
  revision TEXT COLLATE "C" NOT NULL,
  created_ms BIGINT NOT NULL,
  PRIMARY KEY (site_id, id)
);

CREATE UNIQUE INDEX alert_rules_names ON alert_rules (site_id, name);

-- How a rule stands: JSON. Of the same rule in a drill, apart from that; run_id is '' where it is none.
CREATE TABLE alert_states (
  site_id TEXT COLLATE "C" NOT NULL,
  rule_id TEXT COLLATE "C" NOT NULL,
  run_id TEXT COLLATE "C" NOT NULL,
  -- Counts its writes: one that knows another number wrote nothing.
  version BIGINT NOT NULL,
  state TEXT NOT NULL,
  PRIMARY KEY (site_id, rule_id, run_id)
);

-- Runs whose tickets count for the rules until then (epoch ms of the site).
CREATE TABLE alert_drills (
  site_id TEXT COLLATE "C" NOT NULL,
  run_id TEXT COLLATE "C" NOT NULL,
  until_ms BIGINT NOT NULL,
  PRIMARY KEY (site_id, run_id)
);

-- Each alert that there was: what its rule was then, and how it went.
CREATE TABLE alerts (
  site_id TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  rule_id TEXT COLLATE "C" NOT NULL,
  run_id TEXT COLLATE "C" NOT NULL,
  rule TEXT NOT NULL,
  started_ms BIGINT NOT NULL,
  onset_ms BIGINT NOT NULL,
  peak BIGINT NOT NULL,
  resolved_ms BIGINT,
  PRIMARY KEY (site_id, id)
);

CREATE INDEX alerts_started ON alerts (site_id, started_ms, id);

-- What became of it, in order: started, doubled, resolved, each with the message that says so.
CREATE TABLE alert_transitions (
  site_id TEXT COLLATE "C" NOT NULL,
  alert_id TEXT COLLATE "C" NOT NULL,
  transition_key TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  at_ms BIGINT NOT NULL,
  -- 0: nobody was to be disturbed.
  is_sent BIGINT NOT NULL,
  message TEXT NOT NULL,
  PRIMARY KEY (site_id, alert_id, transition_key)
);
