-- part: ledger
-- Views that people saved under a name, for all who share the store: what the address of the dashboard held, as JSON.
CREATE TABLE saved_views (
  site_id TEXT NOT NULL,
  name TEXT NOT NULL,
  state TEXT NOT NULL,
  -- Named by whoever saved it: one who knows another name has not seen this state.
  revision TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  PRIMARY KEY (site_id, name)
);
