-- part: tickets
-- The counted tickets of Jira that a run made, next to the two that the sums over five minutes have: the three together are
-- all counted tickets of a cell, so that long spans are read from a fifth of the cells. What was summed before is summed
-- again, in steps.

ALTER TABLE usual_counts ADD COLUMN rehearsed BIGINT NOT NULL DEFAULT 0;

INSERT INTO old_usual_counts (site_id, before_ms)
SELECT DISTINCT site_id, 8640000000000000 FROM day_counts WHERE true
ON CONFLICT (site_id) DO UPDATE SET before_ms = excluded.before_ms;
