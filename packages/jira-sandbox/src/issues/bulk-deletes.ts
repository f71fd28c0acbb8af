import type { IssueReads } from '../database/read-issues.ts'
import type { IssueWrites } from '../database/write-issues.ts'
import type { SandboxDatabase } from '../database/open-database.ts'
import type { SandboxClock } from '../sandbox-clock.ts'
import type { IssueRecord } from './issue-record.ts'

/** One order to delete many tickets. Times are site epoch ms. */
export interface BulkDelete {
  readonly id: number
  readonly issueIds: readonly number[]
  /** How many of those that were named do not exist. */
  readonly invalid: number
  /** How many are done, from the front. */
  readonly deleted: number
  readonly createdMs: number
  readonly startedMs: number | null
  readonly updatedMs: number
}

/** Deletes tickets in the background, a few at a time, and goes on after a restart where it was. */
export interface BulkDeletes {
  submit(issueIds: readonly number[], invalid: number): number
  find(taskId: string): BulkDelete | undefined
  /**
   * Takes up what an earlier start left undone. From now on `tellOf` is called before a ticket is deleted, and what it
   * returns when that is done.
   */
  resume(tellOf?: TellOf): void
  stop(): void
}

type TellOf = (issue: IssueRecord) => () => void

const FIRST_TASK_ID = 10_000
const PER_TURN = 100

interface Row {
  id: number
  issue_ids: string
  invalid: number
  deleted: number
  created_ms: number
  started_ms: number | null
  updated_ms: number
}

export function createBulkDeletes(
  db: SandboxDatabase,
  issues: IssueReads & IssueWrites,
  clock: SandboxClock,
): BulkDeletes {
  const { byId, unfinished, insert, progress } = prepareOrders(db)
  let turn: NodeJS.Immediate | undefined
  let tellOf: TellOf = tellNobody

  const workOn = db.transaction((taskId: number): (() => void)[] => {
    const task = fromRow(byId.get(taskId) as Row)
    const next = task.issueIds.slice(task.deleted, task.deleted + PER_TURN)
    const tell = next.flatMap((issueId) => issues.find(String(issueId)) ?? []).map(tellOf)
    for (const issueId of next) issues.remove(issueId)
    const nowMs = clock.now()
    progress.run(task.deleted + next.length, nowMs, nowMs, taskId)
    return tell
  })
  const schedule = (): void => {
    turn ??= setImmediate(() => {
      turn = undefined
      const [taskId] = unfinished.all()
      if (taskId === undefined) return
      for (const tell of workOn(taskId)) tell()
      schedule()
    })
  }

  return {
    submit(issueIds, invalid) {
      const nowMs = clock.now()
      const taskId = insert.get(JSON.stringify(issueIds), invalid, nowMs, nowMs) as number
      schedule()
      return taskId
    },
    find(taskId) {
      const row = /^\d+$/.test(taskId) ? byId.get(Number(taskId)) : undefined
      return row === undefined ? undefined : fromRow(row)
    },
    resume(tell = tellNobody) {
      tellOf = tell
      schedule()
    },
    stop() {
      clearImmediate(turn)
      turn = undefined
    },
  }
}

function prepareOrders(db: SandboxDatabase) {
  const byId = db.prepare<[number], Row>('SELECT * FROM bulk_deletes WHERE id = ?')
  const unfinished = db
    .prepare<[], number>(
      'SELECT id FROM bulk_deletes WHERE deleted < json_array_length(issue_ids) ORDER BY id',
    )
    .pluck()
  const insert = db
    .prepare<[string, number, number, number], number>(
      `INSERT INTO bulk_deletes (id, issue_ids, invalid, deleted, created_ms, updated_ms)
       VALUES (coalesce((SELECT max(id) FROM bulk_deletes), ${FIRST_TASK_ID - 1}) + 1, ?, ?, 0, ?, ?) RETURNING id`,
    )
    .pluck()
  const progress = db.prepare(
    'UPDATE bulk_deletes SET deleted = ?, started_ms = coalesce(started_ms, ?), updated_ms = ? WHERE id = ?',
  )
  return { byId, unfinished, insert, progress }
}

function tellNobody(): () => void {
  return () => undefined
}

function fromRow(row: Row): BulkDelete {
  return {
    id: row.id,
    issueIds: JSON.parse(row.issue_ids) as number[],
    invalid: row.invalid,
    deleted: row.deleted,
    createdMs: row.created_ms,
    startedMs: row.started_ms,
    updatedMs: row.updated_ms,
  }
}
