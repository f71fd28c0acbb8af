import type { Clock, SiteTime } from '../runtime/clock.ts'
import type { Jira } from '../jira/jira.ts'
import type { Run, Slot, SlotOutcome } from '../store/store.ts'
import type { RunAbort } from './halt.ts'
import type { InFlight } from './in-flight.ts'
import type { KnownKeys } from './known-keys.ts'
import type { Ledger } from './ledger.ts'
import type { Pacer } from './pacer.ts'
import type { WorkOrder } from './parts.ts'

export interface WorkParts {
  readonly run: Run
  /** As the ledger has them, each with a type. */
  readonly slots: readonly Slot[]
  readonly order: WorkOrder
  readonly jira: Jira
  readonly ledger: Ledger
  readonly clock: Clock
  readonly siteTime: SiteTime
  readonly patienceMs: number
  readonly inFlightMs: number
  /** So many keys are read at most to prove that a slot was not made. */
  readonly maxKeys: number
  /** Requests under way at once: slow answers do not delay the next slots until there are so many. */
  readonly maxRequests: number
  /** How many real milliseconds ago, at least, a process that is gone had claimed a slot. */
  readonly claimedAgoMs: (slot: Slot) => number
  readonly runAbort: RunAbort
  /** Gives up requests that are under way: their slots stay in doubt. */
  readonly signal: AbortSignal
  /** The run, and its slots, as they are in the store now. */
  readonly readRun: () => Promise<Run>
  readonly readSlots: () => Promise<readonly Slot[]>
  readonly onCreated: (id: string, key: string, siteMs: number) => void
  /** A slot has an outcome, written down. */
  readonly onOutcome: () => void
}

/** What is shared by all that is done for a run. */
export interface Work extends WorkParts {
  readonly known: KnownKeys
  readonly pacer: Pacer<Slot>
  readonly requests: InFlight
  readonly searches: InFlight
  /** Outcomes that are being written down, beside the next requests. */
  readonly writes: InFlight
  /** Work that must not reject: whatever goes wrong aborts the run. */
  readonly guarded: (work: Promise<void>) => Promise<void>
  /** Writes an outcome down. */
  readonly note: (outcome: SlotOutcome) => Promise<void>
}
