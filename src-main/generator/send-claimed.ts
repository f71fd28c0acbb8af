import type { Slot } from '../store/store.ts'
import { sendSlot } from './send-slot.ts'
import type { OpenSlot } from './settle-slot.ts'
import type { Stopwatch } from './stopwatch.ts'
import { createTicketText } from './ticket-text.ts'
import type { Work } from './work.ts'

/** A slot that this process has just claimed. */
export interface ClaimedSlot {
  readonly slot: Slot
  /** Since before the claim. */
  readonly since: Stopwatch
  /** See `Doubt`. */
  readonly after: number | null
}

/** A request leaves within this of its claim (real ms), or never: nobody waits longer for it to take effect than … */
const LONGEST_LEAVE_MS = 10_000
/** … the bound, of which this share is for leaving; the rest is the network's and Jira's. */
const SHARE_TO_LEAVE = 1 / 3

/** Sends claimed slots. `onDoubt` hears of those without a clear answer. */
export function createSender(
  work: Work,
  onDoubt: (slot: OpenSlot) => void,
): (claimed: ClaimedSlot) => Promise<void> {
  const { run, runAbort, pacer, inFlightMs, note, writes, guarded } = work
  const texts = createTicketText(run.seed)
  const leaveMs = Math.min(LONGEST_LEAVE_MS, inFlightMs * SHARE_TO_LEAVE)
  return async ({ slot, since, after }) => {
    const mayLeave = (): boolean => !runAbort.signal.aborted && since.atMostMs() <= leaveMs
    const sent = await sendSlot({ ...work, texts, runId: run.runId, mayLeave }, slot)
    if (sent.trouble !== undefined) runAbort.abort({ error: sent.trouble })
    if ('doubt' in sent) return onDoubt({ slot, since, after, isUnknown: false, ...sent.doubt })
    if ('outcome' in sent) return writes.add(guarded(note(sent.outcome)))
    await note(sent.heldBack)
    pacer.add([slot])
  }
}
