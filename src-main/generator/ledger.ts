import type { SiteTime } from '../runtime/clock.ts'
import type { LedgerStore, SlotOutcome } from '../store/ledger/ledger.ts'
import { notMadeOutcome } from './send-slot.ts'
import { sleep } from '../runtime/async.ts'

export type Ledger = ReturnType<typeof createLedger>

/** From one write of outcomes to the next (real ms): each commit costs more than the outcomes in it. */
const GROUPED_MS = 5
/** More than come in that time only after an outage: a write of SQLite holds up everything else. */
const WRITE_BATCH_SIZE = 250

export interface LedgerParts {
  readonly store: Pick<LedgerStore, 'claimSlots' | 'recordSlots'>
  readonly siteId: string
  readonly runId: string
  readonly siteTime: Pick<SiteTime, 'now'>
}

/** What one run writes down: each slot before its request goes out, and what became of it. */
export function createLedger({ store, siteId, runId, siteTime }: LedgerParts) {
  const outcomes = createOutcomeWriter((some) => store.recordSlots(siteId, runId, some))
  /** When each slot was claimed that was sent, the last time: only that claim is given back, never a later one of another process. */
  const claimedMs = new Map<number, number>()

  return {
    runId,
    /**
     * Writes that these slots are about to be sent; returns those that may be. Throws as the store does; none may be sent
     * then, and those that were written all the same, before the answer was lost, are given back with the next writing.
     */
    async claim(slots: readonly number[]): Promise<number[]> {
      if (slots.length === 0) return []
      const atMs = siteTime.now()
      try {
        const claimed = await store.claimSlots(siteId, runId, slots, atMs)
        for (const slot of claimed) claimedMs.set(slot, atMs)
        return claimed
      } catch (error) {
        // Nothing of this claim was sent. What was sent of an earlier one, which the store has lost, stays known.
        const given = { answeredAtMs: atMs, latenessMs: null, sentAtMs: atMs }
        for (const slot of slots) outcomes.add(notMadeOutcome(slot, 'planned', given, null))
        throw error
      }
    },
    /**
     * Writes what became of a slot: at once, or in one transaction with all that come within a few milliseconds. Throws as
     * the store does; the outcome is kept then and written with the next.
     */
    record(outcome: SlotOutcome): Promise<void> {
      const sentAtMs = outcome.sentAtMs ?? claimedMs.get(outcome.slot)
      const givesBack = outcome.state === 'planned' && sentAtMs !== undefined
      outcomes.add(givesBack ? { ...outcome, sentAtMs } : outcome)
      if (givesBack) claimedMs.delete(outcome.slot)
      return outcomes.flush()
    },
    /** Writes what could not be written before. */
    flush: outcomes.flush,
    /** Whether this process has sent a slot, whatever the store says of it. */
    hasSent: (slot: number): boolean => claimedMs.has(slot),
  }
}

/** Has outcomes written, together those that come within a few milliseconds. What cannot be written is kept for the next time. */
function createOutcomeWriter(write: (outcomes: readonly SlotOutcome[]) => Promise<void>) {
  let unwritten: SlotOutcome[] = []
  let writing: Promise<void> | undefined
  let nextWriteMs = 0

  const writeAll = async (): Promise<void> => {
    try {
      while (unwritten.length > 0) {
        const waitMs = nextWriteMs - performance.now()
        if (waitMs > 0) await sleep(waitMs)
        await writeBatch()
      }
    } finally {
      writing = undefined
    }
  }
  const writeBatch = async (): Promise<void> => {
    const outcomes = unwritten.slice(0, WRITE_BATCH_SIZE)
    unwritten = unwritten.slice(WRITE_BATCH_SIZE)
    nextWriteMs = performance.now() + GROUPED_MS
    try {
      await write(outcomes)
    } catch (error) {
      unwritten = [...outcomes, ...unwritten]
      throw error
    }
  }
  const flush = async (): Promise<void> => {
    if (unwritten.length > 0) writing ??= writeAll()
    await writing
  }
  return { add: (outcome: SlotOutcome): void => void unwritten.push(outcome), flush }
}
