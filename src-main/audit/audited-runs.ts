import type { AuditResult } from '../../src-shared/contract/runs/audit.ts'
import { minuteOf, type Minute } from '../../src-shared/domain/minute.ts'
import { markedSlot, runLabel } from '../generator/marks.ts'
import type { LedgerStore, Run, Slot, SlotOfRun } from '../store/ledger/ledger.ts'
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

function slotName(runId: string, slot: number): string {
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

type Extra = AuditResult['extra'][number]

/** A ticket that carries a run's label and that the ledger names for none of the run's slots. */
export interface UnclaimedTicket {
  readonly runId: string
  readonly ticket: SeenTicket
}

interface JudgedUnclaimed {
  /** Those that are the one ticket of their slot after all, by the slot's name. */
  readonly claims: ReadonlyMap<string, SeenTicket>
  readonly extra: readonly Extra[]
}

/**
 * Separates the tickets of slots whose outcome the ledger does not know, by their marks, from those that no slot should
 * have. `slotOf` gives a run's slot, undefined where it has none of that number.
 */
export async function judgeUnclaimed(
  unclaimed: readonly UnclaimedTicket[],
  slotOf: (runId: string, slot: number) => Slot | undefined,
  tickets: ReadonlyMap<string, SeenTicket>,
  signal: AbortSignal,
): Promise<JudgedUnclaimed> {
  const claims = new Map<string, SeenTicket>()
  const extra: Extra[] = []
  await forEachYielding(unclaimed, signal, ({ runId, ticket }) => {
    const number = markedSlot(ticket.property, runId)
    const why = (kind: Extra['kind'], reason: string): void =>
      void extra.push({ key: ticket.key, minute: minuteOf(ticket.createdMs), kind, reason })
    const slot = number === null ? undefined : slotOf(runId, number)
    if (number === null) why('foreign', `carries the label of run ${runId}, but was not made by it`)
    else if (slot === undefined) {
      why('foreign', `was made for slot ${number} of run ${runId}, which the ledger does not have`)
    } else if (hasTicket(runId, slot, { tickets, claims })) {
      why('twice', `is one ticket too many for slot ${number} of run ${runId}`)
    } else claims.set(slotName(runId, number), ticket)
  })
  return { claims, extra }
}

/** Whether a slot has its ticket already; one that was deleted from Jira was it, too. */
function hasTicket(runId: string, slot: Slot, marks: Parameters<typeof slotTicket>[2]): boolean {
  const { namedId, seen, isForeign } = slotTicket(runId, slot, marks)
  return seen !== null || (namedId !== null && !isForeign)
}

/**
 * Judges the tickets that carry the label of a run of this ledger and that it names for no slot. Those of other runs were
 * made by somebody who keeps another ledger. A slot that has its ticket so is looked at, too, whenever it was planned for.
 */
export async function judgeGenerated(
  ids: readonly string[],
  tickets: ReadonlyMap<string, SeenTicket>,
  runs: AuditedRuns,
  { store, siteId, signal }: AuditContext,
): Promise<JudgedUnclaimed> {
  const named = new Set<string>()
  await forEachYielding(ids, signal, (id) => runIdsOf(tickets.get(id)).forEach((runId) => named.add(runId)))
  const whole = new Map<string, AuditedRun>()
  for (const runId of named) {
    const run = await store.run(siteId, runId)
    if (run !== null) whole.set(runId, await wholeRun(store, run, signal))
  }
  const unclaimed: UnclaimedTicket[] = []
  await forEachYielding(ids, signal, (id) => {
    const ticket = tickets.get(id)
    const runId = runIdsOf(ticket).find((one) => whole.has(one))
    if (ticket !== undefined && runId !== undefined) unclaimed.push({ runId, ticket })
  })
  const slotOf = (runId: string, slot: number): Slot | undefined => whole.get(runId)?.slots.get(slot)
  const judged = await judgeUnclaimed(unclaimed, slotOf, tickets, signal)
  const claimed: SlotOfRun[] = []
  await forEachYielding(unclaimed, signal, ({ runId, ticket }) => {
    const slot = slotOf(runId, markedSlot(ticket.property, runId) ?? -1)
    if (slot === undefined || judged.claims.get(slotName(runId, slot.slot)) !== ticket) return
    claimed.push({ ...slot, runId })
  })
  await addSlots(runs, claimed, { store, siteId, signal })
  return judged
}

/** A label is anybody's to write: what no run can be called is not looked for. */
const RUN_NAME = /^[a-z\d-]{1,64}$/i

/** The runs whose label a ticket carries. */
function runIdsOf(ticket: SeenTicket | undefined): string[] {
  const prefix = runLabel('')
  return (ticket?.labels ?? []).flatMap((label) =>
    label.startsWith(prefix) && RUN_NAME.test(label.slice(prefix.length)) ? [label.slice(prefix.length)] : [],
  )
}
