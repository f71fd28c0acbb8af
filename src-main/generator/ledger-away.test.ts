import { describe, expect, test, vi } from 'vitest'
import type { RunProgress } from '../../src-shared/contract/runs/runs.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { Jira } from '../jira/jira.ts'
import { createAwayStore, type AwayStore } from '../../test-support/store/away.ts'
import { promisedMs } from '../../test-support/promised.ts'
import type { GeneratorParts } from './parts.ts'
import type { ShownGenerator as Generator } from '../../test-support/generator/shown-run.ts'
import {
  onceEach,
  openBench,
  progressWhere,
  sharedSandbox,
  type Bench,
} from '../../test-support/generator/generator.ts'

const shared = sharedSandbox()

/** Twenty minutes in two thirds of a second. */
const RUN = { count: 30, minutes: 20, compress: 1_800, seed: 7 }
const WAITS = /^It waits for the store, and goes on by itself when that is back\./

interface Outage extends Bench, AwayStore {
  readonly generator: () => Generator
  readonly main: Generator
  /** Creates that were asked of Jira. */
  readonly asked: () => number
}

/** A generator whose store can be taken away. Jira's index shows nothing: what is not written down is not found. */
async function openOutage(
  overrides: (bench: Bench) => Partial<GeneratorParts> = () => ({}),
): Promise<Outage> {
  const bench = await openBench(shared())
  const away = createAwayStore(bench.store)
  const given = overrides(bench).jira ?? bench.jira
  let asked = 0
  const jira: Jira = {
    ...bench.jira,
    create(ticket, signal) {
      asked++
      return given.create(ticket, signal)
    },
  }
  const generator = (): Generator => bench.generator({ patienceMs: 0, ...overrides(bench), jira })
  const main = bench.generator({ patienceMs: 0, ...overrides(bench), jira, store: away.store })
  return { ...bench, ...away, generator, main, asked: () => asked }
}

/** Starts a run and takes the store away in its middle; resolves when the run waits for it. */
async function startAndLose(outage: Outage, run = RUN): Promise<RunProgress> {
  const began = progressWhere(outage, ({ created }) => created > 4)
  await outage.main.start(run)
  await began
  const waits = progressWhere(outage, ({ state }) => state === 'paused')
  outage.goAway()
  return waits
}

/** As if so long had passed: who is cut off renews none. */
async function letLeaseRunOut({ data }: Bench): Promise<void> {
  await data.query('UPDATE leases SET expires_ms = 0')
}

