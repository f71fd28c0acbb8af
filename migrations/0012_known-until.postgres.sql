-- part: tickets
-- What a search that found nothing shows: everything that was created before is stored. The watermark, which only a
-- search that found something moves, and a first fetch's plan show the same of what is before them.
CREATE TABLE known_until (
  site_id TEXT COLLATE "C" NOT NULL,
  scope TEXT COLLATE "C" NOT NULL,
  known_ms BIGINT NOT NULL,
  PRIMARY KEY (site_id, scope)
) WITH (fillfactor = 50);
