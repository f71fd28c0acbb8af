-- part: ledger
-- What is said later of each message. answer: the last one, without the words of whoever gave it. times_taken: more than once
-- where an Alertmanager was told again. unrecorded: how often a sender ended before an answer was recorded, so that it may have
-- been taken then, too. output_*: what the output was, once it is removed.
ALTER TABLE outbox ADD COLUMN answer TEXT;

ALTER TABLE outbox ADD COLUMN answered_ms BIGINT;

ALTER TABLE outbox ADD COLUMN times_taken BIGINT NOT NULL DEFAULT 0;

ALTER TABLE outbox ADD COLUMN unrecorded BIGINT NOT NULL DEFAULT 0;

ALTER TABLE outbox ADD COLUMN output_name TEXT;

ALTER TABLE outbox ADD COLUMN output_kind TEXT;

UPDATE outbox SET times_taken = 1 WHERE sent_ms IS NOT NULL;

CREATE INDEX outbox_alerts ON outbox (alert_id);
