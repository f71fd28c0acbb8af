import type { TimeSpan } from '../../src-shared/domain/known-spans.ts'
import { startOfMinute, MINUTES_PER_DAY, MS_PER_MINUTE } from '../../src-shared/domain/minute.ts'
import { countedMinutes } from './census.ts'
import { CELL_MS, cellDeltas, countDelta, countWrites, prioritiesIn } from './count-cells.ts'
import { isRemoved, type TicketRow } from './pages/stored-ticket.ts'
import { lockSite, raiseSeq } from './seq.ts'
import { rows, sql, type Database, type Statement, type Steps, type Tx } from './sql.ts'
import { BY_IDS, STORED_TICKET } from './tickets.ts'

// Retention: what was created before the first minute of a month is deleted, step by step, and not stored again.
// See docs/decisions/0082-retention.md.

const SITES = `
  SELECT site_id AS "siteId", kept_from_ms AS "keptFromMs", removing FROM site_seq WHERE site_id <> '' ORDER BY site_id`
const KEEP = `
  UPDATE site_seq SET kept_from_ms = :keptFromMs, removing = 2, seq = seq + 1, reset_seq = seq + 1
  WHERE site_id = :siteId AND COALESCE(kept_from_ms, 0) < :keptFromMs RETURNING seq`
const PLACE = 'SELECT kept_from_ms AS "keptFromMs", removing FROM site_seq WHERE site_id = :siteId'
/** Of tickets_by_created alone. */
const OLDEST = `
  SELECT ${STORED_TICKET} FROM tickets WHERE site_id = :siteId AND created_ms < :keptFromMs
  ORDER BY created_ms, id LIMIT :size`
const DELETE = `DELETE FROM tickets WHERE AT {${BY_IDS}}`
/** Whoever has not seen a cell fall to 0 must ask for everything again before it is gone. */
const TICKETS_GONE = `
  UPDATE site_seq SET removing = 1, seq = seq + 1, reset_seq = seq + 1 WHERE site_id = :siteId`
const ALL_GONE = 'UPDATE site_seq SET removing = 0 WHERE site_id = :siteId'

const COUNTED =
  'SELECT CAST(COALESCE(SUM(count), 0) AS BIGINT) AS tickets FROM day_counts WHERE site_id = :siteId'
/** Of tickets_by_leaving alone. */
const LEFT = `
  SELECT COUNT(*) AS tickets FROM tickets
  WHERE site_id = :siteId AND created_ms < :keptFromMs AND left_ms IS NOT NULL`
const BYTES = 'SELECT STORE_BYTES AS bytes'

/** The tables of counts, and how long (ms) one of their cells is. */
const CELLS = [
  { table: 'minute_counts', at: 'minute', ms: MS_PER_MINUTE },
  { table: 'field_counts', at: 'minute', ms: MS_PER_MINUTE },
  { table: 'usual_counts', at: 'five_minutes', ms: CELL_MS },
  { table: 'day_counts', at: 'day', ms: MINUTES_PER_DAY * MS_PER_MINUTE },
].map(({ table, at, ms }) => ({
  ms,
  /** Where each priority's cells begin: one seek for each. */
  first: prioritiesIn(
    table,
    `, (SELECT MIN(${at}) FROM ${table} WHERE site_id = :siteId AND priority_id = found.id) AS "firstCell"`,
  ),
  forget: `
    DELETE FROM ${table}
    WHERE site_id = :siteId AND priority_id = :priorityId AND ${at} >= :firstCell AND ${at} < :toCell`,
}))

/** So many tickets are deleted at once: of a busy hour and of a quiet one, with a cell of its own for each. */
const STEP = { inline: 250, onServer: 1_000 }
/** So many minutes' empty cells of each priority are deleted at once. */
const MINUTES_A_STEP = 240

/** What of a site was created before a time. */
export interface OldTickets {
  readonly siteId: string
  /** Counted tickets, and those that left. */
  readonly tickets: number
  /** Those of them that count. */
  readonly counted: number
  /** In how many minutes they were created. */
  readonly minutes: number
  /** From when to when (site epoch ms, whole minutes); null where none counts. */
  readonly span: TimeSpan | null
  /** Counted tickets that stay. */
  readonly kept: number
  /** From when on its tickets are kept by now; null: all are. `isUnfinished`: not all of what is before is deleted yet. */
  readonly keptFromMs: number | null
  readonly isUnfinished: boolean
}

interface Place {
  readonly keptFromMs: number | null
  readonly removing: 0 | 1 | 2
}

type SiteRow = Place & { readonly siteId: string }

