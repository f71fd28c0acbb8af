import { machineTime } from '../../src-shared/domain/site-clock.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { JiraError } from '../jira/errors.ts'
import type { CreatedTicket, Jira } from '../jira/jira.ts'
import type { NewSlot, Slot, SlotOutcome } from '../store/ledger/ledger.ts'
import { GENERATED_LABEL, runLabel, SLOT_PROPERTY, slotMark } from './marks.ts'
import type { OpenSlot } from './resolve-slot.ts'
import type { Stopwatch } from './reconcile.ts'
import type { TicketTextSource } from './ticket-text/ticket-text.ts'
import type { Work } from './run-loop.ts'

/**
 * What a request for a slot's ticket came to: an outcome that can be written down; doubt, when the ticket may or may not
 * have been made; or nothing, when it was held back and never left. `trouble` is what will meet the next slots, too: the
 * run should not go on.
 */
type Sent = (
  | { readonly outcome: SlotOutcome }
  | { readonly doubt: SendDoubt }
  | { readonly heldBack: SlotOutcome }
) & { readonly trouble?: AppError }

/** A slot that has to be looked for in Jira. */
export interface SendDoubt {
  /** Real milliseconds; null where the request was made by a process that is gone. */
  readonly latenessMs: number | null
  /** When its request left, by the site's clock; null where that is not known. */
  readonly sentAtMs: number | null
  /** Why it is not known. */
  readonly because: string
}

interface SendParts extends Pick<Work, 'jira' | 'clock' | 'siteTime' | 'run' | 'signal'> {
  readonly texts: TicketTextSource
  /** Asked right before the request leaves, after all waiting for a connection or a rate limit. */
  readonly mayLeave: () => boolean
}

/** A slot with all that its ticket needs. */
type ReadySlot = Pick<NewSlot, 'slot' | 'plannedMs' | 'priorityId' | 'projectKey' | 'issueTypeId'>

/** A request leaves within this of its claim (real ms), or never: no one waits longer for it to take effect than … */
const LONGEST_LEAVE_MS = 10_000

/** … the bound, of which this share is for leaving; the rest is the network's and Jira's. */
const SHARE_TO_LEAVE = 1 / 3

/** Sends the request for a slot's ticket, once. Throws nothing but bugs. */
async function sendSlot(parts: SendParts, slot: ReadySlot): Promise<Sent> {
  const { siteTime, jira, signal, mayLeave } = parts
  let left: Leaving = { sentAtMs: null, latenessMs: lateness(parts, slot) }
  const onLeaving = (): boolean => {
    if (!mayLeave()) return false
    left = { sentAtMs: siteTime.now(), latenessMs: lateness(parts, slot) }
    return true
  }
  try {
    const ticket = await jira.create(newTicket(parts, slot), signal, onLeaving)
    return { outcome: madeOutcome(slot.slot, ticket, { answeredAtMs: siteTime.now(), ...left }) }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return afterError(error, slot.slot, { answeredAtMs: siteTime.now(), ...left })
  }
}

interface Leaving {
  readonly sentAtMs: number | null
  readonly latenessMs: number
}

/** By how many real milliseconds a slot is later than planned. */
function lateness({ clock, siteTime }: SendParts, { plannedMs }: ReadySlot): number {
  return Math.max(0, clock.now() - machineTime(siteTime.current(), plannedMs))
}

function newTicket({ texts, run: { runId } }: SendParts, slot: ReadySlot): Parameters<Jira['create']>[0] {
  const { projectKey, issueTypeId, priorityId } = slot
  return {
    projectKey,
    issueTypeId,
    priorityId,
    ...texts.at(slot.slot),
    labels: [GENERATED_LABEL, runLabel(runId)],
    properties: [{ key: SLOT_PROPERTY, value: slotMark(runId, slot.slot) }],
  }
}

interface Times {
  /** Site epoch ms. */
  readonly answeredAtMs: number
  /** Real milliseconds. */
  readonly latenessMs: number | null
  /** When the request left, by the site's clock; null where that is not known. */
  readonly sentAtMs?: number | null
}

export function madeOutcome(slot: number, { id, key }: CreatedTicket, times: Times): SlotOutcome {
  return { slot, state: 'created', ...timesOf(times), issueId: id, issueKey: key, reason: null }
}

export function notMadeOutcome(
  slot: number,
  state: 'failed' | 'unknown' | 'planned',
  times: Times,
  reason: string | null,
): SlotOutcome {
  return { slot, state, ...timesOf(times), issueId: null, issueKey: null, reason }
}

function timesOf({ answeredAtMs, latenessMs, sentAtMs }: Times): Times & { sentAtMs?: number } {
  return { answeredAtMs, latenessMs, ...(typeof sentAtMs === 'number' && { sentAtMs }) }
}

function afterError(error: AppError, slot: number, times: Required<Times>): Sent {
  const doubt = { latenessMs: times.latenessMs, sentAtMs: times.sentAtMs, because: error.message }
  // It is given back as it was claimed, whenever a request of it may have left.
  const unsent = { answeredAtMs: times.answeredAtMs, latenessMs: null }
  switch (error.code) {
    case 'ambiguous':
      return { doubt }
    case 'jira-broken':
      // A proxy that answered in Jira's place may have let the request through first.
      return { doubt, trouble: error }
    case 'not-authenticated':
      return mayBeDone(error) && times.sentAtMs !== null
        ? { doubt, trouble: error }
        : { outcome: notMadeOutcome(slot, 'planned', unsent, null), trouble: error }
    case 'jira-refused':
      return { outcome: notMadeOutcome(slot, 'failed', times, error.message) }
    case 'cancelled':
      return { heldBack: notMadeOutcome(slot, 'planned', unsent, null) }
    default:
      // Surely not made: the slot waits until the run goes on.
      return { outcome: notMadeOutcome(slot, 'planned', unsent, null), trouble: error }
  }
}

/** Whether Jira answered with success to an account that is not ours: it may have made the ticket for an anonymous caller. */
function mayBeDone(error: AppError): boolean {
  return error instanceof JiraError && error.status !== null && error.status < 300
}

/** A slot that this process has just claimed. */
export interface ClaimedSlot {
  readonly slot: Slot
  /** Since before the claim. */
  readonly since: Stopwatch
  /** See `Doubt`. */
  readonly after: number | null
}

/** Sends claimed slots. `onDoubt` is called with those without a clear answer. The texts' words are loaded with the first run. */
export async function createSender(
  work: Work,
  onDoubt: (slot: OpenSlot) => void,
): Promise<(claimed: ClaimedSlot) => Promise<void>> {
  const { createTicketText } = await import('./ticket-text/ticket-text.ts')
  const { run, sending, fail, pacer, inFlightMs, note, writes, guarded } = work
  const texts = createTicketText(run.seed)
  const leaveMs = Math.min(LONGEST_LEAVE_MS, inFlightMs * SHARE_TO_LEAVE)
  return async ({ slot, since, after }) => {
    const mayLeave = (): boolean => !sending.aborted && since.atMostMs() <= leaveMs
    const sent = await sendSlot({ ...work, texts, mayLeave }, slot)
    if (sent.trouble !== undefined) fail(sent.trouble)
    if ('doubt' in sent) return onDoubt({ slot, since, after, isUnknown: false, ...sent.doubt })
    if ('outcome' in sent) return writes.add(guarded(note(sent.outcome)))
    await note(sent.heldBack)
    pacer.add([slot])
  }
}
