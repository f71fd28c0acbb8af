import type { SiteTime } from '../clock.ts'
import type { SlotOutcome, Store } from '../store/store.ts'

/** What one run writes down: each slot before its request goes out, and what became of it. */
export interface Ledger {
  readonly runId: string
  /** Writes that these slots are about to be sent; returns those that may be. Throws as the store does. */
  claim(slots: readonly number[]): Promise<number[]>
  /**
   * Writes what became of a slot, in one transaction with all that come while the one before is written. Throws as the
   * store does; the outcome is kept then and written with the next.
   */
  record(outcome: SlotOutcome): Promise<void>
  /** Writes what could not be written before. */
  flush(): Promise<void>
}

export interface LedgerParts {
  readonly store: Pick<Store, 'claimSlots' | 'recordSlots'>
  readonly siteId: string
  readonly runId: string
  readonly siteTime: Pick<SiteTime, 'now'>
}

export function createLedger({ store, siteId, runId, siteTime }: LedgerParts): Ledger {
  let unwritten: readonly SlotOutcome[] = []
  let writing: Promise<void> | undefined

  const writeAll = async (): Promise<void> => {
    try {
      while (unwritten.length > 0) await writeBatch()
    } finally {
      writing = undefined
    }
  }
  const writeBatch = async (): Promise<void> => {
    const outcomes = unwritten
    unwritten = []
    try {
      await store.recordSlots(siteId, runId, outcomes)
    } catch (error) {
      unwritten = [...outcomes, ...unwritten]
      throw error
    }
  }
  const flush = async (): Promise<void> => {
    if (unwritten.length > 0) writing ??= writeAll()
    await writing
  }

  return {
    runId,
    claim: (slots) =>
      slots.length === 0 ? Promise.resolve([]) : store.claimSlots(siteId, runId, slots, siteTime.now()),
    record(outcome) {
      unwritten = [...unwritten, outcome]
      return flush()
    },
    flush,
  }
}
