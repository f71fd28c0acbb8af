import {
  MAX_DIFFERENCES,
  type AuditMinute,
  type AuditResult,
  type DifferenceKind,
} from '../../src-shared/contract/runs/audit.ts'
import type { Lateness } from '../../src-shared/contract/runs/runs.ts'
import { numbersAgree } from '../../src-shared/domain/audit-verdict.ts'
import { minuteOf, startOfMinute, type Minute, type MinuteSpan } from '../../src-shared/domain/minute.ts'
import { isActive } from '../generator/run-state.ts'
import type { Run, Slot, SlotState } from '../store/ledger/ledger.ts'
import type { CountsScope, TicketSource } from '../store/store.ts'
import { forEachYielding } from './audit-context.ts'
import { eachSlot, type AuditedRuns, type Marks } from './audited-runs.ts'
import type { SeenTicket } from './jira-snapshot.ts'
import type { AuditedTicket, StoredTickets } from './read-stored.ts'

type Missing = AuditResult['missing'][number]

type Extra = AuditResult['extra'][number]

/** Everything that an audit compares. */
export interface Evidence extends Marks {
  /** What the chart shows. */
  readonly scope: CountsScope
  /** Ids of watched tickets that Jira's search returns now. */
  readonly indexed: { has(id: string): boolean }
  readonly stored: StoredTickets
  /** Tickets that are stored in another minute, or came while the audit was under way: when created, by id. */
  readonly storedOutside: ReadonlyMap<string, number>
  /** The keys of the projects that the account sees. */
  readonly projectKeys: ReadonlySet<string>
  /** The site's time (epoch ms) of the audit. */
  readonly siteMs: number
}

/** What an audit has found so far. */
export interface Findings {
  readonly table: ReturnType<typeof createMinuteTable>
  readonly missing: ReturnType<typeof createDifferences<Missing>>
  readonly extra: ReturnType<typeof createDifferences<Extra>>
}

/** A slot is this much late (site ms) before that is worth a word. */
const NOTABLE_MS = 60_000

const WHY: Readonly<Record<SlotState, (slot: Slot, run: Run, siteMs: number) => Why>> = {
  planned: whyPlanned,
  sent: (_slot, run) =>
    isActive(run)
      ? { kind: 'not-yet-made', reason: 'sent, and not answered yet' }
      : {
          kind: 'unknown',
          reason: 'sent, and it is not known whether it was made: resume the run to find out',
        },
  failed: ({ reason }) => withKind('failed', reason ?? 'Jira refused it'),
  unknown: ({ reason }) => withKind('unknown', reason ?? 'it is not known whether it was made'),
  skipped: ({ reason }) => withKind('skipped', reason ?? 'its time had passed'),
  created: () => ({
    kind: 'unknown',
    reason: 'made, as the ledger says, but it has lost which ticket it was',
  }),
}

/** How many are collected before those not kept are dropped: a millisecond or two. */
const SORT_BATCH_SIZE = 1_000

/** Nothing yet, over a span. */
export function noFindings(span: MinuteSpan): Findings {
  return { table: createMinuteTable(span), missing: createDifferences(), extra: createDifferences() }
}

/** Why Jira does not show a ticket as watched any more. */
export function whyNotWatched({ projectKey }: CountsScope, seen: SeenTicket): Why {
  if (projectKey !== null && seen.projectKey !== projectKey) {
    return { kind: 'moved', reason: `moved to ${seen.key}, in a project that is not watched` }
  }
  const to = seen.priorityName === '' ? 'no value at all' : seen.priorityName
  return { kind: 'lowered', reason: `lowered to ${to}` }
}

/** Why Jira does not show a ticket at all. */
export function whyGone(projectKey: string, projectKeys: ReadonlySet<string>): Why {
  if (projectKey === '' || projectKeys.has(projectKey)) {
    return { kind: 'deleted', reason: 'deleted from Jira, or no longer to be seen by this account' }
  }
  return {
    kind: 'deleted',
    reason: `no longer to be seen: this account does not see the project ${projectKey} any more`,
  }
}

