import type { Run, Slot, SlotOfRun, Store } from '../store/store.ts'
import { forEachYielding } from './in-turn.ts'
import { ticketOf } from './slot-ticket.ts'

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
  store: Pick<Store, 'slots'>,
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
  }: { readonly store: Pick<Store, 'run'>; readonly siteId: string; readonly signal: AbortSignal },
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
