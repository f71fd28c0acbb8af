import type { PauseReason } from '../../src-shared/contract/runs/runs.ts'
import type { Run, Slot, SlotOutcome } from '../store/ledger/ledger.ts'
import { createReconciler, startStopwatch } from './reconcile.ts'
import { createKnownKeys, type KnownKeys } from './known-keys.ts'
import { catchUpPerSecond, createPacer, type Pacer } from './pacer.ts'
import type { Ledger } from './ledger.ts'
import type { GeneratorParts, RunLimits, WorkOrder } from './parts.ts'
import { createSender } from './send-slot.ts'
import { createSlotResolver, lostClaims, type OpenSlot } from './resolve-slot.ts'

/**
 * Sends a run's planned slots at their times, and looks for those in doubt, until each has its outcome or the run is
 * aborted. When it resolves nothing is under way any more. Whatever goes wrong aborts the run; it never rejects.
 */
export async function runLoop(parts: WorkParts): Promise<void> {
  const { sending, fail } = parts
  const work = await setUp(parts).catch(fail)
  if (work === undefined) return
  const { requests, searches, writes, pacer } = work
  try {
    do {
      while (!sending.aborted && (pacer.left() > 0 || isBusy(work))) await sendDue(work)
    } while (!sending.aborted && (await takeInStrays(work)))
  } catch (error) {
    fail(error)
  }
  await requests.settled()
  await searches.settled()
  await writes.settled()
}

type Running = Work & {
  readonly send: Awaited<ReturnType<typeof createSender>>
  /** Looks for a slot in doubt, and decides about it. */
  readonly look: (slot: OpenSlot) => void
}

/** Takes the slots in hand: those in doubt are looked for, those that the store had lost are claimed again for that. */
async function setUp(parts: WorkParts): Promise<Running> {
  const { run, order, siteTime, clock, sending, ledger, onCreated, onOutcome } = parts
  const slots = await readSlots(parts)
  const lost = new Set(sending.aborted || !order.planned ? [] : await lostClaims(parts, slots))
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
      onSlept: (slept) => parts.suspend({ code: 'slept', ...slept }),
    }),
    requests: createInFlight(parts.maxRequests),
    searches: createInFlight(Infinity),
    writes: createInFlight(Infinity),
    guarded: (some) => some.catch(parts.fail),
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
  const running = { ...work, look, send: await createSender(work, look) }
  for (const slot of slots) if (isInDoubt(slot)) look(inherited(work, slot))
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
  if (claimed.size < slots.length) await work.obey()
}

const LOST = 'The store had lost that it was sent.'

const LEFT = 'The program ended before Jira had answered.'

/** Its slots as they are in the store now, each with a type. */
async function readSlots({ store, siteId, run, issueTypeId }: WorkParts): Promise<Slot[]> {
  const slots = await store.slots(siteId, run.runId)
  return slots.map((slot) => (slot.issueTypeId === '' ? { ...slot, issueTypeId } : slot))
}

/** So much less time may have passed since a claim than its stamp says: clocks need not be quite the same. */
const STAMP_SLACK_MS = 5 * 60_000

/** How many real milliseconds ago, at least, a process that is gone had claimed a slot. */
function claimedAgoMs({ compress, siteTime }: WorkParts, { sentAtMs }: Slot): number {
  // A site whose clock may run fast does not show how much real time has passed.
  if (sentAtMs === null || compress !== undefined) return 0
  return Math.max(0, siteTime.now() - sentAtMs - STAMP_SLACK_MS)
}

/** A slot that a process left without an answer; with a reason one of which it is not known when, or whether, it was sent. */
function inherited(work: Work, slot: Slot): OpenSlot {
  const reason = slot.state === 'sent' ? slot.reason : null
  return {
    slot,
    after: null,
    since: startStopwatch(work.clock, reason === null ? claimedAgoMs(work, slot) : 0),
    latenessMs: slot.latenessMs,
    sentAtMs: null,
    because: reason ?? LEFT,
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
  const { pacer, requests, searches, sending, ledger, clock, known, maxRequests } = work
  if (pacer.left() === 0) return Promise.race([pacer.filled(), requests.next(), searches.next()])
  await requests.room()
  const due = await pacer.nextDue(Math.max(CLAIM_BATCH_SIZE, maxRequests), sending)
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
  if (claimed.size < due.length) await work.obey()
}

/**
 * At the end: slots that another process, which had lost the run to this one, has claimed or given back meanwhile, and
 * those of which a store that failed over has lost that they were sent. True where there were some.
 */
async function takeInStrays(work: Running): Promise<boolean> {
  await work.writes.settled()
  // It may have been restored from a backup while this process worked on.
  await work.store.doubtLostSlots(work.siteId, work.run.runId, work.siteTime.now())
  const slots = await readSlots(work)
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

export interface WorkParts extends Omit<GeneratorParts, keyof RunLimits>, RunLimits {
  readonly run: Run
  readonly order: WorkOrder
  readonly ledger: Ledger
  /** Aborted when no further slot is to be sent. */
  readonly sending: AbortSignal
  /** The run does not go on: something went wrong, … */
  readonly fail: (error: unknown) => void
  /** … or there is another reason. */
  readonly suspend: (reason: PauseReason) => void
  /** Whether a person asked for that. */
  readonly isRequested: () => boolean
  /** Does what is asked of the run: a claim was refused, so another process has the slot, or has brought the run to rest. */
  readonly obey: () => Promise<void>
  /** The type of tickets whose slots name none: those of runs that are older than types. */
  readonly issueTypeId: string
  /** Gives up requests that are under way: their slots stay in doubt. */
  readonly signal: AbortSignal
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
