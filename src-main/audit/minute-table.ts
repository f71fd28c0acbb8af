import type { AuditMinute } from '../../src-shared/contract/models.ts'
import type { Minute, MinuteSpan } from '../../src-shared/domain/minute.ts'
import { forEachYielding } from './in-turn.ts'

type AuditColumn = Exclude<keyof AuditMinute, 'minute'>
export type AuditNumbers = Readonly<Record<AuditColumn, number>>

/** The numbers of an audit, minute by minute. */
export interface MinuteTable {
  readonly span: MinuteSpan
  has(minute: Minute): boolean
  /** What lies outside the span is not counted. */
  add(minute: Minute, column: AuditColumn, count?: number): void
  /** Every minute of the span, empty ones too. */
  rows(signal: AbortSignal): Promise<AuditMinute[]>
  /** The sums over the span. */
  totals(): AuditNumbers
}

export function createMinuteTable(span: MinuteSpan): MinuteTable {
  const { fromMinute, toMinute } = span
  const minutes = Math.max(0, toMinute - fromMinute)
  const lines = columns(() => new Int32Array(minutes))
  const has = (minute: Minute): boolean => minute >= fromMinute && minute < toMinute
  return {
    span,
    has,
    add(minute, column, count = 1) {
      const line = lines[column]
      const index = minute - fromMinute
      if (has(minute)) line[index] = (line[index] ?? 0) + count
    },
    async rows(signal) {
      const rows: AuditMinute[] = []
      await forEachYielding(lines.planned.keys(), signal, (index) =>
        rows.push({ minute: fromMinute + index, ...columns((column) => lines[column][index] ?? 0) }),
      )
      return rows
    },
    totals: () => columns((column) => lines[column].reduce((sum, count) => sum + count, 0)),
  }
}

/** Whether as many were created as were planned, and as many are shown everywhere as should be. */
export function agrees(numbers: AuditNumbers): boolean {
  const { planned, created, watched, others, indexed, fetched, charted } = numbers
  return planned === created && [indexed, fetched, charted].every((count) => count === watched + others)
}

function columns<T>(of: (column: AuditColumn) => T): Record<AuditColumn, T> {
  return {
    planned: of('planned'),
    created: of('created'),
    watched: of('watched'),
    others: of('others'),
    indexed: of('indexed'),
    fetched: of('fetched'),
    charted: of('charted'),
  }
}
