import type { NewRun, NewSlot, Slot } from '../../src-main/store/ledger/ledger.ts'
import { SITE } from './pages.ts'

/** A run for tests of the ledger. */
export const RUN: NewRun = {
  siteId: SITE,
  runId: 'abcdefgh',
  projectKey: 'OPS, TPM',
  seed: 4_294_967_295,
  planned: 4,
  startMs: 1_760_000_000_000,
  endMs: 1_760_003_600_000,
  rate: 1.5,
  profile: 'spike 30m x5 10m',
  mix: 'watched',
  state: 'running',
  createdAtMs: 1_760_000_000_000,
}

/** Its slot of that number. */
export function newSlot(slot: number, given: Partial<NewSlot> = {}): NewSlot {
  return {
    slot,
    plannedMs: RUN.startMs + slot * 1_000,
    priorityId: '2',
    projectKey: 'TPM',
    issueTypeId: '10001',
    ...given,
  }
}

/** The slots `[0, count)`. */
export function newSlots(count: number): NewSlot[] {
  return Array.from({ length: count }, (_, slot) => newSlot(slot))
}

/** The slot as it is stored before anything became of it. */
export function untouched(slot: NewSlot): Slot {
  return {
    ...slot,
    state: 'planned',
    sentAtMs: null,
    answeredAtMs: null,
    latenessMs: null,
    issueId: null,
    issueKey: null,
    reason: null,
    removedMs: null,
  }
}
