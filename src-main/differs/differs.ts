import {
  DIFFERING_FIELDS,
  type DifferingField,
  type Differs,
} from '../../src-shared/contract/alerts/differs.ts'
import type { SplitField, TicketFilter } from '../../src-shared/contract/fields.ts'
import { comparedBars } from '../../src-shared/domain/compare/comparison.ts'
import { unknownWithin, type KnownSpans, type TimeSpan } from '../../src-shared/domain/known-spans.ts'
import { minuteSpan } from '../../src-shared/domain/minute.ts'
import type { SplitCell } from '../../src-shared/domain/split.ts'
import { differingValues, LEAST_DIFFERING, type SpanShares } from '../../src-shared/domain/usual/differs.ts'
import { nothingDone } from '../../src-shared/errors/app-error.ts'
import type { CountsScope, Store } from '../store/store.ts'

interface DiffersParts {
  readonly store: Pick<Store, 'splitCells' | 'incidentSpans'>
  readonly siteId: string
  readonly scope: CountsScope
  /** Whose wall clock weeks are compared by. */
  readonly zone: string
  readonly known: KnownSpans
  /** Whether tickets that runs made are left out of the span, too. */
  readonly withoutRuns?: boolean
  readonly signal?: AbortSignal
}

const WEEKS = 8
const WEEK_MS = 7 * 86_400_000
/** Less says nothing of what is usual. */
const LEAST_WEEKS = 2
const LEAST_USUAL = 20
const MOST_PARTS = 20

interface CountedSpan extends SpanShares {
  /** Null where of no ticket it is known who reported it. */
  readonly people: number | null
}

/** What the tickets of a span have more often than those of the same hours of previous weeks. Throws `usage`, and the signal's reason. */
export async function whatDiffers(
  parts: DiffersParts,
  span: TimeSpan,
  filter?: TicketFilter,
): Promise<Differs> {
  if (span.toMs - span.fromMs > WEEK_MS)
    throw nothingDone(
      'usage',
      'The span is longer than a week.',
      'Compare a week or less with the weeks before.',
    )
  const now = await countSpan(parts, span, filter, parts.withoutRuns ?? false)
  const earlier: CountedSpan[] = []
  if (now.tickets >= LEAST_DIFFERING) {
    for (const week of await usableWeeks(parts, span))
      earlier.push(await countSpan(parts, week, filter, true))
  }
  const usual = earlier.reduce((sum, { tickets }) => sum + tickets, 0)
  const isLearning = earlier.length < LEAST_WEEKS || usual < LEAST_USUAL
  const state = now.tickets < LEAST_DIFFERING ? 'few' : isLearning ? 'learning' : 'compared'
  const { looked, differing } =
    state === 'compared' ? differingValues(now, earlier) : { looked: 0, differing: [] }
  const people = earlier.flatMap((week) => (week.people === null ? [] : [week.people]))
  return {
    tickets: now.tickets,
    people: now.people,
    weeks: earlier.length,
    usualTickets: mean(earlier.map(({ tickets }) => tickets)),
    usualPeople: mean(people),
    state,
    looked,
    parts: differing.slice(0, MOST_PARTS).map((part) => ({ ...part, by: part.by as DifferingField })),
  }
}

function mean(numbers: readonly number[]): number | null {
  return numbers.length === 0 ? null : numbers.reduce((a, b) => a + b, 0) / numbers.length
}

/** The same hours by the clock on the wall, where all of them were fetched and none is of an incident. */
async function usableWeeks(
  { store, siteId, zone, known }: DiffersParts,
  span: TimeSpan,
): Promise<TimeSpan[]> {
  const incidents = await store.incidentSpans(siteId)
  return Array.from(
    { length: WEEKS },
    (_, week) => comparedBars([span], `${7 * (week + 1)}d`, zone)[0],
  ).filter(
    (week): week is TimeSpan =>
      week !== null &&
      week !== undefined &&
      week.fromMs >= 0 &&
      unknownWithin(known, week).length === 0 &&
      !incidents.some(({ fromMs, toMs }) => fromMs < week.toMs && toMs > week.fromMs),
  )
}

/** The tickets of a span by the values of each field; `withoutRuns`: those that no run made. */
async function countSpan(
  { store, siteId, scope, signal }: DiffersParts,
  span: TimeSpan,
  filter: TicketFilter | undefined,
  withoutRuns: boolean,
): Promise<CountedSpan> {
  const minutes = minuteSpan(span.fromMs, span.toMs)
  const whole = {
    siteId,
    ...scope,
    ...minutes,
    bucketMinutes: Math.max(1, minutes.toMinute - minutes.fromMinute),
  }
  const cellsBy = async (splitBy: SplitField, more: TicketFilter = {}): Promise<SplitCell[]> => {
    signal?.throwIfAborted()
    return (await store.splitCells({ ...whole, splitBy, filter: { ...filter, ...more } })).cells
  }
  const ofRuns = withoutRuns ? totalOf(await cellsBy('project', { rehearsed: true })) : 0
  const values = new Map<string, Map<string, number>>()
  let tickets = 0
  for (const by of DIFFERING_FIELDS) {
    const cells = await cellsBy(by)
    const counts = countsOf(cells, 1)
    if (by === 'project') tickets = totalOf(cells) - ofRuns
    // Not "those that no run made": of an older version's tickets that is not known.
    if (ofRuns > 0) countsOf(await cellsBy(by, { rehearsed: true }), -1, counts)
    values.set(by, counts)
  }
  const reporters = await cellsBy('reporter', ofRuns > 0 ? { rehearsed: false } : {})
  const people = countsOf(reporters, 1)
  const isKnown = reporters.some(({ values: some }) => some !== null)
  return { tickets, values, people: isKnown ? people.size : null }
}

function totalOf(cells: readonly SplitCell[]): number {
  return cells.reduce((sum, { count }) => sum + count, 0)
}

/** How many tickets have each value, added to `counts` `times` over. */
function countsOf(cells: readonly SplitCell[], times: 1 | -1, counts = new Map<string, number>()) {
  for (const { values, count } of cells) {
    for (const value of new Set(values)) counts.set(value, (counts.get(value) ?? 0) + times * count)
  }
  return counts
}
