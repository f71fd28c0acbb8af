import { setImmediate } from 'node:timers/promises'
import { IN_STATES } from '../columns.ts'
import type { RunCounts, SlotMinute, SlotState } from '../ledger.ts'
import { OF_MINUTE, runCountsOf } from '../run-counts.ts'
import type { Connection } from './connection.ts'

const OF_RUN = 'site_id = @siteId AND run_id = @runId'
/** Not of what a crash left of a run's making. */
const OF_RUN_THERE = `${OF_RUN} AND EXISTS (SELECT 1 FROM runs WHERE ${OF_RUN})`

/** See `LedgerStore.runCounts`. Each number is had from an index alone. */
export function runCounts(db: Connection, siteId: string, runId: string, atMs: number): Promise<RunCounts> {
  const ofRun = { siteId, runId }
  const count = (sql: string, params: object): number =>
    db
      .statement<{ slots: number }>(`SELECT COUNT(*) AS slots FROM slots WHERE ${OF_RUN_THERE} AND ${sql}`)
      .get(params)?.slots ?? 0
  return db.read(() =>
    runCountsOf({
      states: db
        .statement<{ state: SlotState; slots: number }>(
          `SELECT state, COUNT(*) AS slots FROM slots WHERE ${OF_RUN_THERE} AND ${IN_STATES} GROUP BY state`,
        )
        .all(ofRun),
      missed: count(`${IN_STATES} AND state = 'planned' AND planned_ms < @atMs`, { ...ofRun, atMs }),
      removed: count('removed_ms IS NOT NULL', ofRun),
      lateness: lateness(db, ofRun, count('lateness_ms IS NOT NULL', ofRun)),
    }),
  )
}

/** So many slots are grouped without letting the event loop go on. */
const SLOTS_A_READ = 10_000

/** See `LedgerStore.runMinutes`. Each slot is counted once, as it is when its step is read. */
export async function runMinutes(db: Connection, siteId: string, runId: string): Promise<SlotMinute[]> {
  const minutes = new Map<number, SlotMinute>()
  for (let after = Number.MIN_SAFE_INTEGER; ;) {
    const rows = await db.read(() =>
      db
        .statement<SlotMinute & { readonly lastSlot: number }>(
          `SELECT ${OF_MINUTE}, MAX(slot) AS lastSlot FROM (
             SELECT slot, planned_ms, state FROM slots WHERE ${OF_RUN_THERE} AND slot > @after
             ORDER BY slot LIMIT ${SLOTS_A_READ}
           ) GROUP BY 1`,
        )
        .all({ siteId, runId, after }),
    )
    let read = 0
    for (const { lastSlot, ...row } of rows) {
      const known = minutes.get(row.minute)
      minutes.set(row.minute, known === undefined ? row : sumOf(known, row))
      after = Math.max(after, lastSlot)
      read += row.planned
    }
    if (read < SLOTS_A_READ) return [...minutes.values()]
    await setImmediate()
  }
}

function sumOf(a: SlotMinute, b: SlotMinute): SlotMinute {
  return {
    minute: a.minute,
    planned: a.planned + b.planned,
    created: a.created + b.created,
    notMade: a.notMade + b.notMade,
  }
}

/** What half of the slots, and 95 of 100, keep within, and the latest. Read from the late end: it is nearer. */
function lateness(
  db: Connection,
  ofRun: { readonly siteId: string; readonly runId: string },
  known: number,
): RunCounts['lateness'] {
  if (known === 0) return null
  const after = (offset: number): number =>
    db
      .statement<{ latenessMs: number }>(
        `SELECT lateness_ms AS latenessMs FROM slots WHERE ${OF_RUN} AND lateness_ms IS NOT NULL
         ORDER BY lateness_ms DESC LIMIT 1 OFFSET @offset`,
      )
      .get({ ...ofRun, offset })?.latenessMs ?? 0
  return { p50Ms: after(Math.floor(known / 2)), p95Ms: after(Math.floor(known / 20)), maxMs: after(0) }
}