describe('a run whose ledger is out of reach', () => {
  test('sends nothing meanwhile, and goes on by itself from where it was', async () => {
    const outage = await openOutage()
    await shared().setSettings({ indexLag: { kind: 'fixed', ms: 86_400_000 } })
    const waiting = await startAndLose(outage)
    expect(waiting).toMatchObject({ waits: true, reason: expect.stringMatching(WAITS) })
    expect(await outage.main.current()).toEqual(waiting)
    expect(outage.main.works()).toBe(true)
    const before = outage.asked()
    const slots = await outage.store.slots(outage.sandbox.siteId, waiting.runId).catch(() => [])
    expect(slots).toEqual([])
    const finished = outage.main.finished()
    const calls = outage.calledInVain.length
    outage.main.storeBack() // a false alarm
    expect(await outage.main.current()).toEqual(waiting)
    expect(outage.calledInVain.slice(calls)).toEqual(['runs'])
    expect(outage.asked()).toBe(before)

    outage.comeBack()
    outage.main.storeBack()
    expect(await finished).toMatchObject({ state: 'done', created: 30, failed: 0, unknown: 0, reason: null })
    expect(outage.main.works()).toBe(false)
    expect(await outage.ticketsBySlot(waiting.runId)).toEqual(onceEach(30))
    expect(outage.asked()).toBe(30)
  })

  test('keeps its spacing: what is left of it moves by the time that it stood still', async () => {
    const outage = await openOutage()
    const begun = progressWhere(outage, ({ created }) => created > 4)
    await outage.main.start({ ...RUN, minutes: 90 })
    const { runId, endMs: begunEndMs } = await begun
    const plan = await outage.store.slots(outage.sandbox.siteId, runId)
    const waits = progressWhere(outage, ({ state }) => state === 'paused')
    outage.goAway()
    await waits
    outage.comeBack()
    outage.main.storeBack()
    const { endMs } = await outage.main.finished()
    const slots = await outage.store.slots(outage.sandbox.siteId, runId)
    const moved = slots.map(({ plannedMs }, n) => plannedMs - (plan[n]?.plannedMs ?? 0))
    const by = moved.at(-1) ?? 0
    expect(by).toBeGreaterThan(0)
    expect(new Set(moved)).toEqual(new Set([0, by]))
    expect(endMs - begunEndMs).toBe(by)
  })

  test('goes on unasked, too', async () => {
    const outage = await openOutage()
    const { runId } = await startAndLose(outage)
    outage.comeBack()
    expect(await outage.main.finished()).toMatchObject({ state: 'done', created: 30 })
    expect(await outage.ticketsBySlot(runId)).toEqual(onceEach(30))
  })

  test('goes on again and again', async () => {
    const outage = await openOutage()
    const { runId } = await startAndLose(outage, { ...RUN, minutes: 90 })
    for (const created of [10, 20]) {
      const further = progressWhere(outage, (progress) => progress.created > created)
      outage.comeBack()
      outage.main.storeBack()
      await further
      const waits = progressWhere(outage, ({ state }) => state === 'paused')
      outage.goAway()
      await waits
    }
    outage.comeBack()
    outage.main.storeBack()
    expect(await outage.main.finished()).toMatchObject({ state: 'done', created: 30, unknown: 0 })
    expect(await outage.ticketsBySlot(runId)).toEqual(onceEach(30))
  })

  test('stays paused where a person paused it meanwhile', async () => {
    const outage = await openOutage()
    const { runId } = await startAndLose(outage)
    expect(await outage.main.pause()).toMatchObject({
      state: 'paused',
      reason: expect.stringMatching(/Resume/),
    })
    const paused = await outage.main.finished()
    expect(paused.state).toBe('paused')
    expect(paused).not.toHaveProperty('waits')
    expect(outage.main.works()).toBe(false)
    outage.comeBack()
    outage.main.storeBack()
    const stored = () => outage.store.run(outage.sandbox.siteId, runId)
    await vi.waitFor(async () => expect(await stored()).toMatchObject({ state: 'paused' }))
    expect(outage.asked()).toBeLessThan(30)
    expect(await outage.main.current()).toMatchObject({
      state: 'paused',
      reason: expect.stringMatching(/Resume/),
    })

    await outage.main.resume()
    expect(await outage.main.finished()).toMatchObject({ state: 'done', created: 30 })
    expect(await outage.ticketsBySlot(runId)).toEqual(onceEach(30))
  })

  test('is stopped where a person stopped it meanwhile, and the store hears of it when it is back', async () => {
    const outage = await openOutage()
    const { runId } = await startAndLose(outage)
    expect(await outage.main.stop()).toMatchObject({ state: 'stopped' })
    expect(await outage.main.current()).toMatchObject({ state: 'stopped' })
    outage.comeBack()
    outage.main.storeBack()
    const stored = () => outage.store.run(outage.sandbox.siteId, runId)
    await vi.waitFor(async () => expect(await stored()).toMatchObject({ state: 'stopped' }))
    await vi.waitFor(async () => expect((await outage.main.current())?.created).toBe(outage.asked()))
    expect(await outage.ticketsBySlot(runId)).toEqual(onceEach(outage.asked()))
    await expect(outage.main.resume()).rejects.toMatchObject({ code: 'not-found' })
  })

  test('stays with whoever went on with it meanwhile', async () => {
    const outage = await openOutage()
    const { runId } = await startAndLose(outage)
    // The other one reaches the store. It cannot know that the first one is cut off, only that its lease ran out.
    await letLeaseRunOut(outage)
    const other = outage.generator()
    await other.resume()
    outage.comeBack()
    outage.main.storeBack()
    expect(await other.finished()).toMatchObject({ state: 'done' })
    await vi.waitFor(() => expect(outage.main.works()).toBe(false))
    expect(await outage.main.current()).toMatchObject({ state: 'done', reason: null })
    const bySlot = await outage.ticketsBySlot(runId)
    expect([...bySlot.values()].every((tickets) => tickets === 1)).toBe(true)
  })

  test('whose program closes meanwhile is gone on with by the next', async () => {
    const outage = await openOutage()
    const { runId } = await startAndLose(outage)
    const before = performance.now()
    await outage.main.close()
    expect(performance.now() - before).toBeLessThan(promisedMs(2_000))
    outage.comeBack()
    await letLeaseRunOut(outage)
    const next = outage.generator()
    await next.resume()
    expect(await next.finished()).toMatchObject({ state: 'done', created: 30 })
    expect(await outage.ticketsBySlot(runId)).toEqual(onceEach(30))
  })
})

