import type { TimeMark, TimeMarks } from '../../src-shared/contract/marks.ts'
import { knownAt, type KnownSpans, type TimeSpan } from '../../src-shared/domain/known-spans.ts'
import { machineTime } from '../../src-shared/domain/site-clock.ts'
import type { SiteTime } from '../runtime/clock.ts'
import type { MarkStore } from '../store/store.ts'

/** Of one span. */
const MAX_LISTED = 1_000

interface ListParts {
  readonly store: MarkStore
  readonly siteId: string
  readonly known: () => Promise<KnownSpans>
  readonly time: Pick<SiteTime, 'now' | 'current'>
}

/** The marks of a span, in the order of time: those that are kept, and those that follow from what else is. */
export async function listMarks(parts: ListParts, span: TimeSpan): Promise<TimeMarks> {
  const { store, siteId } = parts
  const [kept, runs, alerts, outage] = await Promise.all([
    store.marks(siteId, span, MAX_LISTED + 1),
    store.runsWithin(siteId, span, MAX_LISTED + 1),
    store.alertsWithin(siteId, span, MAX_LISTED + 1),
    presentOutage(parts, span),
  ])
  const marks: TimeMark[] = [
    ...kept.map((mark) => (isOurs(mark) ? { ...mark, revision: null } : mark)),
    ...runs.map(({ runId, planned, ...times }) => ({
      id: `run ${runId}`,
      kind: 'run' as const,
      text: `Run ${runId}: ${planned} ${planned === 1 ? 'ticket' : 'tickets'} planned`,
      ...times,
      revision: null,
    })),
    ...alerts.map(({ id, rule, isRehearsal, ...times }) => ({
      id: `alert ${id}`,
      kind: 'alert' as const,
      text: `${isRehearsal ? 'REHEARSAL alert' : 'Alert'}: ${rule}`,
      ...times,
      revision: null,
    })),
    ...outage,
  ]
  const newest = marks.toSorted((a, b) => b.fromMs - a.fromMs).slice(0, MAX_LISTED)
  return { marks: newest.toReversed(), more: marks.length > MAX_LISTED }
}

function isOurs({ kind }: TimeMark): boolean {
  return kind !== 'mark' && kind !== 'incident'
}

/** Since when nothing was fetched, where that is too long; what was fetched since is noted when it is over. */
async function presentOutage({ known, time }: ListParts, { fromMs, toMs }: TimeSpan): Promise<TimeMark[]> {
  const nowMs = time.now()
  const clock = time.current()
  const sinceMs = knownAt(await known(), clock, machineTime(clock, nowMs)).at(-1)?.toMs
  if (sinceMs === undefined || sinceMs >= Math.min(toMs, nowMs) || fromMs >= nowMs) return []
  const text = 'Nothing was fetched from Jira since then'
  return [{ id: 'outage now', kind: 'outage', text, fromMs: sinceMs, toMs: null, revision: null }]
}
