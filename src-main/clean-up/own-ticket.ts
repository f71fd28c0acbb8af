import { markedSlot, runLabel } from '../generator/marks.ts'
import type { FoundTicket } from '../jira/jira.ts'
import type { Slot } from '../store/store.ts'

/** A ticket of the run, read just now: the only kind that is ever deleted. */
export interface OwnTicket extends FoundTicket {
  readonly slot: number
}

/** A ticket that stays, with the reason for the person. */
export interface Kept {
  readonly key: string
  readonly reason: string
}

/** Why a ticket stays that carries the label, and is none of the ledger's. */
export const FOREIGN = 'It carries the label of the run, but the run did not make it.'
export const TWO_CLAIM = 'Two tickets carry this mark, and nobody knows which of them the run made.'

/** States of slots whose ticket may exist though the ledger does not know it. */
const IN_DOUBT: ReadonlySet<Slot['state']> = new Set(['sent', 'unknown'])

/**
 * Why a ticket is not, or not any more, the one that a run made for a slot; null where it carries the run's label and the
 * mark of that very slot. A ticket that a person made something else of loses one or the other, and stays.
 */
export function whyNotOwn({ labels, property }: FoundTicket, runId: string, slot: number): string | null {
  const label = runLabel(runId)
  if (!labels.includes(label)) return `It does not carry the label ${label} any more.`
  const marked = markedSlot(property, runId)
  if (marked === slot) return null
  return marked === null
    ? 'It does not carry the mark of the run any more.'
    : `It carries the mark of another ticket of the run, number ${marked + 1}.`
}

/** The slot in doubt that a ticket's mark names; null where it names none, or one whose ticket is known or deleted. */
export function slotInDoubt(
  { property }: FoundTicket,
  runId: string,
  slots: ReadonlyMap<number, Slot>,
): number | null {
  const marked = markedSlot(property, runId)
  const slot = marked === null ? undefined : slots.get(marked)
  const inDoubt = slot !== undefined && IN_DOUBT.has(slot.state) && slot.removedMs === null
  return inDoubt ? marked : null
}
