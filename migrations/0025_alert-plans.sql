-- part: ledger
-- With them, what is asked of alerts and outputs reads what it needs, however much is kept. Those of times begin with the time:
-- of a site that is new to ANALYZE, PostgreSQL takes any index that begins with the site for as good as the key.
CREATE INDEX alerts_of_runs ON alerts (site_id, run_id) WHERE run_id <> '';

CREATE INDEX alert_transitions_at ON alert_transitions (at_ms, site_id);

CREATE INDEX marks_of_incidents ON marks (site_id, from_ms) WHERE kind = 'incident';

CREATE INDEX outbox_enqueued ON outbox (enqueued_ms, site_id);

CREATE INDEX outbox_sent ON outbox (output_id, sent_ms) WHERE sent_ms IS NOT NULL;

CREATE INDEX outbox_given_up ON outbox (output_id) WHERE given_up_ms IS NOT NULL;
