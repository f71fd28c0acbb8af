import type { SandboxIndexLag } from '../config.ts'
import { newRecord, type IssueChange, type IssueRecord, type NewIssue } from '../issues/issue-record.ts'
import { indexLagMs } from './index-lag.ts'
import { createIssueParts } from './issue-parts.ts'
import { readMeta, writeMeta } from './meta.ts'
import type { SandboxDatabase } from './open-database.ts'
import type { ProjectTable } from './projects.ts'
import type { SearchIndex } from './search-index.ts'

/** Each method is one transaction. Stamps are site epoch ms. */
export interface IssueWrites {
  create(issue: NewIssue, createdMs: number): IssueRecord
  /** Takes the ids of `count` tickets that are to be added later, and gives the first. */
  reserveIds(count: number): number
  /** Adds tickets of the past, whose ids and numbers were taken before and which the index has long seen. */
  addPast(issues: readonly PastIssue[]): void
  /** Returns the ticket as it is then. */
  change(issue: IssueRecord, change: IssueChange, updatedMs: number): IssueRecord
  /** Gives a ticket its next key in another project, or the one that it had there before. Its id stays. */
  move(issue: IssueRecord, projectKey: string, updatedMs: number): IssueRecord
  /** Does nothing where there is no such ticket. Search finds it until its index has caught up. */
  remove(issueId: number): void
}

interface PastIssue extends NewIssue {
  readonly id: number
  readonly number: number
  readonly createdMs: number
}

/** What writing has to know besides. */
interface WriteContext {
  readonly lag: () => { readonly indexLag: SandboxIndexLag; readonly seed: number }
  /** The ticket as it is. */
  readonly find: (id: string) => IssueRecord | undefined
  /** Site epoch ms. */
  readonly now: () => number
}

const FIRST_ISSUE_ID = 10_000

export function createIssueWrites(
  db: SandboxDatabase,
  projects: ProjectTable,
  index: SearchIndex,
  { lag, find, now }: WriteContext,
): IssueWrites {
  const parts = createIssueParts(db)
  const dueMs = ({ id }: IssueRecord, changedMs: number): number | null => {
    const { indexLag, seed } = lag()
    const lagMs = indexLagMs(indexLag, seed, id)
    return lagMs === 0 ? null : changedMs + lagMs
  }

  const create = db.transaction((issue: NewIssue, createdMs: number): IssueRecord => {
    const number = projects.takeNumbers(issue.projectKey, 1)
    const record = newRecord(issue, takeIds(db, 1), number, createdMs)
    index.put(record, dueMs(record, createdMs))
    parts.add(record.id, issue)
    return record
  })

  const addPast = db.transaction((issues: readonly PastIssue[]): void => {
    for (const issue of issues) {
      index.add(newRecord(issue, issue.id, issue.number, issue.createdMs))
      parts.add(issue.id, issue)
    }
  })

  const change = db.transaction((issue: IssueRecord, wanted: IssueChange, updatedMs: number): IssueRecord => {
    const { description, ...fields } = wanted
    if (description !== undefined) parts.describe(issue.id, description)
    const changed = { ...issue, ...fields, updatedMs }
    if (changed.priorityId !== issue.priorityId) parts.addPriorityChange(issue, changed)
    index.put(changed, dueMs(changed, updatedMs))
    return changed
  })

  const move = db.transaction((issue: IssueRecord, projectKey: string, updatedMs: number): IssueRecord => {
    const number = parts.oldNumber(issue.id, projectKey) ?? projects.takeNumbers(projectKey, 1)
    parts.addOldKey(issue)
    const moved = { ...issue, projectKey, number, updatedMs }
    index.put(moved, dueMs(moved, updatedMs))
    return moved
  })

  const remove = db.transaction((issueId: number): void => {
    const issue = find(String(issueId))
    if (issue === undefined) return
    index.catchUp(now()) // what was due before, search would have shown by now
    index.remove(issue, dueMs(issue, now()))
    parts.remove(issueId)
  })

  return { create, reserveIds: (count) => takeIds(db, count), addPast, change, move, remove }
}

/** Takes the next `count` ids and returns the first. Ids are never given twice. */
function takeIds(db: SandboxDatabase, count: number): number {
  const first = Number(readMeta(db, 'next_issue_id') ?? FIRST_ISSUE_ID)
  writeMeta(db, 'next_issue_id', String(first + count))
  return first
}
