import type { Run, Slot, SlotOutcome } from '../store/ledger.ts'
import { createReconciler, startStopwatch } from './reconcile.ts'
import { createKnownKeys, type KnownKeys } from './known-keys.ts'
import { catchUpPerSecond, createPacer, type Pacer } from './pacer.ts'
import type { LaunchParts } from './launch-run.ts'
import type { RunLimits } from './parts.ts'
import { createSender } from './send-slot.ts'
import { createSlotResolver, lostClaims, type OpenSlot } from './resolve-slot.ts'

/**
 * Sends a run's planned slots at their times, and looks for those in doubt, until each has its outcome or the run is
 * aborted. When it resolves nothing is under way any more. Whatever goes wrong aborts the run; it never rejects.
 */
export async function runLoop(parts: WorkParts): Promise<void> {
  const { runAbort } = parts
  const work = await setUp(parts).catch((error: unknown) => runAbort.abort({ error }))
  if (work === undefined) return
  const { requests, searches, writes, pacer } = work
  try {
    do {
      while (!runAbort.signal.aborted && (pacer.left() > 0 || isBusy(work))) await sendDue(work)
    } while (!runAbort.signal.aborted && (await takeInStrays(work)))
  } catch (error) {
    runAbort.abort({ error })
  }
  await requests.settled()
  await searches.settled()
  await writes.settled()
}

type Running = Work & {
  readonly send: ReturnType<typeof createSender>
  /** Looks for a slot in doubt, and decides about it. */
  readonly look: (slot: OpenSlot) => void
}

/** Takes the slots in hand: those in doubt are looked for, those that the store had lost are claimed again for that. */
async function setUp(parts: WorkParts): Promise<Running> {
  const { run, slots, order, siteTime, clock, runAbort, ledger, onCreated, onOutcome } = parts
  const lost = new Set(runAbort.signal.aborted || !order.planned ? [] : await lostClaims(parts))
  const planned = slots.filter(({ state, slot }) => state === 'planned' && !lost.has(slot))
  const known = createKnownKeys(slots)
  const work: Work = {
    ...parts,
    known,
    pacer: createPacer({
      slots: order.planned ? planned.toSorted((a, b) => a.plannedMs - b.plannedMs) : [],
      siteTime,
      clock,
      catchUpPerSecond: catchUpPerSecond(
        slots.map(({ plannedMs }) => plannedMs).toSorted((a, b) => a - b),
        run.rate,
      ),
      onSlept: (slept) => runAbort.abort({ slept }),
    }),
    requests: createInFlight(parts.maxRequests),
    searches: createInFlight(Infinity),
    writes: createInFlight(Infinity),
    guarded: (some) => some.catch((error: unknown) => runAbort.abort({ error })),
    async note(outcome) {
      const { issueId: id, issueKey: key } = outcome
      if (id !== null && key !== null) {
        known.note(outcome.slot, { id, key })
        onCreated(id, key, outcome.answeredAtMs)
      }
      await ledger.record(outcome)
      onOutcome()
    },
  }
  const settle = createSlotResolver(
    work,
    createReconciler({ ...work, mayBringWitness: () => mayStillMake(work) }),
  )
  const look = (slot: OpenSlot): void => work.searches.add(work.guarded(settle(slot)))
  for (const slot of slots) if (isInDoubt(slot)) look(inherited(work, slot))
  const running = { ...work, look, send: createSender(work, look) }
  await lookForLost(
    running,
    slots.filter(({ slot }) => lost.has(slot)),
  )
  return running
}

/** Whether a process left it without an answer. One whose ticket a clean-up found and deleted is in doubt no more. */
function isInDoubt({ state, removedMs }: Slot): boolean {
  return (state === 'sent' || state === 'unknown') && removedMs === null
}

/** Those that were sent, and that the store knows nothing of any more, are claimed again and looked for. */
async function lookForLost(work: Running, slots: readonly Slot[]): Promise<void> {
  const claimed = new Set(await work.ledger.claim(slots.map(({ slot }) => slot)))
  for (const slot of slots) {
    if (claimed.has(slot.slot)) work.look({ ...inherited(work, slot), because: LOST })
  }
  if (claimed.size < slots.length) await checkState(work)
}

const LOST = 'The store had lost that it was sent.'

const LEFT = 'The program ended before Jira had answered.'

/** A slot that a process left without an answer. */
function inherited({ clock, claimedAgoMs }: Work, slot: Slot): OpenSlot {
  return {
    slot,
    after: null,
    since: startStopwatch(clock, claimedAgoMs(slot)),
    latenessMs: slot.latenessMs,
    sentAtMs: null,
    because: LEFT,
    isUnknown: slot.state === 'unknown',
  }
}

function mayStillMake({ pacer, requests }: Work): boolean {
  return pacer.left() > 0 || requests.size() > 0
}

