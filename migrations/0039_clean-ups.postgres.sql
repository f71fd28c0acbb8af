-- part: ledger
-- The last clean-up of a site's runs, as whoever works on it writes it down: how far it is, how it ended, as JSON. One at a time.
CREATE TABLE clean_ups (
  site_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  -- As the lease names it.
  owner TEXT NOT NULL,
  state TEXT NOT NULL
);
