import { fromRow, ISSUE_COLUMNS, type IssueRecord, type IssueRow } from '../issues/issue-record.ts'
import type { SandboxDatabase } from './open-database.ts'

/** Tickets as they are, whatever the index knows of them. */
export interface IssueReads {
  /** The ticket with this id or key, or undefined. */
  find(idOrKey: string): IssueRecord | undefined
  /** An Atlassian document, or null. */
  description(issueId: number): unknown
  /** Every ticket, by id; of one label where it is given. */
  all(label: string | undefined): IssueRecord[]
}

export function createIssueReads(db: SandboxDatabase): IssueReads {
  const byId = db.prepare<[number], IssueRow>(`SELECT ${ISSUE_COLUMNS} FROM latest_issues WHERE id = ?`)
  const byKey = db.prepare<[string, number], IssueRow>(
    `SELECT ${ISSUE_COLUMNS} FROM latest_issues WHERE project_key = ? AND number = ?`,
  )
  const all = db.prepare<[{ label: string | null }], IssueRow>(
    `SELECT ${ISSUE_COLUMNS} FROM latest_issues
     WHERE :label IS NULL OR :label IN (SELECT value FROM json_each(labels)) ORDER BY id`,
  )
  const description = db
    .prepare<[number], string>('SELECT document FROM descriptions WHERE issue_id = ?')
    .pluck()

  return {
    find(idOrKey) {
      const row = /^\d+$/.test(idOrKey) ? byId.get(Number(idOrKey)) : byKey.get(...splitKey(idOrKey))
      return row === undefined ? undefined : fromRow(row)
    },
    description(issueId) {
      const text = description.get(issueId)
      return text === undefined ? null : (JSON.parse(text) as unknown)
    },
    all: (label) => all.all({ label: label ?? null }).map(fromRow),
  }
}

/** `tpm-12` → `TPM`, 12; what is no key gets a number that no ticket has. */
function splitKey(key: string): [string, number] {
  const dash = key.lastIndexOf('-')
  const number = key.slice(dash + 1)
  return [key.slice(0, Math.max(0, dash)).toUpperCase(), /^\d+$/.test(number) ? Number(number) : -1]
}
