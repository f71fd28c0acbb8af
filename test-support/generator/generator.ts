import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, onTestFinished } from 'vitest'
import { createEventHub } from '../../src-shared/contract/client.ts'
import { createSiteTime, machineClock } from '../../src-main/runtime/clock.ts'
import { createCloudJira } from '../../src-main/jira/cloud/cloud.ts'
import type { Jira } from '../../src-main/jira/jira.ts'
import { createClockControl } from '#jira-sandbox'
import { startTestSandbox, type TestHandles, type TestSandbox } from '#jira-sandbox/testing'
import type { Store } from '../../src-main/store/store.ts'
import { makeTestData } from '../store/store.ts'
import { runLabel, SLOT_PROPERTY } from '../../src-main/generator/marks.ts'
import type { GeneratorParts } from '../../src-main/generator/parts.ts'
import { createGenerator, type Generator } from '../../src-main/generator/runner.ts'
import { showing, shownRun, type ShownGenerator, type ShownRun } from './shown-run.ts'

/** A real sandbox, a real store, and as many generators on them as a test wants. */
export type Bench = Awaited<ReturnType<typeof openBench>>

/** A sandbox for all tests of a file; each test finds it without faults and index lag. */
export function sharedSandbox(settings: Parameters<typeof startTestSandbox>[0] = {}): () => TestSandbox {
  let sandbox: TestSandbox | undefined
  const started = (): TestSandbox => {
    if (sandbox === undefined) throw new Error('The sandbox is started before the first test')
    return sandbox
  }
  beforeAll(async () => void (sandbox = await startTestSandbox(settings)))
  afterEach(async () => {
    await started().setFaults([])
    await started().setSettings({ indexLag: { kind: 'none' } })
  })
  afterAll(() => sandbox?.stop())
  return started
}

/** As `openBench`, on a sandbox of its own. */
export async function openOwnBench(settings: Parameters<typeof startTestSandbox>[0]): Promise<Bench> {
  const sandbox = await startTestSandbox(settings)
  onTestFinished(() => sandbox.stop())
  return openBench(sandbox)
}

/** Sets up a new store beside a sandbox, or works with one that is open; all is gone when the test ends. */
export async function openBench(sandbox: TestSandbox, opened?: Store) {
  const data = await makeTestData()
  const store = opened ?? (await data.open())
  const jira = createCloudJira({ ...sandbox, clock: machineClock })
  const siteTime = createSiteTime(machineClock)
  const control = createClockControl(sandbox)
  siteTime.set(await control.get(AbortSignal.timeout(5_000)))
  const hub = createEventHub()
  const reported: string[] = []
  const published: ShownRun[] = []
  hub.on('run.changed', (progress) => void published.push(shownRun(progress)))
  const generators: Generator[] = []
  onTestFinished(async () => {
    await Promise.all(generators.map((generator) => generator.close()))
  })

  const compress: NonNullable<GeneratorParts['compress']> = async (rate, untilSiteMs, signal) => {
    const clock = await control.run(rate, untilSiteMs, signal)
    siteTime.set(clock)
    return clock
  }
  const parts: Omit<GeneratorParts, 'owner'> = {
    siteId: sandbox.siteId,
    jira,
    store,
    clock: machineClock,
    siteTime,
    hub,
    patienceMs: 1_500,
    inFlightMs: 600,
    onCreated: (id) => void reported.push(id),
    log: { info: () => {}, warn: () => {}, error: () => {} },
    compress,
  }
  return {
    sandbox,
    store,
    /** What the store is a connection to. */
    data,
    jira,
    siteTime,
    hub,
    compress,
    /** Ids of the tickets that were reported as made. */
    reported,
    /** What was published of runs, oldest first. */
    published,
    /** A generator as another process would have: an owner of its own. Closed when the test ends. */
    generator(overrides: Partial<GeneratorParts> = {}): ShownGenerator {
      const generator = createGenerator({ ...parts, owner: randomUUID(), ...overrides })
      generators.push(generator)
      return showing(generator)
    },
    /** How many tickets the sandbox truly has for each slot of a run. */
    ticketsBySlot: (runId: string) => ticketsBySlot(sandbox, runId),
    /** Every ticket that the sandbox truly has of a run, and its slot, in the order of the slots. */
    truthOf: (runId: string) => truthOf(sandbox, runId),
  }
}

/** How many tickets a sandbox truly has for each slot of a run. */
export async function ticketsBySlot(sandbox: TestHandles, runId: string): Promise<Map<number, number>> {
  const bySlot = new Map<number, number>()
  for (const { slot } of await truthOf(sandbox, runId)) bySlot.set(slot, (bySlot.get(slot) ?? 0) + 1)
  return bySlot
}

async function truthOf(sandbox: TestHandles, runId: string): Promise<{ slot: number; key: string }[]> {
  const tickets = await sandbox.truth(runLabel(runId))
  const found = await Promise.all(
    tickets.map(async ({ id, key }) => ({ slot: await slotOf(sandbox, id), key })),
  )
  return found.toSorted((a, b) => a.slot - b.slot || a.key.localeCompare(b.key))
}

async function slotOf(sandbox: TestHandles, issueId: string): Promise<number> {
  const { body } = await sandbox.request('GET', `/rest/api/3/issue/${issueId}/properties/${SLOT_PROPERTY}`)
  return (body as { value: { slot: number } }).value.slot
}

/** Every slot of a run with one ticket each: what `ticketsBySlot` gives when all is well. */
export function onceEach(slots: number): Map<number, number> {
  return new Map(Array.from({ length: slots }, (_, slot) => [slot, 1]))
}

/** Resolves with the first published progress of which `wanted` is true. */
export function progressWhere(bench: Bench, wanted: (progress: ShownRun) => boolean): Promise<ShownRun> {
  return new Promise((resolve) => {
    const leave = bench.hub.on('run.changed', (run) => {
      const progress = shownRun(run)
      if (!wanted(progress)) return
      leave()
      resolve(progress)
    })
  })
}

/** A run's slots that are in this state, as the ledger has them. */
export async function slotsIn(bench: Bench, runId: string, state: string) {
  return (await bench.store.slots(bench.sandbox.siteId, runId)).filter((slot) => slot.state === state)
}

/** Tells when the first create left, and when one came to no clear answer. */
export function watchingCreates(jira: Jira): { jira: Jira; left: Promise<void>; failed: Promise<void> } {
  const left = Promise.withResolvers<void>()
  const failed = Promise.withResolvers<void>()
  return {
    left: left.promise,
    failed: failed.promise,
    jira: {
      ...jira,
      async create(ticket, signal, mayLeave = () => true) {
        const leaves = (): boolean => {
          const may = mayLeave()
          if (may) left.resolve()
          return may
        }
        try {
          return await jira.create(ticket, signal, leaves)
        } catch (error) {
          failed.resolve()
          throw error
        }
      },
    },
  }
}
