import { AppError } from '../../src-shared/errors/app-error.ts'
import type { CreatedTicket, FoundTicket, Jira } from '../jira/jira.ts'
import type { Clock } from '../runtime/clock.ts'
import { createKeyWalker, type WalkGap } from './key-walk.ts'
import { keyBeforeRun, type KnownKeys } from './known-keys.ts'
import { markedSlot, searchRunTickets } from './marks.ts'
import { coalesce, sleep } from '../runtime/async.ts'
import type { WorkParts } from './run-loop.ts'

/** A slot whose ticket may or may not have been made. */
interface SlotInDoubt {
  readonly slot: number
  readonly projectKey: string
  /** The number of a key that had been given out before the slot was claimed; null: the run's beginning has one. */
  readonly after: number | null
  /** Its ticket was not made before (site epoch ms); 0 where that is not known. */
  readonly notBeforeMs: number
  /** Real time since the slot was claimed at the latest. */
  readonly since: Stopwatch
}

/**
 * `not-made`: it was not, and will not be. `open`: not decided. `left`: the run rests, and it is to be looked for
 * when it goes on.
 */
export type Resolution =
  | { readonly is: 'made'; readonly ticket: CreatedTicket }
  | { readonly is: 'not-made' }
  | { readonly is: 'open'; readonly why: string }
  | { readonly is: 'left' }

export type Reconciler = ReturnType<typeof createReconciler>

interface ReconcilerParts extends Pick<
  WorkParts,
  'run' | 'jira' | 'clock' | 'sending' | 'isRequested' | 'patienceMs' | 'inFlightMs' | 'maxKeys' | 'signal'
> {
  readonly known: KnownKeys
  /** Whether a further slot of the project may bring the first ticket that shows how far its keys go. */
  readonly mayBringWitness: (projectKey: string) => boolean
}

interface Seen {
  readonly ticket: CreatedTicket | null
  readonly gap: WalkGap | 'unread' | null
}

/** So much earlier than by our clock a ticket may have been created by the site's. */
const SEARCH_SLACK_MS = 15 * 60_000

const FIRST_WAIT_MS = 250

const LONGEST_WAIT_MS = 5_000

const GAPS: Readonly<Record<WalkGap | 'unread', string>> = {
  unread: 'Its keys could not be read.',
  'no-witness': 'No ticket of the run is known in the project from which its keys could be counted.',
  hidden: 'The project does not show the run’s tickets to this account.',
  'too-many': 'The project has too many tickets since then to read them all.',
  unmarked: 'A ticket carries the run’s label without saying for which slot it was made.',
}

/** Decides about slots without a clear answer. The argument is in docs/decisions/0019-proof-by-keys.md. */
export function createReconciler(parts: ReconcilerParts) {
  const { clock, sending, isRequested, patienceMs, inFlightMs, mayBringWitness, signal } = parts
  const look = createLook(parts)
  /** Ends early when the run is aborted, and not for that any more once it is. */
  const pause = (ms: number): Promise<boolean> =>
    sleep(Math.max(1, ms), sending.aborted ? signal : AbortSignal.any([signal, sending]), clock)

  return {
    /** Looks once, and proves nothing that takes time. Throws what Jira throws. */
    lookOnce: async (doubt: SlotInDoubt): Promise<CreatedTicket | null> => (await look(doubt, true)).ticket,
    /** Looks for a slot's ticket until it is found, was proven not to be made, or patience is over. Throws what Jira throws. */
    async reconcile(doubt: SlotInDoubt): Promise<Resolution> {
      const patience = startStopwatch(clock)
      let lastAnswer = patience
      let waitMs = FIRST_WAIT_MS
      for (let looks = 0; ; looks++) {
        // What is asked for from here on was asked for after that.
        const isOver = doubt.since.atLeastMs() >= inFlightMs
        const seen = await look(doubt, looks === 0 || isOver).catch((error: unknown) => {
          const passes = error instanceof AppError && error.retryable && !sending.aborted
          if (passes && lastAnswer.atLeastMs() < patienceMs) return null
          // The call that paused or stopped the run returns when nothing can come any more, whether or not Jira can be asked.
          if (isRequested() && !signal.aborted && doubt.since.atLeastMs() < inFlightMs) return null
          throw error
        })
        if (seen !== null) lastAnswer = startStopwatch(clock)
        const ticket = seen?.ticket ?? null
        if (ticket !== null) return { is: 'made', ticket }
        if (isOver && seen?.gap === null) return { is: 'not-made' }
        const rests = sending.aborted
        if (signal.aborted || (rests && !isRequested())) return { is: 'left' }
        const mayCome = !rests && seen?.gap === 'no-witness' && mayBringWitness(doubt.projectKey)
        const isPatient = !rests && (seen === null || patience.atLeastMs() < patienceMs)
        if (isOver && !isPatient && !mayCome) return { is: 'open', why: GAPS[seen?.gap ?? 'no-witness'] }
        await pause(isOver ? waitMs : Math.min(waitMs, inFlightMs - doubt.since.atLeastMs()))
        waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)
      }
    },
  }
}

