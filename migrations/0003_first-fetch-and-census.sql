-- part: tickets
-- A first fetch in pieces that goes on where it was, and a census that finds what vanished.

-- When a census first missed a ticket that still counts; any sight of it takes that back.
ALTER TABLE tickets ADD COLUMN missing_since_ms BIGINT;

-- The project that a ticket counted in when it left: a moved one has another by then.
ALTER TABLE tickets ADD COLUMN left_project_key TEXT;
UPDATE tickets SET left_project_key = project_key WHERE left_ms IS NOT NULL;

-- Those that left, by creation as they are listed. Few of all the tickets are in it, and none costs a fetch anything.
CREATE INDEX tickets_by_leaving ON tickets (site_id, created_ms, left_ms, left_project_key, id)
  WHERE left_ms IS NOT NULL;

-- With the id, a span's tickets are read bit by bit, each bit from where the last one ended, however many share a
-- creation time: an import gives all of its tickets one.
DROP INDEX tickets_by_created;
CREATE INDEX tickets_by_created ON tickets (site_id, created_ms, id);

ALTER TABLE sync_state ADD COLUMN census_ms BIGINT;

-- A first fetch that is not over. The watermark becomes the scope's when the last of its pieces is whole.
CREATE TABLE first_fetches (
  site_id TEXT NOT NULL,
  scope TEXT NOT NULL,
  watermark_ms BIGINT NOT NULL,
  total BIGINT NOT NULL,
  PRIMARY KEY (site_id, scope)
);

-- What a piece still has to fetch, [from_ms, to_ms) of creation times. One that is whole has no row.
CREATE TABLE fetch_pieces (
  site_id TEXT NOT NULL,
  scope TEXT NOT NULL,
  to_ms BIGINT NOT NULL,
  from_ms BIGINT NOT NULL,
  PRIMARY KEY (site_id, scope, to_ms)
);
