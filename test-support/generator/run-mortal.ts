import { setImmediate } from 'node:timers/promises'
import type { ResumeRequest, RunRequest } from '../../src-shared/contract/runs/runs.ts'
import { createClockControl } from '#jira-sandbox'
import { createGenerator } from '../../src-main/generator/runner.ts'
import type { Jira } from '../../src-main/jira/jira.ts'
import type { Store } from '../../src-main/store/store.ts'
import type { ChildJob } from '../process/child.ts'
import { never, obey, say } from '../process/obey.ts'
import { openParts } from '../process/parts.ts'

/** Where it may be killed while it works on a slot, in the order in which it passes them. */
export type Boundary = 'planned' | 'written' | 'sent' | 'answered' | 'recorded'

/** What a process is told that works on a run until it is killed. */
export interface MortalJob extends ChildJob {
  /** The run to begin; null: to go on with the last one. */
  readonly start: RunRequest | null
  readonly missed: NonNullable<ResumeRequest['missed']>
  /** Where it holds its breath, and at which pass; null: nowhere. */
  readonly stopAt: { readonly boundary: Boundary; readonly nth: number } | null
  /** Real milliseconds: see `GeneratorParts`, and for one call to Jira. */
  readonly inFlightMs: number
  readonly timeoutMs: number
}

export type MortalWord =
  | { readonly said: 'ready' }
  | { readonly said: 'works'; readonly runId: string }
  | { readonly said: 'there' }
  | { readonly said: 'done' }

// A process that works on a run until it is done, or holds its breath at a boundary until it is killed.

/** Passes a boundary; where the process was to stop there, nothing goes on any more. */
type Pass = (at: Boundary) => Promise<void>

function createPass(stopAt: MortalJob['stopAt']): Pass {
  let passes = 0
  let stopped = false
  return async (at) => {
    if (!stopped && at === stopAt?.boundary && ++passes === stopAt.nth) {
      stopped = true
      say({ said: 'there' } satisfies MortalWord)
    }
    if (stopped) await new Promise(() => {})
  }
}

function mortalJira(jira: Jira, pass: Pass): Jira {
  return {
    ...jira,
    async create(ticket, signal, mayLeave = () => true) {
      await pass('written')
      const left = Promise.withResolvers<void>()
      const leaves = (): boolean => {
        const may = mayLeave()
        if (may) left.resolve()
        return may
      }
      const made = jira.create(ticket, signal, leaves)
      made.catch(() => {})
      await Promise.race([left.promise, made.catch(() => {})])
      // The bytes are with the system.
      await setImmediate()
      await pass('sent')
      return made
    },
  }
}

function mortalStore(store: Store, pass: Pass): Store {
  return {
    ...store,
    async claimSlots(...args) {
      await pass('planned')
      return store.claimSlots(...args)
    },
    async recordSlots(...args) {
      await pass('answered')
      await store.recordSlots(...args)
      await pass('recorded')
    },
  }
}

await obey(async (job: MortalJob) => {
  const { missed, inFlightMs } = job
  const parts = await openParts(job, { callMs: job.timeoutMs })
  const { siteTime } = parts
  const control = createClockControl(job.site)
  siteTime.set(await control.get(never))
  const pass = createPass(job.stopAt)
  const generator = createGenerator({
    ...parts,
    jira: mortalJira(parts.jira, pass),
    store: mortalStore(parts.store, pass),
    patienceMs: 20_000,
    inFlightMs,
    async compress(rate, untilSiteMs, signal) {
      const next = await control.run(rate, untilSiteMs, signal)
      siteTime.set(next)
      return next
    },
    onCreated: () => {},
  })
  const begin = job.start === null ? generator.resume({ missed }) : generator.start(job.start)
  say({ said: 'works', runId: (await begin).runId } satisfies MortalWord)
  // What the faults make of Jira may be more than a call's repeats bear: a person would resume it.
  while ((await generator.finished()).state !== 'done') await generator.resume({ missed })
  say({ said: 'done' } satisfies MortalWord)
  await generator.close()
  await parts.store.close()
  process.exit(0)
})
