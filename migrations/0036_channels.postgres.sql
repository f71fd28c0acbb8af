-- part: ledger
-- A program that knows older migrations alone listens to one channel for all sites, and would hear of no commit: this
-- has it refuse the database. The table is made before the first migration where it is missing.
CREATE TABLE IF NOT EXISTS migration_lock (id INTEGER NOT NULL PRIMARY KEY);