/** Why the store counts a ticket that Jira does not have as it is counted. */
export function leftInStore(source: TicketSource, why: Why): Why {
  const kind: DifferenceKind = 'left-in-store'
  if (source === 'jira') return { kind, reason: `counted in the store, but ${why.reason}` }
  const from = source === 'import' ? 'was imported from a file' : 'is of the sample'
  return { kind, reason: `counted in the store, but not in Jira: it ${from}` }
}

/** A minute for the person, in UTC: `2026-11-24 14:05 UTC`. */
export function minuteText(minute: Minute): string {
  return `${new Date(minute * 60_000).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

/** How many there are of each kind. */
type KindCounts = ReadonlyMap<DifferenceKind, number>

/** What an audit finds amiss: all of it is counted, and the first `most` of it by minute are kept. */
export function createDifferences<T extends Pick<Missing, 'minute' | 'kind'>>(
  most: number = MAX_DIFFERENCES,
) {
  const kinds = new Map<DifferenceKind, number>()
  let kept: T[] = []
  let count = 0
  /** What is not before it comes after all that are kept. */
  let fullUpTo = Infinity
  const firstOnes = (): T[] => kept.toSorted((a, b) => a.minute - b.minute).slice(0, most)
  return {
    add(difference: T): void {
      count += 1
      kinds.set(difference.kind, (kinds.get(difference.kind) ?? 0) + 1)
      if (difference.minute >= fullUpTo) return
      kept.push(difference)
      if (kept.length < most + SORT_BATCH_SIZE) return
      kept = firstOnes()
      fullUpTo = kept.at(-1)?.minute ?? Infinity
    },
    /** Those that are kept, in the order of their minutes, then of their coming. */
    listed: firstOnes,
    /** How many more there are. */
    more: () => Math.max(0, count - most),
    kinds: (): KindCounts => kinds,
  }
}

export interface Why {
  readonly kind: DifferenceKind
  /** Of our own a sentence's worth without its full stop; what the ledger has recorded as it is. */
  readonly reason: string
  /** The same without the kind before it, where that stands there. */
  readonly why?: string
}

function withKind(kind: DifferenceKind, why: string): Why {
  return { kind, reason: `${kind}: ${why}`, why }
}

/** The same with more behind its reason. */
export function alsoSaid({ kind, reason, why }: Why, more: string): Why {
  return { kind, reason: reason + more, ...(why !== undefined && { why: why + more }) }
}

/** Why a slot has no ticket, as the ledger says. `siteMs`: the site's time of the audit. */
export function whyNotMade(slot: Slot, run: Run, siteMs: number): Why {
  return WHY[slot.state](slot, run, siteMs)
}

function whyPlanned({ plannedMs }: Slot, run: Run, siteMs: number): Why {
  if (run.state === 'stopped') {
    return { kind: 'stopped', reason: 'not made, because the run was stopped' }
  }
  if (run.state === 'paused') return { kind: 'not-yet-made', reason: 'not made yet: the run is paused' }
  const isLate = plannedMs < siteMs - NOTABLE_MS
  const more = isLate ? ', although its time has passed: look whether the run goes on' : ''
  return { kind: 'not-yet-made', reason: `not made yet${more}` }
}

/** Why the chart does not show a watched ticket that Jira's search returns, or shows it otherwise; null where it shows it. */
export function whyNotShown(seen: SeenTicket, { stored, storedOutside }: Evidence): Why | null {
  const minute = minuteOf(seen.createdMs)
  const kept = stored.counted.get(seen.id)
  const keptMs = kept?.createdMs ?? storedOutside.get(seen.id)
  if (keptMs === undefined) return { kind: 'not-fetched', reason: 'not fetched yet' }
  if (minuteOf(keptMs) !== minute) {
    const reason = `stored as created at ${minuteText(minuteOf(keptMs))}, while Jira says ${minuteText(minute)}`
    return { kind: 'not-fetched', reason }
  }
  if (kept === undefined) return { kind: 'not-fetched', reason: 'stored while the audit was under way' }
  if (isOlder(kept, seen)) {
    return {
      kind: 'not-fetched',
      reason: `stored, but its change to ${seen.priorityName} is not fetched yet`,
    }
  }
  if (!stored.leftOut.has(seen.id)) return null
  return { kind: 'not-charted', reason: 'stored, but left out of the counts of its minute' }
}

/** The index may show an older version than the store has; then the store is right. */
function isOlder(kept: AuditedTicket, seen: SeenTicket): boolean {
  return kept.priorityId !== seen.priorityId && kept.updatedMs <= seen.updatedMs
}

/** What was found, as the contract has it. `runId`: null for a span. */
export async function auditResult(
  runId: string | null,
  runs: AuditedRuns,
  { table, missing, extra }: Findings,
  signal: AbortSignal,
): Promise<AuditResult> {
  const late: number[] = []
  await forEachYielding(eachSlot(runs), signal, ([, { plannedMs, latenessMs }]) => {
    if (latenessMs !== null && table.has(minuteOf(plannedMs))) late.push(latenessMs)
  })
  const minutes = await table.rows(signal)
  const kinds = summed(missing.kinds(), extra.kinds())
  return {
    run: runId,
    fromMs: startOfMinute(table.span.fromMinute),
    toMs: startOfMinute(table.span.toMinute),
    ...table.totals(),
    minutes,
    lateness: latenessOf(late),
    missing: [...missing.listed()],
    moreMissing: missing.more(),
    extra: [...extra.listed()],
    moreExtra: extra.more(),
    kinds,
    ok: kinds.length === 0 && minutes.every(numbersAgree),
  }
}

/** The most frequent first. */
function summed(...counted: readonly KindCounts[]): AuditResult['kinds'] {
  const sums = new Map<DifferenceKind, number>()
  for (const kinds of counted) {
    for (const [kind, count] of kinds) sums.set(kind, (sums.get(kind) ?? 0) + count)
  }
  return [...sums].map(([kind, count]) => ({ kind, count })).toSorted((a, b) => b.count - a.count)
}

/** How late slots were sent (real ms), ranked as `Store.runCounts` does it; null of none. */
function latenessOf(latenessMs: readonly number[]): Lateness | null {
  if (latenessMs.length === 0) return null
  const sorted = Float64Array.from(latenessMs).toSorted()
  const fromLatest = (rank: number): number => sorted[sorted.length - 1 - Math.floor(rank)] ?? 0
  return { p50Ms: fromLatest(sorted.length / 2), p95Ms: fromLatest(sorted.length / 20), maxMs: fromLatest(0) }
}

type AuditColumn = Exclude<keyof AuditMinute, 'minute'>

/** The numbers of an audit, minute by minute. */
function createMinuteTable(span: MinuteSpan) {
  const { fromMinute, toMinute } = span
  const minutes = Math.max(0, toMinute - fromMinute)
  const lines = columns(() => new Int32Array(minutes))
  const has = (minute: Minute): boolean => minute >= fromMinute && minute < toMinute
  return {
    span,
    has,
    /** What lies outside the span is not counted. */
    add(minute: Minute, column: AuditColumn, count = 1): void {
      const line = lines[column]
      const index = minute - fromMinute
      if (has(minute)) line[index] = (line[index] ?? 0) + count
    },
    /** Every minute of the span, empty ones too. */
    async rows(signal: AbortSignal): Promise<AuditMinute[]> {
      const rows: AuditMinute[] = []
      await forEachYielding(lines.planned.keys(), signal, (index) =>
        rows.push({ minute: fromMinute + index, ...columns((column) => lines[column][index] ?? 0) }),
      )
      return rows
    },
    /** The sums over the span. */
    totals: () => columns((column) => lines[column].reduce((sum, count) => sum + count, 0)),
  }
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
