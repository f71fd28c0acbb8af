-- part: ledger
-- Jira's webhooks, for all who share the store: of each what it said of which ticket, and nothing of the ticket itself.
-- place: its number at the site, in the order of commits. delivery: Jira's name for it, the same over repeats; digest: of its
-- body, which alone is signed. updated_ms, late_ms: the ticket's last change by what it said, and how long after that it came,
-- by the site's clock; received_ms: by the store's.
CREATE TABLE hook_inbox (
  site_id TEXT NOT NULL,
  place BIGINT NOT NULL,
  delivery TEXT NOT NULL,
  digest TEXT NOT NULL,
  issue_id TEXT NOT NULL,
  updated_ms BIGINT NOT NULL,
  late_ms BIGINT NOT NULL,
  received_ms BIGINT NOT NULL,
  PRIMARY KEY (site_id, place)
);

CREATE UNIQUE INDEX hook_inbox_deliveries ON hook_inbox (site_id, delivery);

CREATE UNIQUE INDEX hook_inbox_digests ON hook_inbox (site_id, digest);

CREATE INDEX hook_inbox_issues ON hook_inbox (site_id, issue_id, updated_ms);

CREATE INDEX hook_inbox_received ON hook_inbox (site_id, received_ms);

-- What came for a site in all; place: of the last one. in_time_ms: when one came in time last; since_ms: since when somebody
-- takes them, both by the site's clock; until_ms: for how long that is sure, by the store's.
CREATE TABLE hook_sites (
  site_id TEXT NOT NULL PRIMARY KEY,
  place BIGINT NOT NULL DEFAULT 0,
  received BIGINT NOT NULL DEFAULT 0,
  repeats BIGINT NOT NULL DEFAULT 0,
  in_time_ms BIGINT NOT NULL DEFAULT 0,
  since_ms BIGINT NOT NULL DEFAULT 0,
  until_ms BIGINT NOT NULL DEFAULT 0
);

-- Up to which place a fetch has read them. untold: changes that it found of itself and no webhook told; untold_ms: when the
-- last one was, by the site's clock.
CREATE TABLE hook_reads (
  site_id TEXT NOT NULL,
  scope TEXT NOT NULL,
  place BIGINT NOT NULL DEFAULT 0,
  untold BIGINT NOT NULL DEFAULT 0,
  untold_ms BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (site_id, scope)
);
