import type { Slot, SlotOutcome } from '../store/ledger/ledger.ts'
import type { Reconciler, Resolution } from './reconcile.ts'
import { markedSlot, searchRunTickets } from './marks.ts'
import { lastSign } from './planning/prepare-run.ts'
import { madeOutcome, notMadeOutcome, type ClaimedSlot, type SendDoubt } from './send-slot.ts'
import type { Work, WorkParts } from './run-loop.ts'

/** A slot without a clear answer, and what is known of it. */
export interface OpenSlot extends ClaimedSlot, SendDoubt {
  /** It was given up before: it is sent again only where the person says so. */
  readonly isUnknown: boolean
}

/** The site stamps a ticket a little after its slot was claimed, and by a clock that need not be quite the same. */
const CLAIM_SLACK_MS = 5 * 60_000

/** Looks for slots in doubt, and writes down what became of them; those that were surely not made are sent again. */
export function createSlotResolver(work: Work, doubts: Reconciler): (open: OpenSlot) => Promise<void> {
  return async (open) => {
    const { unknown } = work.order
    if (open.isUnknown && unknown !== 'send') return lookAgain(work, doubts, open)
    const finding = await doubts.reconcile(doubtOf(open))
    switch (finding.is) {
      case 'made':
        return work.note(madeOutcome(open.slot.slot, finding.ticket, times(work, open)))
      case 'not-made':
        return sendAgain(work, open)
      case 'open':
        return open.isUnknown ? sendAgain(work, open) : work.note(unknownOutcome(work, open, finding))
      case 'left':
    }
  }
}

/** Of one that was given up, an earlier request may have made the ticket than the last one. */
function doubtOf(open: OpenSlot): Parameters<Reconciler['reconcile']>[0] {
  const { slot, sentAtMs, isUnknown } = open
  return { ...open, ...slot, notBeforeMs: isUnknown ? 0 : (slot.sentAtMs ?? sentAtMs ?? 0) }
}

/** One that remains undecided is looked for once more; then it stays as it is, or counts as not made. */
async function lookAgain(work: Work, doubts: Reconciler, open: OpenSlot): Promise<void> {
  const { slot } = open.slot
  const ticket = await doubts.lookOnce(doubtOf(open))
  if (ticket !== null) return work.note(madeOutcome(slot, ticket, times(work, open)))
  if (work.order.unknown === 'drop') {
    await work.note(notMadeOutcome(slot, 'failed', times(work, open), DROPPED))
  }
}

const DROPPED = 'It was not known whether the ticket was made, and it was decided to count it as not made.'

/** Gives the claim back; where the run goes on, the slot is claimed anew and sent, late. */
async function sendAgain(work: Work, { slot, isUnknown }: OpenSlot): Promise<void> {
  const { note, siteTime, pacer, sending, order } = work
  const given = notMadeOutcome(slot.slot, 'planned', { answeredAtMs: siteTime.now(), latenessMs: null }, null)
  // Of a claim that this process made itself, its ledger knows when.
  const isInherited = slot.state === 'sent' || isUnknown
  await note(isInherited && slot.sentAtMs !== null ? { ...given, sentAtMs: slot.sentAtMs } : given)
  if (!sending.aborted && (order.planned || isUnknown)) pacer.add([{ ...slot, state: 'planned' }])
}

function unknownOutcome(work: Work, open: OpenSlot, { why }: Resolution & { is: 'open' }): SlotOutcome {
  const reason = `${open.because} Jira does not show the ticket. ${why}`
  return notMadeOutcome(open.slot.slot, 'unknown', times(work, open), reason)
}

function times({ siteTime }: Work, { latenessMs, sentAtMs }: OpenSlot) {
  return { answeredAtMs: siteTime.now(), latenessMs, sentAtMs }
}

/**
 * The planned slots of a run that goes on which were sent all the same. A server that failed over, or a database that
 * was restored, may have lost its last commits: but this process knows what it sent, and Jira shows what others did,
 * unless its index lags. Throws where Jira cannot be asked.
 */
export async function lostClaims(
  { run, ledger, jira, signal }: WorkParts,
  slots: readonly Slot[],
): Promise<number[]> {
  const planned = slots.filter(({ state }) => state === 'planned').map(({ slot }) => slot)
  const goesOn = run.stateSinceMs !== run.createdAtMs
  if (!goesOn || planned.length === 0) return []
  const sinceMs = lastSign(run, slots) - CLAIM_SLACK_MS
  const tickets = await searchRunTickets(jira, run.runId, signal, { sinceMs })
  const made = new Set(tickets.map(({ property }) => markedSlot(property, run.runId)))
  return planned.filter((slot) => ledger.hasSent(slot) || made.has(slot))
}
