-- part: ledger
-- Of a drill also when its storm begins, when its alarm has to have come, and which rules were on then: names as JSON.
ALTER TABLE alert_drills ADD COLUMN storm_ms BIGINT NOT NULL DEFAULT 0;

ALTER TABLE alert_drills ADD COLUMN due_ms BIGINT NOT NULL DEFAULT 0;

ALTER TABLE alert_drills ADD COLUMN rules TEXT NOT NULL DEFAULT '[]';