function isBusy({ requests, searches }: Work): boolean {
  return requests.size() > 0 || searches.size() > 0
}

/** What is due is claimed together, a few more than there is room for: each commit to the ledger takes its time. */
const CLAIM_BATCH_SIZE = 8

/** Waits for the next slots, claims them and sends them. */
async function sendDue(work: Running): Promise<void> {
  const { pacer, requests, searches, runAbort, ledger, clock, known, maxRequests } = work
  if (pacer.left() === 0) return Promise.race([pacer.filled(), requests.next(), searches.next()])
  await requests.room()
  const due = await pacer.nextDue(Math.max(CLAIM_BATCH_SIZE, maxRequests), runAbort.signal)
  // Whatever is known before the claim was made before it: its ticket's key is greater.
  const largest = new Map(due.map(({ projectKey }) => [projectKey, known.largest(projectKey)]))
  const since = startStopwatch(clock)
  const claimed = new Set(await ledger.claim(due.map(({ slot }) => slot)))
  for (const slot of due) {
    if (!claimed.has(slot.slot)) continue
    const after = largest.get(slot.projectKey) ?? 0
    await requests.room()
    requests.add(work.guarded(work.send({ slot, since, after: after === 0 ? null : after })))
  }
  if (claimed.size < due.length) await checkState(work)
}

/** A claim that was refused: another process has the slot, or has ended the run. */
async function checkState({ readRun, runAbort }: Pick<Work, 'readRun' | 'runAbort'>): Promise<void> {
  const { state } = await readRun()
  if (state !== 'running') runAbort.abort(state === 'paused' ? 'pause' : 'stop')
}

/**
 * At the end: slots that another process, which had lost the run to this one, has claimed or given back meanwhile, and
 * those of which a store that failed over has lost that they were sent. True where there were some.
 */
async function takeInStrays(work: Running): Promise<boolean> {
  await work.writes.settled()
  const slots = await work.readSlots()
  const claimed = slots.filter((slot) => slot.state === 'sent' && isInDoubt(slot))
  for (const slot of claimed) work.look({ ...inherited(work, slot), since: startStopwatch(work.clock) })
  const planned = slots.filter(({ state }) => state === 'planned' && work.order.planned)
  const unsent = planned.filter(({ slot }) => !work.ledger.hasSent(slot))
  work.pacer.add(unsent)
  if (unsent.length < planned.length) {
    await lookForLost(
      work,
      planned.filter(({ slot }) => work.ledger.hasSent(slot)),
    )
  }
  return claimed.length + planned.length > 0
}

export interface WorkParts extends Omit<LaunchParts, keyof RunLimits>, RunLimits {
  /** As the ledger has them, each with a type. */
  readonly slots: readonly Slot[]
  /** How many real milliseconds ago, at least, a process that is gone had claimed a slot. */
  readonly claimedAgoMs: (slot: Slot) => number
  /** Gives up requests that are under way: their slots stay in doubt. */
  readonly signal: AbortSignal
  /** The run, and its slots, as they are in the store now. */
  readonly readRun: () => Promise<Run>
  readonly readSlots: () => Promise<readonly Slot[]>
  /** A slot has an outcome, written down. */
  readonly onOutcome: () => void
}

/** What is shared by all that is done for a run. */
export interface Work extends WorkParts {
  readonly known: KnownKeys
  readonly pacer: Pacer<Slot>
  readonly requests: InFlight
  readonly searches: InFlight
  /** Outcomes that are being written down, during the next requests. */
  readonly writes: InFlight
  /** Work that must not reject: whatever goes wrong aborts the run. */
  readonly guarded: (work: Promise<void>) => Promise<void>
  /** Writes an outcome down. */
  readonly note: (outcome: SlotOutcome) => Promise<void>
}

type InFlight = ReturnType<typeof createInFlight>

/** Work that has begun and not ended, a limited number at a time. */
export function createInFlight(limit: number) {
  const running = new Set<Promise<void>>()
  let oneEnds = Promise.withResolvers<void>()
  return {
    size: (): number => running.size,
    /** Resolves when there is room for one more at least; says for how many. */
    async room(): Promise<number> {
      while (running.size >= limit) await oneEnds.promise
      return limit - running.size
    },
    /** Takes work in. It must not reject. */
    add(work: Promise<void>) {
      const ended = work.finally(() => {
        running.delete(ended)
        oneEnds.resolve()
        oneEnds = Promise.withResolvers()
      })
      running.add(ended)
    },
    /** Resolves when the next one ends. Any number may be under way: it costs the same. */
    next: () => oneEnds.promise,
    /** Resolves when all of it has ended, what came in meanwhile included. */
    async settled() {
      while (running.size > 0) await Promise.all(running)
    },
  }
}
