import type { SandboxDatabase } from './open-database.ts'

/** The issue properties of tickets: any JSON value under a key. */
export interface PropertyTable {
  keys(issueId: number): string[]
  /** Undefined where the ticket has no such property. */
  get(issueId: number, key: string): { readonly value: unknown } | undefined
  /** True where it is new. */
  set(issueId: number, key: string, value: unknown): boolean
  /** False where there was none. */
  remove(issueId: number, key: string): boolean
  /** Those of the keys that each ticket has. */
  ofIssues(issueIds: readonly number[], keys: readonly string[]): Map<number, Record<string, unknown>>
}

interface PropertyRow {
  issue_id: number
  key: string
  value: string
}

export function createPropertyTable(db: SandboxDatabase): PropertyTable {
  const keys = db.prepare<[number], string>('SELECT key FROM properties WHERE issue_id = ?').pluck()
  const get = db
    .prepare<[number, string], string>('SELECT value FROM properties WHERE issue_id = ? AND key = ?')
    .pluck()
  const insert = db.prepare('INSERT OR IGNORE INTO properties VALUES (?, ?, ?)')
  const update = db.prepare('UPDATE properties SET value = ? WHERE issue_id = ? AND key = ?')
  const remove = db.prepare('DELETE FROM properties WHERE issue_id = ? AND key = ?')
  const ofIssues = db.prepare<[string, string], PropertyRow>(
    `SELECT issue_id, key, value FROM properties
     WHERE issue_id IN (SELECT value FROM json_each(?)) AND key IN (SELECT value FROM json_each(?))`,
  )

  return {
    keys: (issueId) => keys.all(issueId),
    get(issueId, key) {
      const text = get.get(issueId, key)
      return text === undefined ? undefined : { value: JSON.parse(text) as unknown }
    },
    set(issueId, key, value) {
      const text = JSON.stringify(value)
      const isNew = insert.run(issueId, key, text).changes === 1
      if (!isNew) update.run(text, issueId, key)
      return isNew
    },
    remove: (issueId, key) => remove.run(issueId, key).changes === 1,
    ofIssues(issueIds, wanted) {
      const found = new Map<number, Record<string, unknown>>()
      if (wanted.length === 0) return found
      for (const row of ofIssues.all(JSON.stringify(issueIds), JSON.stringify(wanted))) {
        const properties = found.get(row.issue_id) ?? {}
        properties[row.key] = JSON.parse(row.value) as unknown
        found.set(row.issue_id, properties)
      }
      return found
    },
  }
}
