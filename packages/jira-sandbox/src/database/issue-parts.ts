import type { IssueRecord, NewIssue } from '../issues/issue-record.ts'
import type { SandboxDatabase } from './open-database.ts'

/** What belongs to a ticket and is kept apart from it, because search does not look at it or looks at its past. */
export interface IssueParts {
  add(issueId: number, issue: Pick<NewIssue, 'description' | 'properties'>): void
  /** Null takes the description away. */
  describe(issueId: number, description: unknown): void
  addPriorityChange(before: IssueRecord, after: IssueRecord): void
  /** Keeps the key of a ticket that is moved away from it. */
  addOldKey(issue: IssueRecord): void
  /** The number that a ticket had in a project before, or undefined. */
  oldNumber(issueId: number, projectKey: string): number | undefined
  remove(issueId: number): void
}

export function createIssueParts(db: SandboxDatabase): IssueParts {
  const describe = db.prepare('INSERT OR REPLACE INTO descriptions VALUES (?, ?)')
  const undescribe = db.prepare('DELETE FROM descriptions WHERE issue_id = ?')
  const addProperty = db.prepare('INSERT OR REPLACE INTO properties VALUES (?, ?, ?)')
  const addChange = db.prepare('INSERT INTO priority_changes VALUES (?, ?, ?, ?)')
  const addOldKey = db.prepare('INSERT OR REPLACE INTO old_keys VALUES (?, ?, ?)')
  const oldNumber = db
    .prepare<[number, string], number>('SELECT number FROM old_keys WHERE issue_id = ? AND project_key = ?')
    .pluck()
  const removals = [
    undescribe,
    db.prepare('DELETE FROM properties WHERE issue_id = ?'),
    db.prepare('DELETE FROM priority_changes WHERE issue_id = ?'),
    db.prepare('DELETE FROM old_keys WHERE issue_id = ?'),
  ]

  return {
    add(issueId, { description, properties }) {
      if (description !== null) describe.run(issueId, JSON.stringify(description))
      for (const { key, value } of properties) addProperty.run(issueId, key, JSON.stringify(value))
    },
    describe(issueId, description) {
      if (description === null) undescribe.run(issueId)
      else describe.run(issueId, JSON.stringify(description))
    },
    addPriorityChange(before, after) {
      addChange.run(before.id, after.updatedMs, before.priorityId, after.priorityId)
    },
    addOldKey: ({ projectKey, number, id }) => void addOldKey.run(projectKey, number, id),
    oldNumber: (issueId, projectKey) => oldNumber.get(issueId, projectKey),
    remove(issueId) {
      for (const removal of removals) removal.run(issueId)
    },
  }
}
