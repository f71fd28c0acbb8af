/** Marks the file as a sandbox's, so that another program's database is refused instead of written to. "TPMs". */
export const APPLICATION_ID = 0x54504d73
export const SCHEMA_VERSION = 5

const issueColumns = `
  project_key TEXT NOT NULL,
  number INTEGER NOT NULL,
  type_id INTEGER NOT NULL,
  priority_id INTEGER NOT NULL,
  title TEXT NOT NULL,
  labels TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  updated_ms INTEGER NOT NULL,
  severity_id INTEGER,
  components TEXT NOT NULL DEFAULT '[]',
  reporter_id INTEGER NOT NULL DEFAULT 0,
  status_id INTEGER NOT NULL DEFAULT 10000,
  resolution_id INTEGER`

const COLUMN_NAMES = 'id, project_key, number, type_id, priority_id, title, labels, created_ms, updated_ms'

/** Tickets as they are: those that wait to be indexed, in their newest version, and those of the index. */
const latestIssues = (columns: string): string => `
CREATE VIEW latest_issues AS
  SELECT ${columns}
  FROM unindexed_issues AS newer
  WHERE gone = 0 AND seq = (SELECT max(seq) FROM unindexed_issues WHERE id = newer.id)
  UNION ALL
  SELECT ${columns}
  FROM indexed_issues AS settled
  WHERE NOT EXISTS (SELECT 1 FROM unindexed_issues WHERE id = settled.id);`
const SECOND_COLUMNS = `${COLUMN_NAMES}, severity_id`
const THIRD_COLUMNS = `${SECOND_COLUMNS}, components, reporter_id`
const LATEST_ISSUES = latestIssues(`${THIRD_COLUMNS}, status_id, resolution_id`)

/** The keys that moved tickets had: they still lead to them. */
const OLD_KEYS = `
CREATE TABLE old_keys (
  project_key TEXT NOT NULL,
  number INTEGER NOT NULL,
  issue_id INTEGER NOT NULL,
  PRIMARY KEY (project_key, number)
) WITHOUT ROWID;
CREATE INDEX old_keys_issue ON old_keys (issue_id);`

/** Who is told of changes of tickets. `parts`: a registration as JSON. Ids are never given twice. */
const WEBHOOKS = `
CREATE TABLE webhooks (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  parts TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  updated_ms INTEGER NOT NULL
);`

/**
 * Jira answers from two places: a ticket read by its id is always the newest, while search reads an index that lags
 * behind. `indexed_issues` is what search sees; versions that it does not see yet wait in `unindexed_issues` until
 * their `due_ms` (site time). A deleted ticket that the index still has waits there as `gone`. Without a lag the second
 * table stays empty.
 */
export const SCHEMA = `
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE projects (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  last_number INTEGER NOT NULL
);

CREATE TABLE indexed_issues (id INTEGER PRIMARY KEY, ${issueColumns});
CREATE UNIQUE INDEX indexed_issues_key ON indexed_issues (project_key, number);
CREATE INDEX indexed_issues_created ON indexed_issues (created_ms);
CREATE INDEX indexed_issues_updated ON indexed_issues (updated_ms);

CREATE TABLE indexed_labels (
  label TEXT NOT NULL COLLATE NOCASE,
  issue_id INTEGER NOT NULL,
  PRIMARY KEY (label, issue_id)
) WITHOUT ROWID;

CREATE TABLE unindexed_issues (
  seq INTEGER PRIMARY KEY,
  due_ms INTEGER NOT NULL,
  id INTEGER NOT NULL, ${issueColumns},
  gone INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX unindexed_issues_id ON unindexed_issues (id, seq);
CREATE INDEX unindexed_issues_key ON unindexed_issues (project_key, number);
CREATE INDEX unindexed_issues_due ON unindexed_issues (due_ms);

${LATEST_ISSUES}
${OLD_KEYS}

CREATE TABLE descriptions (issue_id INTEGER PRIMARY KEY, document TEXT NOT NULL);

-- One row for each change, for JQL's WAS: a ticket was what it is now, and everything that it was changed from.
CREATE TABLE priority_changes (
  issue_id INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  from_id INTEGER NOT NULL,
  to_id INTEGER NOT NULL
);
CREATE INDEX priority_changes_issue ON priority_changes (issue_id);

CREATE TABLE properties (
  issue_id INTEGER NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (issue_id, key)
) WITHOUT ROWID;

CREATE TABLE bulk_deletes (
  id INTEGER PRIMARY KEY,
  issue_ids TEXT NOT NULL,
  invalid INTEGER NOT NULL,
  deleted INTEGER NOT NULL,
  created_ms INTEGER NOT NULL,
  started_ms INTEGER,
  updated_ms INTEGER NOT NULL
);
${WEBHOOKS}
`

/** What a file of each version needs to be one of the next: `MIGRATIONS[0]` makes version 1 version 2. */
export const MIGRATIONS: readonly string[] = [
  `
DROP VIEW latest_issues;
ALTER TABLE indexed_issues ADD COLUMN severity_id INTEGER;
ALTER TABLE unindexed_issues ADD COLUMN severity_id INTEGER;
ALTER TABLE unindexed_issues ADD COLUMN gone INTEGER NOT NULL DEFAULT 0;
${latestIssues(SECOND_COLUMNS)}
${OLD_KEYS}
`,
  `
DROP VIEW latest_issues;
ALTER TABLE indexed_issues ADD COLUMN components TEXT NOT NULL DEFAULT '[]';
ALTER TABLE indexed_issues ADD COLUMN reporter_id INTEGER NOT NULL DEFAULT 0;
ALTER TABLE unindexed_issues ADD COLUMN components TEXT NOT NULL DEFAULT '[]';
ALTER TABLE unindexed_issues ADD COLUMN reporter_id INTEGER NOT NULL DEFAULT 0;
${latestIssues(THIRD_COLUMNS)}
`,
  WEBHOOKS,
  `
DROP VIEW latest_issues;
ALTER TABLE indexed_issues ADD COLUMN status_id INTEGER NOT NULL DEFAULT 10000;
ALTER TABLE indexed_issues ADD COLUMN resolution_id INTEGER;
ALTER TABLE unindexed_issues ADD COLUMN status_id INTEGER NOT NULL DEFAULT 10000;
ALTER TABLE unindexed_issues ADD COLUMN resolution_id INTEGER;
${LATEST_ISSUES}
`,
]
