import {
  SPLIT_FIELDS,
  type CountsSplit,
  type FieldValues,
  type SplitField,
  type TicketFilter,
} from '../../src-shared/contract/fields.ts'
import type { AsOf } from '../../src-shared/contract/store.ts'
import type { MinuteSpan } from '../../src-shared/domain/minute.ts'
import { fillSeries, startsOf, type PriorityCount } from '../../src-shared/domain/series.ts'
import { bucketFinder, splitCounts } from '../../src-shared/domain/split.ts'
import type { Priority } from '../../src-shared/domain/ticket.ts'
import { beyondPriorities, watchedIds } from '../../src-shared/domain/ticket-filter.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { coalesceSame } from '../runtime/async.ts'
import type { SplitQuery } from '../store/fields/split-cells.ts'
import { isLong, longReads, shortReads, type LongReads } from '../store/long-reads.ts'
import type { CountsScope, Store } from '../store/store.ts'
import { provisionalFrom } from '../sync/index-lag.ts'
import type { createSpans } from './asked-span.ts'
import type { EngineHandlers } from './engine.ts'
import type { ReadParts } from './reads.ts'

type Splits = Pick<Store, 'splitCells'>

/** The counts that a filter leaves, and the same by a field where one is asked for. Throws as `splitCells`. */
async function readSplit(
  store: Splits,
  asked: SplitQuery,
): Promise<{ seq: number; rows: PriorityCount[]; split?: CountsSplit }> {
  const { seq, cells } = await store.splitCells(asked)
  const bucketOf = bucketFinder(asked)
  const starts = startsOf(asked)
  const rows = cells.map(({ startMinute, priorityId, count }) => ({
    startMinute: starts[bucketOf(startMinute)] ?? startMinute,
    priorityId,
    count,
  }))
  const { splitBy } = asked
  return { seq, rows, ...(splitBy !== undefined && { split: splitCounts(asked, splitBy, cells) }) }
}

/** The values of a field among the tickets of a span. */
async function readFieldValues(
  store: Splits,
  asked: Omit<SplitQuery, 'bucketMinutes' | 'startMinutes' | 'splitBy'>,
  by: SplitField,
): Promise<FieldValues> {
  const whole = { ...asked, bucketMinutes: Math.max(1, asked.toMinute - asked.fromMinute) }
  try {
    const { cells } = await store.splitCells({ ...whole, splitBy: by })
    const { parts, overlaps } = splitCounts(whole, by, cells)
    return { by, parts: parts.map(({ kind, value, total }) => ({ kind, value, total })), overlaps }
  } catch (error) {
    // Too many to be read one by one.
    if (!(error instanceof AppError) || error.code !== 'usage') throw error
    return { by, parts: null, overlaps: false }
  }
}

interface CountParts extends Pick<ReadParts, 'store' | 'syncStatus' | 'time'> {
  readonly siteId: string
  readonly spans: ReturnType<typeof createSpans>
  readonly scope: CountsScope
  readonly scopeName: string
  readonly watched: readonly Priority[]
}

function readAsOf(asOf: AsOf | undefined): { readonly asOf?: AsOf } {
  return asOf === undefined ? {} : { asOf }
}

/** The methods that count the tickets of a span. */
export function createCountReads(parts: CountParts) {
  const { store, syncStatus, time, siteId, spans, scope, scopeName, watched } = parts
  const left = (filter: TicketFilter | undefined) => ({
    siteId,
    ...scope,
    priorityIds: watchedIds(watched, filter),
    filter: beyondPriorities(filter),
  })
  const readsOf = (span: MinuteSpan): LongReads =>
    isLong(span) ? longReads(store, 'recent') : shortReads(store)
  return {
    'counts.get': async (asked) => {
      const { filter, splitBy, ...span } = asked
      const buckets = spans.buckets(span)
      const { reads, asOf } = readsOf(buckets)
      // Before the counts: none may be missing of a time that is called known.
      const { spans: known, keptFromMs } = await reads.known(siteId, scopeName)
      const counted = { ...buckets, ...left(filter), splitBy }
      const { seq, rows, split } =
        counted.filter === undefined && splitBy === undefined
          ? { ...(await reads.counts(counted)), split: undefined }
          : await readSplit(reads, counted)
      const { startMinutes, ...series } = fillSeries(
        { ...buckets, priorityIds: [...scope.priorityIds] },
        rows,
      )
      return {
        siteId,
        seq,
        ...series,
        ...(startMinutes && { startMinutes: [...startMinutes] }),
        ...(split && { split }),
        provisionalFromMinute: provisionalFrom(syncStatus(), time),
        ...(keptFromMs > 0 && { keptFromMs }),
        ...readAsOf(asOf()),
        known: [...known],
      }
    },
    'counts.fields': async ({ filter, ...span }) => {
      const counted = { ...left(filter), ...spans.minutes(span) }
      const { reads, asOf } = readsOf(counted)
      const fields: FieldValues[] = []
      for (const by of SPLIT_FIELDS) fields.push(await readFieldValues(reads, counted, by))
      return { fields, ...readAsOf(asOf()) }
    },
    'counts.outside': coalesceSame(async (asked) => store.outside(siteId, spans.minutes(asked), scope)),
  } satisfies Partial<EngineHandlers>
}
