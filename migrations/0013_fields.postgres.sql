-- part: tickets
-- What a ticket is, what it is about and who reported it, where that is known: null in the rows of an older version.

ALTER TABLE tickets
  ADD COLUMN issue_type TEXT,
  -- JSON lists of texts, in order.
  ADD COLUMN components TEXT,
  ADD COLUMN labels TEXT,
  -- A digest that tells people apart; '' where nobody reported it.
  ADD COLUMN reporter TEXT COLLATE "C",
  -- 1: a run made it. 0: none did.
  ADD COLUMN rehearsed BIGINT;

-- Of the counted tickets of which the issue type is known, or whether a run made them, always equal to a GROUP BY; what
-- minute_counts has besides is not known. '' and -1 stand for the one of the two that is not known.
CREATE TABLE field_counts (
  site_id TEXT COLLATE "C" NOT NULL,
  priority_id TEXT COLLATE "C" NOT NULL,
  minute BIGINT NOT NULL,
  project_key TEXT COLLATE "C" NOT NULL,
  issue_type TEXT COLLATE "C" NOT NULL,
  rehearsed BIGINT NOT NULL,
  count BIGINT NOT NULL,
  PRIMARY KEY (site_id, priority_id, minute, project_key, issue_type, rehearsed)
);

-- As of minute_counts: a site is never small enough to be read whole.
ALTER TABLE field_counts ALTER COLUMN site_id SET STATISTICS 0;
