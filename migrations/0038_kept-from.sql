-- part: ledger
-- Retention. What was created before kept_from_ms (site epoch ms, the first minute of a month in UTC) is not stored: null where
-- all is. It goes with the ticket tables when those are dropped.
ALTER TABLE site_seq ADD COLUMN kept_from_ms BIGINT;

-- What is still to be deleted of what is not kept: 2, tickets; 1, the empty cells of their counts; 0, nothing.
ALTER TABLE site_seq ADD COLUMN removing BIGINT NOT NULL DEFAULT 0;
