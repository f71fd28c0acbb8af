-- part: ledger
-- The key that a site's reporters are told apart with, drawn once: whoever shares the store gets the same digests.
CREATE TABLE site_keys (
  site_id TEXT NOT NULL PRIMARY KEY,
  reporter_key TEXT NOT NULL
);
