import { minuteOf, type Minute } from '../../src-shared/domain/minute.ts'
import { markedSlot } from '../generator/marks.ts'
import type { LedgerStore, Run, Slot, SlotOfRun } from '../store/ledger.ts'
import type { CountsScope } from '../store/store.ts'
import { forEachYielding, type AuditContext } from './audit-context.ts'
import type { SeenTicket } from './jira-snapshot.ts'

/** The slots that an audit looks at, by their run. */
export interface AuditedRun {
  readonly runId: string
  readonly run: Run
  /** By number. */
  readonly slots: Map<number, Slot>
}

/** By the run's id. */
export type AuditedRuns = Map<string, AuditedRun>

/** A run with all its slots. */
export async function wholeRun(
  store: Pick<LedgerStore, 'slots'>,
  run: Run,
  signal: AbortSignal,
): Promise<AuditedRun> {
  const slots = new Map<number, Slot>()
  const read = await store.slots(run.siteId, run.runId)
  await forEachYielding(read, signal, (slot) => slots.set(slot.slot, slot))
  return { runId: run.runId, run, slots }
}

/** Puts slots of any runs to those that are looked at. */
export async function addSlots(
  runs: AuditedRuns,
  slots: readonly SlotOfRun[],
  {
    store,
    siteId,
    signal,
  }: { readonly store: Pick<LedgerStore, 'run'>; readonly siteId: string; readonly signal: AbortSignal },
): Promise<void> {
  const unread = new Set<string>()
  await forEachYielding(slots, signal, ({ runId }) => runs.has(runId) || unread.add(runId))
  for (const runId of unread) {
    const run = await store.run(siteId, runId)
    // Slots without their run are what a crash left of its making.
    if (run !== null) runs.set(runId, { runId, run, slots: new Map() })
  }
  await forEachYielding(slots, signal, (slot) => runs.get(slot.runId)?.slots.set(slot.slot, slot))
}

/** Each slot with its run, in order. */
export function* eachSlot(runs: AuditedRuns): Generator<readonly [AuditedRun, Slot], void, void> {
  for (const run of runs.values()) for (const slot of run.slots.values()) yield [run, slot]
}

/** The ids of the tickets that the slots have made, as the ledger says. */
export async function ticketIds(runs: AuditedRuns, signal: AbortSignal): Promise<Set<string>> {
  const ids = new Set<string>()
  await forEachYielding(eachSlot(runs), signal, ([, slot]) => {
    const id = ticketOf(slot)
    if (id !== null) ids.add(id)
  })
  return ids
}

/** The ticket of a slot, by what the ledger says and by the marks that Jira shows. */
export interface SlotTicket {
  /** What the ledger names; null where it says that none was made. */
  readonly namedId: string | null
  /** The slot's own ticket as Jira shows it, by its mark; null where it shows none. */
  readonly seen: SeenTicket | null
  /** Jira shows the ticket that the ledger names, and it does not carry the slot's mark. */
  readonly isForeign: boolean
}

export interface Marks {
  /** What Jira shows, by id. */
  readonly tickets: ReadonlyMap<string, SeenTicket>
  /** Tickets of which the ledger knows nothing, by the slot that their mark names: see `slotName`. */
  readonly claims: ReadonlyMap<string, SeenTicket>
}

export function slotTicket(runId: string, slot: Slot, { tickets, claims }: Marks): SlotTicket {
  const namedId = ticketOf(slot)
  const named = namedId === null ? undefined : tickets.get(namedId)
  const isItsOwn = named !== undefined && markedSlot(named.property, runId) === slot.slot
  const seen = isItsOwn ? named : (claims.get(slotName(runId, slot.slot)) ?? null)
  return { namedId, seen, isForeign: named !== undefined && !isItsOwn }
}

/** The id of the ticket that the ledger says a slot has made. */
function ticketOf({ state, issueId }: Slot): string | null {
  return state === 'created' ? issueId : null
}

export function slotName(runId: string, slot: number): string {
  return `${runId} ${slot}`
}

/** The tickets of the slots whose tickets the chart should show. */
interface WatchedSlotTickets {
  readonly ids: Set<string>
  readonly seen: SeenTicket[]
  /** Those that Jira does not show. */
  readonly goneIds: string[]
  /** The minutes that they were created in, as Jira says. */
  readonly minutes: Set<Minute>
}

export async function watchedSlotTickets(
  runs: AuditedRuns,
  marks: Marks,
  { scope, signal }: Pick<AuditContext, 'scope' | 'signal'>,
): Promise<WatchedSlotTickets> {
  const own: WatchedSlotTickets = { ids: new Set(), seen: [], goneIds: [], minutes: new Set() }
  await forEachYielding(eachSlot(runs), signal, ([{ runId }, slot]) => {
    if (!isWatchedSlot(scope, slot)) return
    const { namedId, seen, isForeign } = slotTicket(runId, slot, marks)
    if (seen !== null) {
      own.minutes.add(minuteOf(seen.createdMs))
      own.ids.add(seen.id)
      own.seen.push(seen)
    } else if (namedId !== null && !isForeign) {
      own.ids.add(namedId)
      own.goneIds.push(namedId)
    }
  })
  return own
}

/** Whether the chart should show what a slot makes. */
export function isWatchedSlot({ projectKey, priorityIds }: CountsScope, slot: Slot): boolean {
  return priorityIds.includes(slot.priorityId) && (projectKey === null || projectKey === slot.projectKey)
}
