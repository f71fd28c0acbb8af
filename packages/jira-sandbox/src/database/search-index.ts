import { fromRow, ISSUE_COLUMNS, rowValues, type IssueRecord, type IssueRow } from '../issues/issue-record.ts'
import type { SandboxDatabase } from './open-database.ts'

/** What search sees, and the newer versions of tickets that wait to be seen. */
export interface SearchIndex {
  /** Puts in a ticket that is new and to be seen at once. */
  add(issue: IssueRecord): void
  /** Puts a version into the index at once (`dueMs` null) or when the site's clock shows `dueMs`. */
  put(issue: IssueRecord, dueMs: number | null): void
  /** Indexes every version that is due. */
  catchUp(siteMs: number): void
  /** Indexes every waiting version, due or not. */
  flush(): void
  /** Runs a search in which these tickets are already indexed; for others, and later, nothing changes. */
  reconciled<T>(ids: readonly number[], search: () => T): T
  /** Takes a ticket out of the index at once (`dueMs` null) or when the site's clock shows `dueMs`. */
  remove(issue: IssueRecord, dueMs: number | null): void
}

interface WaitingRow extends IssueRow {
  seq: number
  /** 1: the ticket was deleted. */
  gone: 0 | 1
}

export function createSearchIndex(db: SandboxDatabase): SearchIndex {
  const indexed = createIndexedIssues(db)
  const waiting = prepareWaitingVersions(db)

  const indexAll = (rows: readonly WaitingRow[]): void => {
    for (const row of rows) {
      if (row.gone === 1) indexed.remove(row.id)
      else indexed.replace(fromRow(row))
      // Older versions that a shorter lag let this one overtake are of no use any more.
      waiting.drop.run(row.id, row.seq)
    }
  }
  const indexInOneGo = db.transaction(indexAll)

  return {
    add: indexed.add,
    put(issue, dueMs) {
      if (dueMs === null) {
        indexed.replace(issue)
        waiting.dropAll.run(issue.id)
      } else {
        waiting.add.run(dueMs, 0, ...rowValues(issue))
      }
    },
    catchUp(siteMs) {
      const due = waiting.due.all(siteMs)
      if (due.length > 0) indexInOneGo(due)
    },
    flush: () => indexInOneGo(waiting.due.all(Number.MAX_SAFE_INTEGER)),
    reconciled(ids, search) {
      const versions = ids.flatMap((id) => waiting.of.all(id))
      if (versions.length === 0) return search()
      db.exec('BEGIN')
      try {
        indexAll(versions)
        return search()
      } finally {
        db.exec('ROLLBACK')
      }
    },
    remove(issue, dueMs) {
      // Whatever was still to be indexed of it never will be: the index reads a ticket when it comes to it.
      waiting.dropAll.run(issue.id)
      if (dueMs === null) indexed.remove(issue.id)
      else if (indexed.has(issue.id)) waiting.add.run(dueMs, 1, ...rowValues(issue))
    },
  }
}

const MARKS = '?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?'

/** The tickets that search sees, and their labels. */
function createIndexedIssues(db: SandboxDatabase) {
  const put = db.prepare(`INSERT OR REPLACE INTO indexed_issues (${ISSUE_COLUMNS}) VALUES (${MARKS})`)
  const remove = db.prepare('DELETE FROM indexed_issues WHERE id = ?')
  const labelsOf = db.prepare<[number], string>('SELECT labels FROM indexed_issues WHERE id = ?').pluck()
  const addLabel = db.prepare('INSERT OR IGNORE INTO indexed_labels VALUES (?, ?)')
  const removeLabel = db.prepare('DELETE FROM indexed_labels WHERE label = ? AND issue_id = ?')

  const add = (issue: IssueRecord): void => {
    put.run(...rowValues(issue))
    for (const label of issue.labels) addLabel.run(label, issue.id)
  }
  const removeLabels = (issueId: number): void => {
    const labels = JSON.parse(labelsOf.get(issueId) ?? '[]') as string[]
    for (const label of labels) removeLabel.run(label, issueId)
  }
  return {
    add,
    has: (issueId: number): boolean => labelsOf.get(issueId) !== undefined,
    /** Also one that was not there. */
    replace(issue: IssueRecord): void {
      removeLabels(issue.id)
      add(issue)
    },
    remove(issueId: number): void {
      removeLabels(issueId)
      remove.run(issueId)
    },
  }
}

function prepareWaitingVersions(db: SandboxDatabase) {
  const rows = `SELECT seq, gone, ${ISSUE_COLUMNS} FROM unindexed_issues`
  return {
    add: db.prepare(`INSERT INTO unindexed_issues (due_ms, gone, ${ISSUE_COLUMNS}) VALUES (?, ?, ${MARKS})`),
    drop: db.prepare('DELETE FROM unindexed_issues WHERE id = ? AND seq <= ?'),
    dropAll: db.prepare('DELETE FROM unindexed_issues WHERE id = ?'),
    due: db.prepare<[number], WaitingRow>(`${rows} WHERE due_ms <= ? ORDER BY seq`),
    of: db.prepare<[number], WaitingRow>(`${rows} WHERE id = ? ORDER BY seq`),
  }
}
