import { createInterface } from 'node:readline'
import { createEventHub } from '../../src-shared/contract/client.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { createSiteTime, machineClock } from '../../src-main/runtime/clock.ts'
import { createCloudJira } from '../../src-main/jira/cloud/cloud.ts'
import { leaseOwner } from '../../src-main/leases/lease-owner.ts'
import { createClockControl } from '#jira-sandbox'
import { openStore } from '../../src-main/store/open-store.ts'
import { createGenerator } from '../../src-main/generator/runner.ts'
import type { RivalJob, RivalWord } from './rivals.ts'

// A process that starts a run or goes on with whatever run it finds unfinished, until that is done or it is killed.

const LOOK_EVERY_MS = 100
/** A slot is so long on its way to Jira, and its answer so long on its way back: whenever it is struck, some are. */
const WAY_MS = 100
/** As in the sandbox: see engine.ts. */
const IN_FLIGHT_MS = 3_000
const never = new AbortController().signal

function say(word: RivalWord): void {
  process.stdout.write(`${JSON.stringify(word)}\n`)
}

async function work({ store: config, site, siteId, start }: RivalJob): Promise<void> {
  const clock = machineClock
  const log = { info: () => {}, warn: () => {}, error: (...what: unknown[]) => console.error(...what) }
  const store = await openStore(config, { clock, log, password: null })
  const siteTime = createSiteTime(clock)
  siteTime.set(await createClockControl({ ...site }).get(never))
  const jira = createCloudJira({ ...site, clock })
  const generator = createGenerator({
    siteId,
    jira: {
      ...jira,
      async create(...given) {
        await clock.sleep(WAY_MS, never)
        const made = await jira.create(...given)
        await clock.sleep(WAY_MS, never)
        return made
      },
    },
    store,
    clock,
    siteTime,
    hub: createEventHub(),
    owner: leaseOwner(),
    patienceMs: 1_000,
    inFlightMs: IN_FLIGHT_MS,
    onCreated: () => {},
    log,
  })
  store.onHealth(() => generator.storeBack())
  if (start !== null) {
    const { runId } = await generator.start(start)
    say({ said: 'works', runId })
    await generator.finished()
  }
  for (;;) {
    const run = await generator.current()
    if (run?.state === 'done') return say({ said: 'done' })
    if (run?.state === 'broken' || run?.state === 'paused') {
      try {
        await generator.resume()
        say({ said: 'works', runId: run.runId })
        await generator.finished()
      } catch (error) {
        // Another one was faster, or has ended it by now.
        if (!(error instanceof AppError) || !['busy', 'not-found'].includes(error.code)) throw error
      }
    }
    say({ said: 'rests' })
    await clock.sleep(LOOK_EVERY_MS, never)
  }
}

say({ said: 'ready' })
for await (const line of createInterface({ input: process.stdin })) await work(JSON.parse(line) as RivalJob)