export function createRetention(db: Database) {
  const size = db.isInline ? STEP.inline : STEP.onServer
  const sites = (): Promise<SiteRow[]> => db.query(sql<SiteRow>(SITES, {}))
  return {
    /** What was created before `keptFromMs` (site epoch ms, a whole minute), of each site of the store. Reads in steps. */
    async oldTickets(keptFromMs: number): Promise<OldTickets[]> {
      const found: OldTickets[] = []
      for (const site of await sites()) found.push(await oldOf(db, site, keptFromMs))
      return found
    },

    /** How much room the whole store takes, in bytes. */
    storeBytes: async (): Promise<number> =>
      (await db.query(sql<{ bytes: number }>(BYTES, {})))[0]?.bytes ?? 0,

    /**
     * Keeps of every site of the store only what was created from `keptFromMs` on (site epoch ms, the first minute of a day in
     * UTC): from its commit on what is before is not known and not stored again, and `deleteOld` deletes it. It never goes
     * back; `dropTables` alone forgets it.
     */
    async keepFrom(keptFromMs: number): Promise<void> {
      for (const { siteId } of await sites()) {
        await db.write(function* (tx) {
          tx.send(...lockSite(siteId))
          const [raised] = yield* rows(sql(KEEP, { siteId, keptFromMs }))
          if (raised.length === 0) tx.discard()
          else tx.notify(siteId, 'tickets')
        })
      }
    },

    /**
     * Deletes some of what is not kept, of a site that has any; how many tickets, and whether there may be more. Each step is
     * one commit with its counts, under the site's write lock: whoever calls next goes on there, also in another process and
     * after one that died.
     */
    async deleteOld(): Promise<{ readonly deleted: number; readonly more: boolean }> {
      const site = (await sites()).find(({ removing }) => removing > 0)
      if (site === undefined) return { deleted: 0, more: false }
      const deleted = await db.write((tx) => deleteSome(tx, { siteId: site.siteId, size }))
      return { deleted, more: true }
    },
  }
}

async function oldOf(db: Database, site: SiteRow, keptFromMs: number): Promise<OldTickets> {
  const { siteId } = site
  const [all] = await db.query(sql<{ tickets: number }>(COUNTED, { siteId }))
  const [left] = await db.scan(sql<{ tickets: number }>(LEFT, { siteId, keptFromMs }))
  const priorities = await db.query(sql<{ priorityId: string }>(prioritiesIn('minute_counts'), { siteId }))
  const scope = { projectKey: null, priorityIds: priorities.map(({ priorityId }) => priorityId) }
  const sum = { counted: 0, minutes: 0 }
  let span: TimeSpan | null = null
  for await (const { minute, count } of countedMinutes(db, siteId, scope)) {
    if (startOfMinute(minute) >= keptFromMs) break
    sum.counted += count
    sum.minutes += 1
    const fromMs: number = span?.fromMs ?? startOfMinute(minute)
    span = { fromMs, toMs: startOfMinute(minute + 1) }
  }
  return {
    siteId,
    ...sum,
    tickets: sum.counted + (left?.tickets ?? 0),
    span,
    kept: (all?.tickets ?? 0) - sum.counted,
    keptFromMs: site.keptFromMs,
    isUnfinished: site.removing > 0,
  }
}

type Step = { readonly siteId: string; readonly size: number }

function* deleteSome(tx: Tx, { siteId, size }: Step): Steps<number> {
  tx.send(...lockSite(siteId))
  const [[place]] = yield* rows(sql<Place>(PLACE, { siteId }))
  const { keptFromMs = null, removing = 0 } = place ?? {}
  // Another process did the last step.
  if (keptFromMs === null || removing === 0) {
    tx.discard()
    return 0
  }
  if (removing === 1) return yield* deleteCells(tx, siteId, keptFromMs)
  const [old] = yield* rows(sql<TicketRow>(OLDEST, { siteId, keptFromMs, size }))
  if (old.length === 0) {
    tx.send(sql(TICKETS_GONE, { siteId }))
    tx.notify(siteId, 'tickets')
    return 0
  }
  const [[site]] = yield* rows(raiseSeq(siteId))
  const deltas = old.filter((row) => !isRemoved(row)).map((row) => countDelta(row, -1))
  tx.send(
    sql(DELETE, { siteId, ids: old.map(({ id }) => id) }),
    ...countWrites(siteId, cellDeltas(deltas), site?.seq ?? 0),
  )
  tx.notify(siteId, 'tickets')
  return old.length
}

/** Cells whose tickets are gone: all of them are 0, and none is written any more. */
function* deleteCells(tx: Tx, siteId: string, keptFromMs: number): Steps<number> {
  const found = yield* rows(
    ...CELLS.map(({ first }) => sql<{ priorityId: string; firstCell: number }>(first, { siteId })),
  )
  const forgotten = CELLS.flatMap(({ ms, forget }, n): Statement[] => {
    const end = keptFromMs / ms
    const length = Math.ceil((MINUTES_A_STEP * MS_PER_MINUTE) / ms)
    return (found[n] ?? [])
      .filter(({ firstCell }) => firstCell < end)
      .map(({ priorityId, firstCell }) =>
        sql(forget, { siteId, priorityId, firstCell, toCell: Math.min(end, firstCell + length) }),
      )
  })
  tx.send(...(forgotten.length > 0 ? forgotten : [sql(ALL_GONE, { siteId })]))
  return 0
}
