import type { AlertEntry } from '../../contract/alerts/alerts.ts'
import type { Differs } from '../../contract/alerts/differs.ts'
import type { FieldValues } from '../../contract/fields.ts'
import type { TimeMark } from '../../contract/marks.ts'
import type { Params, Result } from '../../contract/methods.ts'
import type { CountsResult, Session } from '../../contract/tickets.ts'
import { knownAt, unknownWithin, type TimeSpan } from '../known-spans.ts'
import { siteTime } from '../site-clock.ts'

type ReportMethod =
  | 'session.get'
  | 'counts.get'
  | 'counts.fields'
  | 'usual.get'
  | 'differs.get'
  | 'marks.list'
  | 'alerts.history'
export type ReportCall = <M extends ReportMethod>(method: M, params: Params<M>) => Promise<Result<M>>

/** What a report of a span is made of. */
export interface ReportParts {
  readonly session: Session
  readonly zone: string
  /** The site's epoch ms, when it was made. */
  readonly nowMs: number
  readonly counts: CountsResult
  /** What of it is over and was not fetched. */
  readonly gaps: readonly TimeSpan[]
  readonly usual: Result<'usual.get'>
  readonly fields: readonly FieldValues[]
  /** Null where the span is too long to be compared so. */
  readonly differs: Differs | null
  readonly marks: readonly TimeMark[]
  readonly alerts: readonly AlertEntry[]
}

type Bars = Pick<Extract<Params<'counts.get'>, { fromMs: number }>, 'bucketMinutes'>

const PAGE = 100
/** Alerts further back than so many are not looked for. */
const MOST_PAGES = 10
const WEEK_MS = 7 * 86_400_000

/** Reads what a report of a span needs; `machineMs`: the machine's epoch ms. Throws as the methods. */
export async function readReport(
  call: ReportCall,
  { fromMs, toMs, zone, ...bars }: TimeSpan & Bars & { readonly zone: string },
  machineMs: number,
): Promise<ReportParts> {
  const span = { fromMs, toMs }
  const counted = { ...span, ...bars, zone }
  const [session, counts, usual, { fields }, differs, { marks }, alerts] = await Promise.all([
    call('session.get', {}),
    call('counts.get', counted),
    call('usual.get', counted),
    call('counts.fields', span),
    toMs - fromMs > WEEK_MS ? null : call('differs.get', span),
    call('marks.list', span),
    alertsWithin(call, span),
  ])
  const nowMs = siteTime(session.clock, machineMs)
  const past = { fromMs, toMs: Math.max(fromMs, Math.min(toMs, nowMs)) }
  const gaps = unknownWithin(knownAt(counts.known, session.clock, machineMs), past, counts.keptFromMs)
  return { session, zone, nowMs, counts, gaps, usual, fields, differs, marks, alerts }
}

/** The alerts of a span, the oldest first. Throws as the method. */
export async function alertsWithin(call: ReportCall, { fromMs, toMs }: TimeSpan): Promise<AlertEntry[]> {
  const found: AlertEntry[] = []
  let before: { before?: { startedMs: number; id: string } } = {}
  for (let page = 0; page < MOST_PAGES; page++) {
    const { alerts, more } = await call('alerts.history', { limit: PAGE, ...before })
    found.push(
      ...alerts.filter(({ startedMs, resolvedMs }) => startedMs < toMs && (resolvedMs ?? toMs) > fromMs),
    )
    const last = alerts.at(-1)
    if (!more || last === undefined || last.startedMs < fromMs) break
    before = { before: { startedMs: last.startedMs, id: last.id } }
  }
  return found.toReversed()
}
