-- part: tickets
-- What a ticket is, what it is about and who reported it, where that is known: null in the rows of an older version.

ALTER TABLE tickets ADD COLUMN issue_type TEXT;
-- JSON lists of texts, in order.
ALTER TABLE tickets ADD COLUMN components TEXT;
ALTER TABLE tickets ADD COLUMN labels TEXT;
-- A digest that tells people apart; '' where nobody reported it.
ALTER TABLE tickets ADD COLUMN reporter TEXT;
-- 1: a run made it. 0: none did.
ALTER TABLE tickets ADD COLUMN rehearsed BIGINT;

-- Of the counted tickets of which the issue type is known, or whether a run made them, always equal to a GROUP BY; what
-- minute_counts has besides is not known. '' and -1 stand for the one of the two that is not known.
CREATE TABLE field_counts (
  site_id TEXT NOT NULL,
  priority_id TEXT NOT NULL,
  minute BIGINT NOT NULL,
  project_key TEXT NOT NULL,
  issue_type TEXT NOT NULL,
  rehearsed BIGINT NOT NULL,
  count BIGINT NOT NULL,
  PRIMARY KEY (site_id, priority_id, minute, project_key, issue_type, rehearsed)
) WITHOUT ROWID;
