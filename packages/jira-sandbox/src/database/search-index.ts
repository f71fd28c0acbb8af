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
  const statements = prepare(db)

  const add = (issue: IssueRecord): void => {
    statements.index.run(...rowValues(issue))
    for (const label of issue.labels) statements.addLabel.run(label, issue.id)
  }
  const index = (issue: IssueRecord): void => {
    const old = statements.oldLabels.get(issue.id)
    if (old !== undefined) removeLabels(issue.id, old)
    add(issue)
  }
  const removeLabels = (issueId: number, labels: string): void => {
    for (const label of JSON.parse(labels) as string[]) statements.removeLabel.run(label, issueId)
  }
  const unindex = (issueId: number): void => {
    const labels = statements.oldLabels.get(issueId)
    if (labels !== undefined) removeLabels(issueId, labels)
    statements.unindex.run(issueId)
  }
  const indexAll = (rows: readonly WaitingRow[]): void => {
    for (const row of rows) {
      if (row.gone === 1) unindex(row.id)
      else index(fromRow(row))
      // Older versions that a shorter lag let this one overtake are of no use any more.
      statements.unqueue.run(row.id, row.seq)
    }
  }
  const indexInOneGo = db.transaction(indexAll)

  return {
    add,
    put(issue, dueMs) {
      if (dueMs === null) {
        index(issue)
        statements.unqueueAll.run(issue.id)
      } else {
        statements.queue.run(dueMs, 0, ...rowValues(issue))
      }
    },
    catchUp(siteMs) {
      const due = statements.due.all(siteMs)
      if (due.length > 0) indexInOneGo(due)
    },
    flush: () => indexInOneGo(statements.due.all(Number.MAX_SAFE_INTEGER)),
    reconciled(ids, search) {
      const waiting = ids.flatMap((id) => statements.waiting.all(id))
      if (waiting.length === 0) return search()
      db.exec('BEGIN')
      try {
        indexAll(waiting)
        return search()
      } finally {
        db.exec('ROLLBACK')
      }
    },
    remove(issue, dueMs) {
      // Whatever was still to be indexed of it never will be: the index reads a ticket when it comes to it.
      statements.unqueueAll.run(issue.id)
      if (dueMs === null) unindex(issue.id)
      else if (statements.oldLabels.get(issue.id) !== undefined)
        statements.queue.run(dueMs, 1, ...rowValues(issue))
    },
  }
}

function prepare(db: SandboxDatabase) {
  const marks = '?, ?, ?, ?, ?, ?, ?, ?, ?, ?'
  return {
    index: db.prepare(`INSERT OR REPLACE INTO indexed_issues (${ISSUE_COLUMNS}) VALUES (${marks})`),
    unindex: db.prepare('DELETE FROM indexed_issues WHERE id = ?'),
    oldLabels: db.prepare<[number], string>('SELECT labels FROM indexed_issues WHERE id = ?').pluck(),
    addLabel: db.prepare('INSERT OR IGNORE INTO indexed_labels VALUES (?, ?)'),
    removeLabel: db.prepare('DELETE FROM indexed_labels WHERE label = ? AND issue_id = ?'),
    queue: db.prepare(
      `INSERT INTO unindexed_issues (due_ms, gone, ${ISSUE_COLUMNS}) VALUES (?, ?, ${marks})`,
    ),
    unqueue: db.prepare('DELETE FROM unindexed_issues WHERE id = ? AND seq <= ?'),
    unqueueAll: db.prepare('DELETE FROM unindexed_issues WHERE id = ?'),
    due: db.prepare<[number], WaitingRow>(
      `SELECT seq, gone, ${ISSUE_COLUMNS} FROM unindexed_issues WHERE due_ms <= ? ORDER BY seq`,
    ),
    waiting: db.prepare<[number], WaitingRow>(
      `SELECT seq, gone, ${ISSUE_COLUMNS} FROM unindexed_issues WHERE id = ? ORDER BY seq`,
    ),
  }
}
