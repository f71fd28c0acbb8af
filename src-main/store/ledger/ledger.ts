import type { RunTraits } from '../../../src-shared/contract/runs/run-traits.ts'
import type { Minute } from '../../../src-shared/domain/minute.ts'
import type { createCleanUps } from './clean-ups.ts'
import type { createRuns } from './runs.ts'
import type { createPlanned, createSlots } from './slots.ts'

/**
 * The part of the store that outlives the fetched tickets: runs and their slots. As of `Store`, each method is one
 * transaction, except where it says that it works in steps; times are epoch ms of the site.
 */
export type LedgerStore = ReturnType<typeof createRuns> &
  ReturnType<typeof createSlots> &
  ReturnType<typeof createPlanned> &
  ReturnType<typeof createCleanUps> &
  EngineLedger

/** What each engine does in its own way. */
export interface EngineLedger {
  /**
   * The run is there with all its slots, or not at all: the slots are written in steps, the run with the last one. Given
   * again as it was, it stays as it is. Throws `busy` where two processes begin a run of the site at the same moment.
   */
  createRun(run: NewRun, slots: readonly NewSlot[]): Promise<void>
  /**
   * Writes what became of slots. `planned` gives a claimed slot back, to be claimed again; a created one never changes.
   */
  recordSlots(siteId: string, runId: string, outcomes: readonly SlotOutcome[]): Promise<void>
  /** The minutes for which slots are planned, in any order, with what became of them. */
  runMinutes(siteId: string, runId: string): Promise<SlotMinute[]>
}

export type RunState = 'planned' | 'running' | 'pausing' | 'paused' | 'stopping' | 'stopped' | 'done'

/** What is written with a state. */
export interface WrittenState {
  /** Why it is paused, as the generator reads it. */
  readonly reason: string | null
  /** Names this write; the same when it is repeated. */
  readonly revision: string
  /** The last one that the writer knows of. */
  readonly seen: string | null
}

export interface Run extends Readonly<Required<RunTraits>> {
  readonly siteId: string
  readonly runId: string
  /** The keys of its projects, joined by `, `. */
  readonly projectKey: string
  readonly planned: number
  /** Span of the plan in site time. */
  readonly startMs: number
  readonly endMs: number
  readonly state: RunState
  /** Why it is paused, as the generator wrote it; null where that is not known. */
  readonly reason: string | null
  /**
   * Of a running one: what another process asked of the one that works on it. Of one at rest: what a person asked for;
   * null where something else brought it to rest, also that its program was closed.
   */
  readonly requested: RequestedState | null
  readonly createdAtMs: number
  /** Since when it is in its state. */
  readonly stateSinceMs: number
  /** The last write of its state; null where its writer named none. */
  readonly revision: string | null
  /** By how much pauses have moved its end. */
  readonly shiftedMs: number
}

export type NewRun = Omit<Run, 'stateSinceMs' | 'reason' | 'requested' | 'revision' | 'shiftedMs'>

export type RequestedState = 'pause' | 'stop'

export interface ResumedRun {
  readonly byMs: number
  readonly atMs: number
  readonly skipped?: SkippedSlots
  readonly revision?: string
  readonly seen?: string | null
}

/** Slots that shall not be made, with the reason for the person. */
export interface SkippedSlots {
  readonly slots: readonly number[]
  readonly reason: string
}

export interface NewSlot {
  readonly slot: number
  readonly plannedMs: number
  readonly priorityId: string
  readonly projectKey: string
  /** '' for slots older than issue types: the project's usual one then. */
  readonly issueTypeId: string
}

/**
 * planned → sent → created | failed | unknown; planned → skipped. `sent` is written before the request goes out: a slot
 * found so after a crash may or may not have made its ticket, and is looked for in Jira before anything else is done
 * with it.
 */
export type SlotState = 'planned' | 'sent' | 'created' | 'failed' | 'unknown' | 'skipped'

export interface Slot extends NewSlot {
  readonly state: SlotState
  readonly sentAtMs: number | null
  readonly answeredAtMs: number | null
  readonly latenessMs: number | null
  readonly issueId: string | null
  readonly issueKey: string | null
  readonly reason: string | null
  /** When a clean-up deleted its ticket from Jira; null where none has. */
  readonly removedMs: number | null
}

export interface SlotOfRun extends Slot {
  readonly runId: string
}

export interface SlotOutcome {
  readonly slot: number
  readonly state: 'created' | 'failed' | 'unknown' | 'planned'
  /**
   * Of `planned` (from `sent` or `unknown`): the `sentAtMs` of the claim that is given back. One that another has made
   * since stays. Of any other state: when the request left, as far as that is known; the claim's time stays where absent.
   */
  readonly sentAtMs?: number
  readonly answeredAtMs: number
  readonly latenessMs: number | null
  readonly issueId: string | null
  readonly issueKey: string | null
  readonly reason: string | null
}

/** Slots that are planned for one minute. `notMade`: failed, unknown or skipped. */
export interface SlotMinute {
  readonly minute: Minute
  readonly planned: number
  readonly created: number
  readonly notMade: number
}

/** Tickets that runs have planned for a bucket of minutes. */
export interface PlannedCount {
  readonly startMinute: Minute
  readonly planned: number
}

export interface RunCounts {
  readonly created: number
  readonly failed: number
  readonly unknown: number
  readonly open: number
  readonly skipped: number
  readonly missed: number
  readonly removed: number
  /** Real ms; null before the first slot was sent. */
  readonly lateness: { readonly p50Ms: number; readonly p95Ms: number; readonly maxMs: number } | null
}
