import { startOfMinute, type Minute, type MinuteSpan } from '../../../src-shared/domain/minute.ts'
import { outsideDays, type Day } from '../days.ts'
import { minutesOf, NOTHING, type Sum } from '../outside-sums.ts'
import type { CountsScope, OutsideSpan } from '../store.ts'
import type { Connection, Transaction } from './connection.ts'
import { IN_SCOPE, OF_WANTED, scopeParams, WANTED } from './scope.ts'

/** See `Store.ticketTotal`. */
export async function ticketTotal(db: Connection, siteId: string, scope: CountsScope): Promise<number> {
  const [row] = await db.query<{ total: number }>(
    `SELECT COALESCE(SUM(count), 0)::bigint AS total FROM day_counts WHERE ${IN_SCOPE}`,
    scopeParams(siteId, scope),
  )
  return row?.total ?? 0
}

/** See `Store.outside`. Whole days are read as days, and of minutes those of four days at most. */
export function outside(
  db: Connection,
  siteId: string,
  span: MinuteSpan,
  scope: CountsScope,
): Promise<OutsideSpan> {
  const { beforeDay, minutesBefore, minutesAfter, afterDay } = outsideDays(span)
  return db.read(async (tx) => {
    const of: Where = { tx, params: scopeParams(siteId, scope) }
    const [earlier, before, after, later] = await Promise.all([
      inDays(of, 'day < $4', beforeDay),
      inMinutes(of, minutesBefore),
      inMinutes(of, minutesAfter),
      inDays(of, 'day >= $4', afterDay),
    ])
    const [last, first] = await Promise.all([
      before.last ?? lastOfDay(of, earlier.last),
      after.first ?? firstOfDay(of, later.first),
    ])
    const [lastBeforeMs, firstAfterMs] = await Promise.all([
      createdIn(of, 'DESC', last),
      createdIn(of, 'ASC', first),
    ])
    return {
      before: earlier.tickets + before.tickets,
      after: after.tickets + later.tickets,
      lastBeforeMs,
      firstAfterMs,
    }
  })
}

/** What is asked for, see `scopeParams`, in one view of the tables. */
interface Where {
  readonly tx: Transaction
  readonly params: readonly unknown[]
}

async function inDays({ tx, params }: Where, which: `day ${string}`, day: Day): Promise<Sum<Day>> {
  const [sum] = await tx.query<Sum<Day>>(
    `SELECT COALESCE(SUM(count), 0)::bigint AS tickets, MIN(day) AS first, MAX(day) AS last FROM day_counts
     WHERE ${IN_SCOPE} AND ${which} AND count > 0`,
    [...params, day],
  )
  return sum ?? NOTHING
}

async function inMinutes({ tx, params }: Where, { fromMinute, toMinute }: MinuteSpan): Promise<Sum<Minute>> {
  const [sum] = await tx.query<Sum<Minute>>(
    `SELECT COALESCE(SUM(count), 0)::bigint AS tickets, MIN(minute) AS first, MAX(minute) AS last
     FROM ${WANTED} CROSS JOIN LATERAL (
       SELECT minute, count FROM minute_counts
       WHERE ${OF_WANTED} AND minute >= $4 AND minute < $5 AND count > 0 OFFSET 0
     ) AS cells`,
    [...params, fromMinute, toMinute],
  )
  return sum ?? NOTHING
}

async function lastOfDay(of: Where, day: Day | null): Promise<Minute | null> {
  return day === null ? null : (await inMinutes(of, minutesOf(day))).last
}

async function firstOfDay(of: Where, day: Day | null): Promise<Minute | null> {
  return day === null ? null : (await inMinutes(of, minutesOf(day))).first
}

/** The first or last creation (epoch ms) of a counted ticket in a minute. */
async function createdIn(
  { tx, params }: Where,
  order: 'ASC' | 'DESC',
  minute: Minute | null,
): Promise<number | null> {
  if (minute === null) return null
  const [row] = await tx.query<{ createdMs: number }>(
    `SELECT created_ms AS "createdMs" FROM tickets
     WHERE ${IN_SCOPE} AND created_ms >= $4 AND created_ms < $5 AND left_ms IS NULL
     ORDER BY created_ms ${order} LIMIT 1`,
    [...params, startOfMinute(minute), startOfMinute(minute + 1)],
  )
  return row?.createdMs ?? null
}
