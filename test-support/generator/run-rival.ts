import type { RunRequest } from '../../src-shared/contract/runs/runs.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { createClockControl } from '#jira-sandbox'
import { createGenerator } from '../../src-main/generator/runner.ts'
import type { ChildJob } from '../process/child.ts'
import { never, obey, say } from '../process/obey.ts'
import { openParts } from '../process/parts.ts'

/** What one of several processes that work on the same runs is told. */
export interface RivalJob extends ChildJob {
  /** The run to begin; null: to go on with what others left. */
  readonly start: RunRequest | null
}

export type RivalWord =
  | { readonly said: 'ready' }
  | { readonly said: 'works'; readonly runId: string }
  | { readonly said: 'rests' }
  | { readonly said: 'done' }

// A process that starts a run or goes on with whatever run it finds unfinished, until that is done or it is killed.

const LOOK_EVERY_MS = 100
/** A slot is so long on its way to Jira, and its answer so long on its way back: whenever it is struck, some are. */
const WAY_MS = 100
/** As in the sandbox: see engine.ts. */
const IN_FLIGHT_MS = 3_000

function works(runId: string): void {
  say({ said: 'works', runId } satisfies RivalWord)
}

await obey(async (job: RivalJob) => {
  const parts = await openParts(job)
  const { jira, store, clock } = parts
  parts.siteTime.set(await createClockControl(job.site).get(never))
  const generator = createGenerator({
    ...parts,
    jira: {
      ...jira,
      async create(...given) {
        await clock.sleep(WAY_MS, never)
        const made = await jira.create(...given)
        await clock.sleep(WAY_MS, never)
        return made
      },
    },
    patienceMs: 1_000,
    inFlightMs: IN_FLIGHT_MS,
    onCreated: () => {},
  })
  store.onHealth(() => generator.storeBack())
  if (job.start !== null) {
    works((await generator.start(job.start)).runId)
    await generator.finished()
  }
  for (;;) {
    const run = await generator.current()
    if (run?.state === 'done') return say({ said: 'done' } satisfies RivalWord)
    if (run?.state === 'broken' || run?.state === 'paused') {
      try {
        await generator.resume()
        works(run.runId)
        await generator.finished()
      } catch (error) {
        // Another one was faster, or has ended it by now.
        if (!(error instanceof AppError) || !['busy', 'not-found'].includes(error.code)) throw error
      }
    }
    say({ said: 'rests' } satisfies RivalWord)
    await clock.sleep(LOOK_EVERY_MS, never)
  }
})
