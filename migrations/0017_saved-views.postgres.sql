-- part: ledger
-- Views that people saved under a name, for all who share the store: what the address of the dashboard held, as JSON.
CREATE TABLE saved_views (
  site_id TEXT COLLATE "C" NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  state TEXT NOT NULL,
  -- Named by whoever saved it: one who knows another name has not seen this state.
  revision TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  PRIMARY KEY (site_id, name)
);
