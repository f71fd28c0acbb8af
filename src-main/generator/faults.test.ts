import { describe, expect, test } from 'vitest'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { createCloudJira } from '../jira/cloud/cloud.ts'
import { createDataCenterJira } from '../jira/data-center/data-center.ts'
import type { Jira } from '../jira/jira.ts'
import { machineClock } from '../runtime/clock.ts'
import { createJumpClock, startRawServer } from '../../test-support/jira/jira.ts'
import type { FaultKind } from '#jira-sandbox'
import { runLabel } from './marks.ts'
import {
  onceEach,
  openBench,
  openOwnBench,
  sharedSandbox,
  slotsIn,
  watchingCreates,
  type Bench,
} from '../../test-support/generator/generator.ts'

const shared = sharedSandbox()
const never = new AbortController().signal

/** Ten minutes in a third of a second. */
const SHORT = { count: 30, minutes: 10, compress: 1_800, seed: 7 }

describe('a create without a clear answer', () => {
  test.each([
    'reset-before',
    'reset-after',
    'status-503',
    'applied-500',
    'stall-before',
    'stall-after',
    'truncated',
    'stall',
  ] as const)('makes its ticket once after all, whatever became of the request (%s)', async (kind) => {
    const bench = await openBench(shared())
    await spoilCreates(bench, kind, 4)
    const jira = createCloudJira({ ...bench.sandbox, clock: machineClock, timeouts: { callMs: 400 } })
    const generator = bench.generator({ jira })
    const { runId } = await generator.start(SHORT)
    expect(await generator.finished()).toMatchObject({ state: 'done', created: 30, unknown: 0, failed: 0 })
    expect(await bench.ticketsBySlot(runId)).toEqual(onceEach(30))
    expect(new Set(bench.reported).size).toBe(30)
  })

  test('is found past the index, however far that lags', async () => {
    const bench = await openBench(shared())
    await shared().setSettings({ indexLag: { kind: 'fixed', ms: 86_400_000 } })
    await spoilCreates(bench, 'applied-500', 3)
    const generator = bench.generator()
    const { runId } = await generator.start(SHORT)
    expect(await generator.finished()).toMatchObject({ state: 'done', created: 30 })
    expect(await bench.ticketsBySlot(runId)).toEqual(onceEach(30))
  })

  test('is found behind a hole of deleted tickets, as soon as the index shows any later one', async () => {
    const bench = await openBench(shared())
    const generator = bench.generator({ jira: withHole(bench, 6) })
    const { runId } = await generator.start({ ...SHORT, count: 6 })
    expect(await generator.finished()).toMatchObject({ state: 'done', created: 6 })
    expect(await bench.ticketsBySlot(runId)).toEqual(onceEach(6))
  })

  test('is looked for by its keys on Data Center, too', async () => {
    const bench = await openOwnBench({ deployment: 'data-center' })
    const { url, apiToken: token } = bench.sandbox
    const match = { method: 'POST', path: '/rest/api/2/issue$' }
    await bench.sandbox.setFaults([
      { match, kind: 'reset-before', times: 2, after: 3 },
      { match, kind: 'applied-500', times: 2, after: 6 },
    ])
    await bench.sandbox.setSettings({ indexLag: { kind: 'fixed', ms: 86_400_000 } })
    const jira = createDataCenterJira({ url, token, clock: machineClock })
    const generator = bench.generator({ jira, maxKeys: 300 })
    const { runId } = await generator.start({ ...SHORT, count: 15 })
    expect(await generator.finished()).toMatchObject({ state: 'done', created: 15, unknown: 0 })
    const made = (await bench.sandbox.truth(runLabel(runId))).map(({ key }) => key)
    const named = (await slotsIn(bench, runId, 'created')).map(({ issueKey }) => issueKey)
    expect(made).toHaveLength(15)
    expect(new Set(named)).toEqual(new Set(made))
  })

  test('is not sent again while its request may still be on its way', async () => {
    const bench = await openBench(shared())
    const { jira, arrive } = slowWay(bench.jira)
    const generator = bench.generator({ jira, inFlightMs: 4_000 })
    const { runId } = await generator.start(SHORT)
    await machineClock.sleep(2_500, never)
    await arrive()
    expect(await generator.finished()).toMatchObject({ state: 'done', created: 30 })
    expect(await bench.ticketsBySlot(runId)).toEqual(onceEach(30))
  })

  test.each([
    ['the project shows no keys', { byIds: async () => [] }],
    ['the run has made no ticket there yet', {}, 1],
  ])(
    'is unknown where nothing can be proven (%s), and is not sent again',
    async (_why, spoilt, count = 30) => {
      const bench = await openBench(shared())
      await spoilCreates(bench, 'reset-before', 1)
      const generator = bench.generator({ jira: { ...bench.jira, ...spoilt }, patienceMs: 300 })
      const { runId } = await generator.start({ ...SHORT, count })
      expect(await generator.finished()).toMatchObject({ state: 'done', created: count - 1, unknown: 1 })
      const [unknown] = await slotsIn(bench, runId, 'unknown')
      expect(unknown?.reason).toMatch(/not known .*Jira does not show/)
      expect((await bench.ticketsBySlot(runId)).has(unknown?.slot ?? -1)).toBe(false)
    },
  )

  test('is decided before the run has paused, and is not sent again then', async () => {
    const bench = await openBench(shared())
    await spoilCreates(bench, 'reset-before', 1, 5)
    const { jira, failed } = watchingCreates(bench.jira)
    const generator = bench.generator({ jira })
    const { runId } = await generator.start({ ...SHORT, minutes: 60 })
    await failed
    const paused = await generator.pause()
    expect(paused).toMatchObject({ state: 'paused', unknown: 0 })
    expect(await slotsIn(bench, runId, 'sent')).toEqual([])
    expect(await bench.sandbox.truth(runLabel(runId))).toHaveLength(paused.created)
    await generator.resume()
    expect(await generator.finished()).toMatchObject({ state: 'done', created: 30 })
    expect(await bench.ticketsBySlot(runId)).toEqual(onceEach(30))
  })
})

