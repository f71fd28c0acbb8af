import type { SplitField, TicketFilter } from '../../src-shared/contract/fields.ts'
import type { TimeMark } from '../../src-shared/contract/marks.ts'
import type { Result } from '../../src-shared/contract/methods.ts'
import type { RunProgress } from '../../src-shared/contract/runs/runs.ts'
import type { StoreStatus } from '../../src-shared/contract/store.ts'
import type { CountsResult, Session, SyncStatus, TicketCursor } from '../../src-shared/contract/tickets.ts'
import type { Interval } from '../../src-shared/domain/interval.ts'
import type { UsualNow, UsualResult } from '../../src-shared/contract/alerts/usual.ts'
import type { AlertList } from '../../src-shared/contract/alerts/alerts.ts'
import type { SavedView } from '../../src-shared/contract/views.ts'
import type { SplitColours } from '../chart/stack.ts'
import type { Comparison } from '../../src-shared/domain/compare/comparison.ts'
import type { Gap, TimeSpan } from '../../src-shared/domain/known-spans.ts'
import type { Minute } from '../../src-shared/domain/minute.ts'
import { DEFAULT_SPAN, type ChosenSpan } from '../../src-shared/domain/span.ts'
import { isEverything } from '../../src-shared/domain/ticket-filter.ts'
import type { WireError } from '../../src-shared/errors/app-error.ts'

export type ListedTicket = Result<'tickets.list'>['tickets'][number]

export type UncountedTicket = Result<'tickets.left'>['tickets'][number]

/** The newest tickets of a span, down to where they were read; from there on `more` come by the cursor. */
export interface TicketList {
  /** Another number with each list that was asked for: the same while one is kept up to date. */
  readonly id: number
  readonly span: TimeSpan
  readonly tickets: readonly ListedTicket[]
  readonly more: boolean
  readonly cursor: TicketCursor | null
}

export interface LeftList {
  readonly tickets: readonly UncountedTicket[]
  readonly more: boolean
}

/** What a person asked for and has not been answered yet. */
export type Task =
  | 'fetch'
  | 'start'
  | 'pause'
  | 'resume'
  | 'stop'
  | 'sample'
  | 'create'
  | 'drop'
  | 'fall-back'
  | 'go-back'

export interface Notice {
  readonly kind: 'done' | 'failed'
  readonly message: string
  readonly hint: string
}

/** Everything that the window knows of the core. What has not arrived yet is null. */
export interface DashboardState {
  /** With the zone by whose clock times are shown, which a person may have chosen. */
  readonly session: Session | null
  /** The zone that the core shows times in, where nobody chose another. */
  readonly ownZone: string | null
  /** Why there is no session, hence nothing at all to show. */
  readonly startFailure: WireError | null
  readonly storeStatus: StoreStatus | null
  /** While the store is out of reach: the minute of the site's clock up to which what is shown is known. */
  readonly knownMinute: Minute | null
  /** When a store that was out of reach could be used again, as the machine's epoch ms; null where none was. */
  readonly storeBackMs: number | null
  readonly nowMinute: Minute
  /** As a person chose it: what a link holds. */
  readonly span: ChosenSpan
  /** The same as instants, in whole bars: those of the present where it moves on. Null until the site's clock is known. */
  readonly shown: TimeSpan | null
  /** Minutes that a bar of the histogram stands for: what was chosen where the span allows for it, else what fits best. */
  readonly interval: Interval
  readonly chosenInterval: Interval | null
  /** Whether the span goes on with the site's clock, and now is in it. */
  readonly following: boolean
  /** Which tickets are shown, everywhere; `{}` shows all. */
  readonly filter: TicketFilter
  /** What the bars are coloured by instead of the priority. */
  readonly splitBy: SplitField | null
  readonly splitColours: SplitColours
  /** Minute by minute; of a span too long for that, in buckets of the interval. While another span is on its way these still are the last one's. */
  readonly counts: CountsResult | null
  /** What of them is over and was not fetched, in order: of it only the least that there is is known. */
  readonly gaps: readonly Gap[]
  /** With what the span is compared, and the counts of the other span, once they are there. */
  readonly comparison: Comparison | null
  readonly compared: CountsResult | null
  /** Tickets that runs have planned for the span shown, of those that are counted, by the beginnings of its buckets. */
  readonly planned: Result<'runs.planned'>
  /** What people and the product marked in the span shown, in the order of time. */
  readonly marks: readonly TimeMark[]
  /** What is usual in bars of `barMinutes` of the span shown, and whether now is. Null until it was read. */
  readonly usual: UsualResult | null
  readonly usualNow: UsualNow | null
  /** How long the bars are that are drawn, in minutes; null while none are. */
  readonly barMinutes: number | null
  readonly countsLoading: boolean
  readonly countsFailure: WireError | null
  readonly outside: Result<'counts.outside'> | null
  /** Since when the span shown is not that of now, by the site's clock (epoch ms); null while it is. */
  readonly lookedBackMs: number | null
  /** Tickets that came since then. */
  readonly newSince: number | null
  /** The bar, or the part of the span, whose tickets are listed; null lists all of the span. */
  readonly opened: TimeSpan | null
  /** What is looked for in titles and keys; empty lists all. */
  readonly search: string
  readonly list: TicketList | null
  /** Whether another list, or a further page of it, is on its way. */
  readonly listLoading: boolean
  /** Why it could not be read the last time. */
  readonly listFailure: WireError | null
  /** Those of the same span that are no longer counted, the last to leave first. */
  readonly left: LeftList | null
  readonly sync: SyncStatus | null
  readonly run: RunProgress | null
  readonly savedViews: readonly SavedView[] | null
  /** The alert rules and how they stand; null before they are read. */
  readonly alerts: AlertList | null
  readonly pending: readonly Task[]
  readonly notice: Notice | null
}

export const emptyDashboard: DashboardState = {
  session: null,
  ownZone: null,
  startFailure: null,
  storeStatus: null,
  knownMinute: null,
  storeBackMs: null,
  nowMinute: 0,
  span: DEFAULT_SPAN,
  shown: null,
  interval: 1,
  chosenInterval: null,
  following: true,
  filter: {},
  splitBy: null,
  splitColours: {},
  counts: null,
  gaps: [],
  comparison: null,
  compared: null,
  planned: [],
  marks: [],
  usual: null,
  usualNow: null,
  barMinutes: null,
  countsLoading: true,
  countsFailure: null,
  outside: null,
  lookedBackMs: null,
  newSince: null,
  opened: null,
  search: '',
  list: null,
  listLoading: false,
  listFailure: null,
  left: null,
  sync: null,
  run: null,
  savedViews: null,
  alerts: null,
  pending: [],
  notice: null,
}

/** The run that the window shows after an event of one: slots of an older run that are looked for again say nothing of the last. */
export function latestRun(shown: RunProgress | null, next: RunProgress): RunProgress {
  const isNews =
    shown === null || shown.runId === next.runId || next.state === 'running' || next.startMs >= shown.startMs
  return isNews ? next : shown
}

/** What a call that reads tickets has beside its span: the filter, where there is one. */
export function filterParams({ filter }: Pick<DashboardState, 'filter'>): { filter?: TicketFilter } {
  return isEverything(filter) ? {} : { filter }
}

/** Whether a rule rings at a fixed number, which may have a line on the chart. */
export function hasFixedRule({ alerts }: DashboardState): boolean {
  return (alerts?.rules ?? []).some(({ on, condition }) => on && condition.kind === 'at-least')
}
