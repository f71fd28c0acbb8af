import type { Clock, SiteTime } from '../clock.ts'
import type { Jira } from '../jira/jira.ts'
import type { Run, Slot, SlotOutcome } from '../store/store.ts'
import type { Halt } from './halt.ts'
import { createInFlight } from './in-flight.ts'
import type { Ledger } from './ledger.ts'
import { lostClaims } from './lost-claims.ts'
import { createPacer } from './pacer.ts'
import { madeOutcome, notMadeOutcome, sendSlot, type SlotDoubt } from './send-slot.ts'
import { createSlotFinder } from './slot-finder.ts'
import { createTicketText } from './ticket-text.ts'

/** Requests under way at once: slow answers do not delay the next slots until there are so many. */
const MAX_REQUESTS = 16

export interface WorkParts {
  readonly run: Run
  readonly slots: readonly Slot[]
  readonly issueTypeId: string
  readonly jira: Jira
  readonly ledger: Ledger
  readonly clock: Clock
  readonly siteTime: SiteTime
  readonly patienceMs: number
  readonly halt: Halt
  /** Gives up requests that are under way: their slots stay in doubt. */
  readonly signal: AbortSignal
  readonly onCreated: (id: string, key: string, siteMs: number) => void
  /** A slot has an outcome, written down. */
  readonly onOutcome: () => void
}

/**
 * Sends a run's planned slots at their times, and looks for those in doubt, until each has its outcome or the brake is
 * pulled. When it resolves nothing is under way any more. Whatever goes wrong pulls the brake; it never rejects.
 */
export async function workRun(parts: WorkParts): Promise<void> {
  const { slots, ledger, siteTime, halt } = parts
  const requests = createInFlight(MAX_REQUESTS)
  const searches = createInFlight(Infinity)
  const braked = (work: Promise<void>): Promise<void> => work.catch((error: unknown) => halt.pull({ error }))
  const settle = createSettle(parts)
  const send = createSend(parts, (doubt) => searches.add(braked(settle(doubt))))

  try {
    for (const doubt of slots.flatMap(oldDoubt)) searches.add(braked(settle(doubt)))
    const lost = halt.signal.aborted ? [] : await lostClaims(parts, parts.signal)
    for (const slot of await ledger.claim(lost)) searches.add(braked(settle({ ...LOST, slot })))
    const pacer = createPacer(
      slots.filter(({ state, slot }) => state === 'planned' && !lost.includes(slot)),
      siteTime,
    )
    while (pacer.left() > 0 && !halt.signal.aborted) {
      const due = await pacer.nextDue(await requests.room(), halt.signal)
      const claimed = new Set(await ledger.claim(due.map((slot) => slot.slot)))
      for (const slot of due) {
        if (claimed.has(slot.slot)) requests.add(braked(send(slot)))
      }
    }
  } catch (error) {
    halt.pull({ error })
  }
  await requests.settled()
  await searches.settled()
}

const LOST = { latenessMs: null, because: 'The store had lost that it was sent.' }

/** A slot that a process left without an answer, or whose ticket had not been found. */
function oldDoubt(slot: Slot): (SlotDoubt & { readonly known: boolean })[] {
  if (slot.state !== 'sent' && slot.state !== 'unknown') return []
  return [
    {
      slot: slot.slot,
      latenessMs: slot.latenessMs,
      because: 'The program ended before Jira had answered.',
      known: slot.state === 'unknown',
    },
  ]
}

function createSend(parts: WorkParts, onDoubt: (doubt: SlotDoubt) => void): (slot: Slot) => Promise<void> {
  const { run, halt } = parts
  const sendParts = {
    ...parts,
    runId: run.runId,
    projectKey: run.projectKey,
    texts: createTicketText(run.seed),
  }
  return async (slot) => {
    const sent = await sendSlot(sendParts, slot)
    if (sent.trouble !== undefined) halt.pull({ error: sent.trouble })
    if ('doubt' in sent) onDoubt(sent.doubt)
    else await note(parts, sent.outcome)
  }
}

/** Looks for a slot in doubt, and writes down that it was made or that nobody knows: it is never sent again unasked. */
function createSettle(parts: WorkParts): (doubt: SlotDoubt & { readonly known?: boolean }) => Promise<void> {
  const { run, siteTime, halt } = parts
  const finder = createSlotFinder({ ...parts, runId: run.runId })
  return async ({ slot, latenessMs, because, known = false }) => {
    const ticket = await finder.find(slot, halt.signal)
    const times = { answeredAtMs: siteTime.now(), latenessMs }
    if (ticket !== null) await note(parts, madeOutcome(slot, ticket, times))
    else if (!known) {
      await note(parts, notMadeOutcome(slot, 'unknown', times, `${because} Jira does not show the ticket.`))
    }
  }
}

async function note({ ledger, onCreated, onOutcome }: WorkParts, outcome: SlotOutcome): Promise<void> {
  if (outcome.issueId !== null && outcome.issueKey !== null) {
    onCreated(outcome.issueId, outcome.issueKey, outcome.answeredAtMs)
  }
  await ledger.record(outcome)
  onOutcome()
}
