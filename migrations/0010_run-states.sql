-- part: ledger
-- Why a run is paused, and which write of its state was the last.

-- A code, and what a sentence about it needs, as JSON.
ALTER TABLE runs ADD COLUMN reason TEXT;
-- Named by whoever wrote the state: a process that knows another name is too late.
ALTER TABLE runs ADD COLUMN revision TEXT;
