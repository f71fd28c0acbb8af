import { markedSlot } from '../generator/marks.ts'
import type { Slot } from '../store/store.ts'
import type { SeenTicket } from './jira-snapshot.ts'

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
export function ticketOf({ state, issueId }: Slot): string | null {
  return state === 'created' ? issueId : null
}

export function slotName(runId: string, slot: number): string {
  return `${runId} ${slot}`
}
