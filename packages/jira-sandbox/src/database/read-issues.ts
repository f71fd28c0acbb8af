import { fromRow, ISSUE_COLUMNS, type IssueRecord, type IssueRow } from '../issues/issue-record.ts'
import type { SandboxDatabase } from './open-database.ts'

/** Tickets as they are, whatever the index knows of them. */
export interface IssueReads {
  /** The ticket with this id, key, or key that it had before it was moved; undefined where there is none. */
  find(idOrKey: string): IssueRecord | undefined
  /** An Atlassian document, or null. */
  description(issueId: number): unknown
  /** The tickets, by id: at most `limit` that come after an id, with a label where one is given. */
  all(wanted?: {
    readonly label?: string | null
    readonly afterId?: number
    readonly limit?: number
  }): IssueRecord[]
}

export function createIssueReads(db: SandboxDatabase): IssueReads {
  const byId = db.prepare<[number], IssueRow>(`SELECT ${ISSUE_COLUMNS} FROM latest_issues WHERE id = ?`)
  const byKey = db.prepare<[string, number], IssueRow>(
    `SELECT ${ISSUE_COLUMNS} FROM latest_issues WHERE project_key = ? AND number = ?`,
  )
  const byOldKey = db.prepare<[string, number], IssueRow>(
    `SELECT ${ISSUE_COLUMNS} FROM latest_issues
     WHERE id = (SELECT issue_id FROM old_keys WHERE project_key = ? AND number = ?)`,
  )
  const all = db.prepare<[{ label: string | null; afterId: number; limit: number }], IssueRow>(
    `SELECT ${ISSUE_COLUMNS} FROM latest_issues
     WHERE id > :afterId AND (:label IS NULL OR :label IN (SELECT value FROM json_each(labels)))
     ORDER BY id LIMIT :limit`,
  )
  const description = db
    .prepare<[number], string>('SELECT document FROM descriptions WHERE issue_id = ?')
    .pluck()

  const rowOfKey = (projectKey: string, number: number): IssueRow | undefined =>
    byKey.get(projectKey, number) ?? byOldKey.get(projectKey, number)

  return {
    find(idOrKey) {
      const row = /^\d+$/.test(idOrKey) ? byId.get(Number(idOrKey)) : rowOfKey(...splitKey(idOrKey))
      return row === undefined ? undefined : fromRow(row)
    },
    description(issueId) {
      const text = description.get(issueId)
      return text === undefined ? null : (JSON.parse(text) as unknown)
    },
    all: ({ label = null, afterId = 0, limit = -1 } = {}) => all.all({ label, afterId, limit }).map(fromRow),
  }
}

/** `tpm-12` → `TPM`, 12; what is no key gets a number that no ticket has. */
function splitKey(key: string): [string, number] {
  const dash = key.lastIndexOf('-')
  const number = key.slice(dash + 1)
  return [key.slice(0, Math.max(0, dash)).toUpperCase(), /^\d+$/.test(number) ? Number(number) : -1]
}
