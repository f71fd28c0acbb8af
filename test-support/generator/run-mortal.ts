import { writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { setImmediate } from 'node:timers/promises'
import { createEventHub } from '../../src-shared/contract/client.ts'
import { createSiteTime, machineClock } from '../../src-main/runtime/clock.ts'
import { createCloudJira } from '../../src-main/jira/cloud/cloud.ts'
import type { Jira } from '../../src-main/jira/jira.ts'
import { leaseOwner } from '../../src-main/leases/lease-owner.ts'
import { createClockControl } from '#jira-sandbox'
import { openStore } from '../../src-main/store/open-store.ts'
import type { Store } from '../../src-main/store/store.ts'
import { createGenerator } from '../../src-main/generator/runner.ts'
import type { Boundary, MortalJob, MortalWord } from './kills.ts'

// A process that works on a run until it is done, or holds its breath at a boundary until it is killed.

const never = new AbortController().signal

/** At once, whatever becomes of the process. */
function say(word: MortalWord): void {
  writeSync(1, `${JSON.stringify(word)}\n`)
}

/** Passes a boundary; where the process was to stop there, nothing goes on any more. */
type Pass = (at: Boundary) => Promise<void>

function createPass(stopAt: MortalJob['stopAt']): Pass {
  let passes = 0
  let stopped = false
  return async (at) => {
    if (!stopped && at === stopAt?.boundary && ++passes === stopAt.nth) {
      stopped = true
      say({ said: 'there' })
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

async function work(job: MortalJob): Promise<void> {
  const { store: config, site, siteId, start, missed, stopAt, inFlightMs, timeoutMs } = job
  const clock = machineClock
  const log = { info: () => {}, warn: () => {}, error: (...what: unknown[]) => console.error(...what) }
  const store = await openStore(config, { clock, log, password: null })
  const siteTime = createSiteTime(clock)
  const control = createClockControl({ ...site })
  siteTime.set(await control.get(never))
  const pass = createPass(stopAt)
  const generator = createGenerator({
    siteId,
    jira: mortalJira(createCloudJira({ ...site, clock, timeouts: { callMs: timeoutMs } }), pass),
    store: mortalStore(store, pass),
    clock,
    siteTime,
    hub: createEventHub(),
    owner: leaseOwner(),
    patienceMs: 20_000,
    inFlightMs,
    async compress(rate, untilSiteMs, signal) {
      const next = await control.run(rate, untilSiteMs, signal)
      siteTime.set(next)
      return next
    },
    onCreated: () => {},
    log,
  })
  const begin = start === null ? generator.resume({ missed }) : generator.start(start)
  say({ said: 'works', runId: (await begin).runId })
  // What the faults make of Jira may be more than a call's repeats bear: a person would resume it.
  while ((await generator.finished()).state !== 'done') await generator.resume({ missed })
  say({ said: 'done' })
  await generator.close()
  await store.close()
}

say({ said: 'ready' })
for await (const line of createInterface({ input: process.stdin })) {
  await work(JSON.parse(line) as MortalJob)
  process.exit(0)
}
