-- part: ledger
-- What a Jira is and what is watched there, as it was found for settings that ask for it: so that what is stored can be
-- read without that Jira.
CREATE TABLE known_sites (
  -- A digest of the settings.
  asked TEXT NOT NULL PRIMARY KEY,
  -- JSON.
  site TEXT NOT NULL
);