describe('a create that Jira refuses', () => {
  test('fails with Jira’s reason, and the run goes on', async () => {
    const bench = await openBench(shared())
    const generator = bench.generator({ jira: refusingEverySecond(bench.jira) })
    const { runId } = await generator.start(SHORT)
    expect(await generator.finished()).toMatchObject({ state: 'done', created: 15, failed: 15 })
    const failed = await slotsIn(bench, runId, 'failed')
    expect(failed[0]?.reason).toContain('priority selected is invalid')
    expect((await bench.ticketsBySlot(runId)).size).toBe(15)
  })
})

describe('a run', () => {
  test('pauses with a reason while Jira is out of reach, and loses no slot', async () => {
    const bench = await openBench(shared())
    let down = true
    const nobody = await startRawServer(() => {})
    await nobody.close()
    const unreachable = createCloudJira({ ...bench.sandbox, url: nobody.url, clock: createJumpClock() })
    const jira: Jira = {
      ...bench.jira,
      create: (ticket, signal) => (down ? unreachable : bench.jira).create(ticket, signal),
    }
    const generator = bench.generator({ jira })
    const { runId } = await generator.start(SHORT)
    const paused = await generator.finished()
    expect(paused).toMatchObject({ state: 'paused', failed: 0, unknown: 0 })
    expect(paused.reason).toContain('could not be reached')
    expect(await generator.current()).toMatchObject({ state: 'paused', reason: paused.reason })

    down = false
    await generator.resume()
    expect(await generator.finished()).toMatchObject({ state: 'done', created: 30 })
    expect(await bench.ticketsBySlot(runId)).toEqual(onceEach(30))
  })

  test('of a machine that is cut off from Jira is let go of, and goes on on another one, nothing twice', async () => {
    const bench = await openBench(shared())
    const nobody = await startRawServer(() => {})
    await nobody.close()
    const unreachable = createCloudJira({ ...bench.sandbox, url: nobody.url, clock: createJumpClock() })
    let asked = 0
    const cutOff: Jira = {
      ...bench.jira,
      create: (ticket, signal, onLeaving) =>
        (asked++ < 10 ? bench.jira : unreachable).create(ticket, signal, onLeaving),
    }
    const ada = bench.generator({ jira: cutOff })
    const { runId } = await ada.start(SHORT)
    expect(await ada.finished()).toMatchObject({ state: 'paused', failed: 0, unknown: 0 })

    const bob = bench.generator()
    await bob.resume({ runId })
    expect(await bob.finished()).toMatchObject({ state: 'done', created: 30 })
    expect(await bench.ticketsBySlot(runId)).toEqual(onceEach(30))
  })

  test('pauses when Jira does not know us any more', async () => {
    const bench = await openBench(shared())
    await spoilCreates(bench, 'login-page', 1)
    const generator = bench.generator()
    await generator.start(SHORT)
    expect(await generator.finished()).toMatchObject({ state: 'paused', unknown: 0 })
  })

  test('pauses when somebody else answers in Jira’s place, and the slot is in doubt', async () => {
    const bench = await openBench(shared())
    let answered = 0
    const jira: Jira = {
      ...bench.jira,
      async create(ticket, signal) {
        if (answered++ > 0) return bench.jira.create(ticket, signal)
        throw new AppError('jira-broken', 'A proxy answered.')
      },
    }
    const generator = bench.generator({ jira })
    const { runId } = await generator.start({ ...SHORT, minutes: 60 })
    expect(await generator.finished()).toMatchObject({ state: 'paused', reason: 'A proxy answered.' })
    expect(await slotsIn(bench, runId, 'sent')).toHaveLength(1)
    await generator.resume()
    expect(await generator.finished()).toMatchObject({ state: 'done', created: 30, unknown: 0 })
    expect(await bench.ticketsBySlot(runId)).toEqual(onceEach(30))
  })

  test('keeps its times while an answer is slow', async () => {
    const bench = await openBench(shared())
    const answered: number[] = []
    let calls = 0
    const others = Promise.withResolvers<void>()
    const jira: Jira = {
      ...bench.jira,
      async create(ticket, signal) {
        const call = calls++
        const made = await bench.jira.create(ticket, signal)
        if (call === 0) await others.promise
        answered.push(call)
        if (answered.length === 29) others.resolve()
        return made
      },
    }
    const generator = bench.generator({ jira })
    await generator.start(SHORT)
    await generator.finished()
    expect(answered.at(-1)).toBe(0)
  })

  test('has no more than 16 requests under way', async () => {
    const bench = await openBench(shared())
    let underWay = 0
    let most = 0
    const jira: Jira = {
      ...bench.jira,
      async create(...given) {
        most = Math.max(most, ++underWay)
        return bench.jira.create(...given).finally(() => underWay--)
      },
    }
    const generator = bench.generator({ jira })
    await generator.start({ ...SHORT, count: 200, minutes: 0.1, compress: 3_600 })
    expect(await generator.finished()).toMatchObject({ created: 200 })
    expect(most).toBe(16)
  })

  test('is paused when the program closes without waiting for an answer that does not come', async () => {
    const bench = await openBench(shared())
    await spoilCreates(bench, 'stall', 1)
    const { jira, left } = watchingCreates(bench.jira)
    const generator = bench.generator({ jira })
    const { runId } = await generator.start({ ...SHORT, count: 3 })
    await left
    const before = performance.now()
    await generator.close()
    // Jira would be waited for 30 s; the program has two, on a machine with nothing else to do.
    expect(performance.now() - before).toBeLessThan(10_000)
    expect(await bench.store.run(bench.sandbox.siteId, runId)).toMatchObject({
      state: 'paused',
      requested: null,
    })
    await expect(generator.start(SHORT)).rejects.toBeInstanceOf(AppError)

    const next = bench.generator()
    await next.resume()
    expect(await next.finished()).toMatchObject({ state: 'done', created: 3 })
    expect(await bench.ticketsBySlot(runId)).toEqual(onceEach(3))
  })
})

