-- part: ledger
-- Who may use the servers of this store: public keys, tokens and one-time links, browsers that are signed in. Of tokens,
-- codes and cookies only digests are here, and no key that signs. One row: revision is another after each change of any.
CREATE TABLE access_book (
  one BIGINT NOT NULL PRIMARY KEY,
  audience TEXT NOT NULL,
  revision BIGINT NOT NULL
);

-- audience: whom the tokens of this key are for. retired_ms: since when it signs no more.
CREATE TABLE access_keys (
  kid TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  audience TEXT NOT NULL,
  x TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  retired_ms BIGINT
);

-- A token has kid and sha256, a link what begins with link_. changed_in: the workspace that made it, or ended it last.
CREATE TABLE access_tokens (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  kid TEXT,
  sha256 TEXT,
  link_digest TEXT,
  link_until_ms BIGINT,
  link_spent_ms BIGINT,
  scope TEXT NOT NULL,
  name TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  expires_ms BIGINT NOT NULL,
  revoked_ms BIGINT,
  changed_in TEXT NOT NULL,
  -- The book's revision then: the order in which they were made.
  place BIGINT NOT NULL
);

-- digest: of what the browser has as its cookie. It ends with its link.
CREATE TABLE access_sessions (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  digest TEXT NOT NULL,
  link_id TEXT NOT NULL,
  scope TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  expires_ms BIGINT NOT NULL
);