/** Looks in the index, then past it. `gap`: why it is not sure that the ticket was not made; `unread` without a walk. */
function createLook(parts: ReconcilerParts): (doubt: SlotInDoubt, walks: boolean) => Promise<Seen> {
  const { run, jira, known, signal } = parts
  const finder = createSlotFinder(jira, run.runId, signal)
  const walker = createKeyWalker({ ...parts, runId: run.runId })
  const beginnings = new Map<string, Promise<number>>()
  const beginning = (projectKey: string): Promise<number> => {
    const begun = beginnings.get(projectKey) ?? keyBeforeRun(jira, run, projectKey, signal)
    beginnings.set(projectKey, begun)
    begun.catch(() => beginnings.delete(projectKey))
    return begun
  }

  return async (doubt, walks) => {
    // The walk reads no key that is known; one of this very slot is so where the store has lost that it was made.
    const ticket = known.ticketOf(doubt.slot) ?? (await finder.look(doubt.slot, doubt.notBeforeMs))
    if (ticket !== null || !walks) return { ticket, gap: 'unread' }
    const { projectKey, after } = doubt
    const { found, gap } = await walker.walk(projectKey, after ?? (await beginning(projectKey)))
    return { ticket: found.get(doubt.slot) ?? null, gap }
  }
}

/**
 * Looks in the search index. Slots that are looked for at the same time share their searches. What was created before
 * their claims is not asked for: a run may have made a hundred thousand tickets by then.
 */
function createSlotFinder(jira: Pick<Jira, 'search'>, runId: string, signal: AbortSignal) {
  /** The earliest of those who wait for the next search. */
  let earliestMs = Infinity
  const search = coalesce(async () => {
    const sinceMs = earliestMs - SEARCH_SLACK_MS
    earliestMs = Infinity
    const tickets = await searchRunTickets(jira, runId, signal, { sinceMs })
    return new Map(tickets.map((ticket) => [markedSlot(ticket.property, runId), ticket]))
  }, 'fresh')
  return {
    /**
     * The ticket that was made for a slot, `sinceMs` (site epoch ms) at the earliest, as Jira's search shows it now; null
     * where it does not. Throws as Jira does.
     */
    async look(slot: number, sinceMs: number): Promise<FoundTicket | null> {
      earliestMs = Math.min(earliestMs, sinceMs)
      return (await search()).get(slot) ?? null
    },
  }
}

/**
 * Real time since it was started, by two clocks: one may be set, the other may stand still while the machine sleeps, and
 * never shows more than has passed. A caller that must not be too early asks for the least, one that must not be too late for
 * the most.
 */
export type Stopwatch = ReturnType<typeof startStopwatch>

/** `alreadyMs`: milliseconds ago. */
export function startStopwatch(clock: Pick<Clock, 'now'>, alreadyMs = 0) {
  const [setMs, steadyMs] = [clock.now(), performance.now()]
  const steady = (): number => performance.now() - steadyMs
  return {
    atLeastMs: (): number => steady() + alreadyMs,
    atMostMs: (): number => Math.max(clock.now() - setMs, steady()) + alreadyMs,
  }
}
