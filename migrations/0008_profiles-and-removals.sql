-- part: ledger
-- Runs with a profile, over several projects and issue types, that other processes may ask to pause or stop; and the
-- tickets that a clean-up deleted.

-- As the person wrote it.
ALTER TABLE runs ADD COLUMN profile TEXT NOT NULL DEFAULT 'steady';
-- pause or stop, for the process that works on it.
ALTER TABLE runs ADD COLUMN wish TEXT;

ALTER TABLE slots ADD COLUMN project_key TEXT NOT NULL DEFAULT '';
-- '' is the project's usual one.
ALTER TABLE slots ADD COLUMN issue_type_id TEXT NOT NULL DEFAULT '';
ALTER TABLE slots ADD COLUMN removed_ms BIGINT;

-- Made anew below: without it, filling the new column is faster.
DROP INDEX slots_by_state;
UPDATE slots SET project_key = runs.project_key
FROM runs WHERE runs.site_id = slots.site_id AND runs.run_id = slots.run_id;

-- With the planned time, what a run has missed is counted from it alone. The condition holds for every slot and is said by
-- whoever counts: so that nobody else, who looks for slots by their numbers, is ever led to read all of a run here.
CREATE INDEX slots_by_state ON slots (site_id, run_id, state, planned_ms) WHERE planned_ms >= -9007199254740991;

-- The plan of a span, over all runs: read in steps, each from where the last one ended.
CREATE INDEX slots_by_plan ON slots (site_id, planned_ms, run_id, slot);

-- Neither costs a slot anything before it has made its ticket, and before that is deleted again.
CREATE INDEX slots_by_ticket ON slots (site_id, issue_id) WHERE issue_id IS NOT NULL;
CREATE INDEX slots_by_removal ON slots (site_id, run_id) WHERE removed_ms IS NOT NULL;
