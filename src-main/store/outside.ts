import {
  MINUTES_PER_DAY,
  startOfMinute,
  type Minute,
  type MinuteSpan,
} from '../../src-shared/domain/minute.ts'
import { dayOf, IN_SCOPE, type Day, type scopeParams } from './count-cells.ts'
import { rows, sql, type Statement, type Steps } from './sql.ts'
import type { OutsideSpan } from './store.ts'

/** How many tickets, and the first and last day or minute that has any. */
interface Sum {
  readonly tickets: number
  readonly first: number | null
  readonly last: number | null
}

const NOTHING: Sum = { tickets: 0, first: null, last: null }

type Scoped = ReturnType<typeof scopeParams>

/** Of whole days or minutes `[from, to)`. */
function sumOf(unit: 'day' | 'minute', scoped: Scoped, from: number, to: number): Statement<Sum> {
  const cells = `${unit}_counts WHERE ${IN_SCOPE} AND ${unit} >= :from AND ${unit} < :to AND count > 0`
  const text = `
    SELECT CAST(COALESCE(SUM(count), 0) AS BIGINT) AS tickets, MIN(${unit}) AS first, MAX(${unit}) AS last
    FROM ${unit === 'day' ? cells : `{${cells}}`}`
  return sql(text, { ...scoped, from, to })
}

/** The first or last creation (epoch ms) of a counted ticket in a minute. */
function createdIn(order: 'ASC' | 'DESC', scoped: Scoped, minute: Minute | null) {
  if (minute === null) return null
  const text = `
    SELECT created_ms AS "createdMs" FROM tickets
    WHERE ${IN_SCOPE} AND created_ms >= :fromMs AND created_ms < :toMs AND left_ms IS NULL
    ORDER BY created_ms ${order} LIMIT 1`
  const span = { fromMs: startOfMinute(minute), toMs: startOfMinute(minute + 1) }
  return sql<{ createdMs: number }>(text, { ...scoped, ...span })
}

/** Whole days are read as days, and of minutes those of four days at most. */
export function* readOutside(scoped: Scoped, { fromMinute, toMinute }: MinuteSpan): Steps<OutsideSpan> {
  const [beforeDay, afterDay] = [dayOf(fromMinute), Math.ceil(toMinute / MINUTES_PER_DAY)]
  const inDay = (day: Day | null) =>
    day === null ? null : sumOf('minute', scoped, day * MINUTES_PER_DAY, (day + 1) * MINUTES_PER_DAY)
  const [[earlier = NOTHING], [before = NOTHING], [after = NOTHING], [later = NOTHING]] = yield* rows(
    sumOf('day', scoped, Number.MIN_SAFE_INTEGER, beforeDay),
    sumOf('minute', scoped, beforeDay * MINUTES_PER_DAY, fromMinute),
    sumOf('minute', scoped, toMinute, afterDay * MINUTES_PER_DAY),
    sumOf('day', scoped, afterDay, Number.MAX_SAFE_INTEGER),
  )
  const [[lastDay], [firstDay]] = yield* rows(
    before.last === null ? inDay(earlier.last) : null,
    after.first === null ? inDay(later.first) : null,
  )
  const [[last], [first]] = yield* rows(
    createdIn('DESC', scoped, before.last ?? lastDay?.last ?? null),
    createdIn('ASC', scoped, after.first ?? firstDay?.first ?? null),
  )
  return {
    before: earlier.tickets + before.tickets,
    after: after.tickets + later.tickets,
    lastBeforeMs: last?.createdMs ?? null,
    firstAfterMs: first?.createdMs ?? null,
  }
}
