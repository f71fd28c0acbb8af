import { startOfMinute, type Minute, type MinuteSpan } from '../../../src-shared/domain/minute.ts'
import { outsideDays, type Day } from '../days.ts'
import { minutesOf, NOTHING, type Sum } from '../outside-sums.ts'
import type { CountsScope, OutsideSpan } from '../store.ts'
import type { Connection } from './connection.ts'
import { IN_SCOPE, scopeParams } from './scope.ts'

/** See `Store.ticketTotal`. */
export function ticketTotal(db: Connection, siteId: string, scope: CountsScope): Promise<number> {
  return db.read(() => {
    const row = db
      .statement<{ total: number | null }>(`SELECT SUM(count) AS total FROM day_counts WHERE ${IN_SCOPE}`)
      .get(scopeParams(siteId, scope))
    return row?.total ?? 0
  })
}

/** See `Store.outside`. Whole days are read as days, and of minutes those of four days at most. */
export function outside(
  db: Connection,
  siteId: string,
  span: MinuteSpan,
  scope: CountsScope,
): Promise<OutsideSpan> {
  const of: Where = { db, siteId, scope }
  const { beforeDay, minutesBefore, minutesAfter, afterDay } = outsideDays(span)
  return db.read(() => {
    const earlier = inDays(of, 'day < @day', beforeDay)
    const before = inMinutes(of, minutesBefore)
    const after = inMinutes(of, minutesAfter)
    const later = inDays(of, 'day >= @day', afterDay)
    return {
      before: earlier.tickets + before.tickets,
      after: after.tickets + later.tickets,
      lastBeforeMs: createdIn(of, 'MAX', before.last ?? inDay(of, earlier.last)?.last ?? null),
      firstAfterMs: createdIn(of, 'MIN', after.first ?? inDay(of, later.first)?.first ?? null),
    }
  })
}

/** What is asked for, inside `read`. */
interface Where {
  readonly db: Connection
  readonly siteId: string
  readonly scope: CountsScope
}

function inDays({ db, siteId, scope }: Where, which: 'day < @day' | 'day >= @day', day: Day): Sum<Day> {
  const sum = db
    .statement<Sum<Day>>(
      `SELECT COALESCE(SUM(count), 0) AS tickets, MIN(day) AS first, MAX(day) AS last FROM day_counts
       WHERE ${IN_SCOPE} AND ${which} AND count > 0`,
    )
    .get({ ...scopeParams(siteId, scope), day })
  return sum ?? NOTHING
}

function inMinutes({ db, siteId, scope }: Where, span: MinuteSpan): Sum<Minute> {
  const sum = db
    .statement<Sum<Minute>>(
      `SELECT COALESCE(SUM(count), 0) AS tickets, MIN(minute) AS first, MAX(minute) AS last FROM minute_counts
       WHERE ${IN_SCOPE} AND minute >= @fromMinute AND minute < @toMinute AND count > 0`,
    )
    .get({ ...scopeParams(siteId, scope), ...span })
  return sum ?? NOTHING
}

function inDay(of: Where, day: Day | null): Sum<Minute> | null {
  return day === null ? null : inMinutes(of, minutesOf(day))
}

/** The first or last creation (epoch ms) of a counted ticket in a minute. */
function createdIn({ db, siteId, scope }: Where, end: 'MIN' | 'MAX', minute: Minute | null): number | null {
  if (minute === null) return null
  const row = db
    .statement<{ createdMs: number | null }>(
      `SELECT ${end}(created_ms) AS createdMs FROM tickets
       WHERE ${IN_SCOPE} AND created_ms >= @fromMs AND created_ms < @toMs AND left_ms IS NULL`,
    )
    .get({ ...scopeParams(siteId, scope), fromMs: startOfMinute(minute), toMs: startOfMinute(minute + 1) })
  return row?.createdMs ?? null
}