function spoilCreates(bench: Bench, kind: FaultKind, times: number, after = 0): Promise<void> {
  return bench.sandbox.setFaults([
    { match: { method: 'POST', path: '/rest/api/3/issue$' }, kind, times, after },
  ])
}

/**
 * A Jira whose n-th create is applied and gets no answer. Right before it 150 tickets are made and deleted, right after
 * it comes somebody's ticket. The index never shows the run's tickets.
 */
function withHole({ jira, sandbox }: Bench, nth: number): Jira {
  let calls = 0
  return {
    ...jira,
    async search(query, signal) {
      const page = await jira.search(query, signal)
      return query.jql.startsWith('labels') ? { ...page, tickets: [], nextPageToken: null } : page
    },
    async create(ticket, signal, mayLeave) {
      if (++calls !== nth) return jira.create(ticket, signal, mayLeave)
      for (let n = 0; n < 150; n++) await sandbox.remove((await sandbox.add()).key)
      await jira.create(ticket, signal)
      await sandbox.add()
      throw new AppError('ambiguous', 'It is not known whether the ticket was made: it took too long.')
    },
  }
}

/** A Jira whose second create gets no answer, and reaches it only when it is told to arrive. */
function slowWay(jira: Jira): { jira: Jira; arrive: () => Promise<unknown> } {
  let calls = 0
  let arrive: (() => Promise<unknown>) | null = null
  return {
    arrive: async () => arrive?.(),
    jira: {
      ...jira,
      async create(ticket, signal, mayLeave) {
        if (++calls !== 2) return jira.create(ticket, signal, mayLeave)
        mayLeave?.()
        arrive = () => jira.create(ticket, never)
        throw new AppError('ambiguous', 'It is not known whether the ticket was made: it took too long.')
      },
    },
  }
}

function refusingEverySecond(jira: Jira): Jira {
  let calls = 0
  return {
    ...jira,
    async create(ticket, signal) {
      if (calls++ % 2 === 0) return jira.create(ticket, signal)
      return jira.create({ ...ticket, priorityId: '99' }, signal)
    },
  }
}
