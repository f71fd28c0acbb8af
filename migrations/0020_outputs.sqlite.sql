-- part: ledger
-- Where alerts are sent, for all who share the store; what is secret of it is with the instances that send. last_*: what it
-- answered to the last that was sent; last_taken: 1 where it took it.
CREATE TABLE outputs (
  site_id TEXT NOT NULL,
  output_id TEXT NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  url TEXT NOT NULL,
  needs_secret BIGINT NOT NULL,
  allow_private BIGINT NOT NULL,
  -- Named by whoever changed it, also where only its secret did.
  revision TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  last_ms BIGINT,
  last_taken BIGINT,
  last_answer TEXT,
  PRIMARY KEY (site_id, output_id)
);

CREATE UNIQUE INDEX outputs_names ON outputs (site_id, name);

-- What is to be sent, and what was: a row for each transition of an alert and each output. due_ms: when it is sent next;
-- null: never. sent_ms: when it was first recorded as taken; one that is due all the same is sent again, for as long as no
-- other transition of its alert came. Times are of the store's clock.
CREATE TABLE outbox (
  site_id TEXT NOT NULL,
  output_id TEXT NOT NULL,
  alert_id TEXT NOT NULL,
  transition TEXT NOT NULL,
  -- Its place among those of its alert, which are sent in this order.
  place BIGINT NOT NULL,
  message TEXT NOT NULL,
  enqueued_ms BIGINT NOT NULL,
  due_ms BIGINT,
  -- 0: another transition of its alert came since.
  repeats BIGINT NOT NULL,
  -- Failures since the last success.
  attempts BIGINT NOT NULL DEFAULT 0,
  sent_ms BIGINT,
  given_up_ms BIGINT,
  -- The instance that sends it now, and until when that is its right.
  claimed_by TEXT,
  claimed_until_ms BIGINT,
  PRIMARY KEY (site_id, output_id, alert_id, transition)
);
CREATE INDEX outbox_due ON outbox (site_id, due_ms) WHERE due_ms IS NOT NULL;
