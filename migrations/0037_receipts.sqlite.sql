-- part: ledger
-- By what a database is told from a backup of itself: each workspace writes a number here, ever greater, and keeps it in its
-- folder, too. Where its own is the greater one, what was committed since is lost.

-- One row. id: another one after each time that it was found to be restored, so that a copy is another store than what it
-- was copied from. restored_ms: when it was found to be; null: never. backup_ms: of the last receipt that it had then.
CREATE TABLE store_life (
  one BIGINT NOT NULL PRIMARY KEY,
  id TEXT NOT NULL,
  restored_ms BIGINT,
  backup_ms BIGINT
);

CREATE TABLE receipts (
  workspace TEXT NOT NULL PRIMARY KEY,
  number BIGINT NOT NULL,
  noted_ms BIGINT NOT NULL
);

-- Since when it may lack slots that were sent; null where it lacks none, or they were taken for sent.
ALTER TABLE runs ADD COLUMN restored_ms BIGINT;