test('a claim whose answer was lost is given back: its slots are made, and none is unknown', async () => {
  const outage = await openOutage()
  await shared().setSettings({ indexLag: { kind: 'fixed', ms: 86_400_000 } })
  const lost = outage.loseNextClaim()
  const { runId } = await outage.main.start(RUN)
  expect(await lost).not.toEqual([])
  await progressWhere(outage, ({ state }) => state === 'paused')
  outage.main.storeBack()
  expect(await outage.main.finished()).toMatchObject({ state: 'done', created: 30, unknown: 0 })
  expect(await outage.ticketsBySlot(runId)).toEqual(onceEach(30))
})

test('a run that Jira hindered stays paused when the store is back, and what it owed is written', async () => {
  let jiraAway = false
  const outage = await openOutage(({ jira }) => ({
    jira: {
      ...jira,
      create: (ticket, signal) =>
        jiraAway
          ? Promise.reject(new AppError('jira-unreachable', 'Jira is away.'))
          : jira.create(ticket, signal),
    },
  }))
  const began = progressWhere(outage, ({ created }) => created > 4)
  await outage.main.start(RUN)
  const { runId } = await began
  const paused = progressWhere(outage, ({ state }) => state === 'paused')
  jiraAway = true
  expect((await paused).reason).toBe('Jira is away.')
  outage.main.storeBack()
  expect(await outage.main.finished()).toMatchObject({ state: 'paused', reason: 'Jira is away.' })
  jiraAway = false
  await outage.main.resume()
  expect(await outage.main.finished()).toMatchObject({ state: 'done', created: 30 })
  expect(await outage.ticketsBySlot(runId)).toEqual(onceEach(30))
})

describe('a store that is back without its last commits, as after a failover,', () => {
  const FORGET = `UPDATE slots SET state = 'planned', sent_ms = NULL, answered_ms = NULL, issue_id = NULL, issue_key = NULL`

  test('does not make this process send a slot again', async () => {
    const outage = await openOutage()
    const { runId, created } = await startAndLose(outage)
    await shared().setSettings({ indexLag: { kind: 'fixed', ms: 86_400_000 } })
    await outage.data.query(`${FORGET} WHERE slot >= ${created - 3}`)
    outage.comeBack()
    outage.main.storeBack()
    // What was in memory is written; of the others only Jira's index would tell.
    expect(await outage.main.finished()).toMatchObject({ state: 'done' })
    expect(await outage.ticketsBySlot(runId)).toEqual(onceEach(30))
  })

  test('nor another one', async () => {
    const outage = await openOutage()
    const { runId, created } = await startAndLose(outage)
    await outage.main.pause()
    await outage.main.close()
    outage.comeBack()
    await outage.data.query(`${FORGET} WHERE slot >= ${created - 3}`)
    await letLeaseRunOut(outage)
    const next = outage.generator()
    await next.resume()
    expect(await next.finished()).toMatchObject({ state: 'done', created: 30, unknown: 0 })
    expect(await outage.ticketsBySlot(runId)).toEqual(onceEach(30))
  })
})
