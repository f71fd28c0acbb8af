import { describe, expect, test } from 'vitest'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { createCloudJira } from '../jira/cloud.ts'
import type { Jira } from '../jira/jira.ts'
import { createJumpClock, startRawServer } from '../jira/testing.ts'
import type { FaultKind } from '../sandbox/http/faults.ts'
import { onceEach, openBench, sharedSandbox, type Bench } from './testing.ts'

const shared = sharedSandbox()

/** Ten minutes in a third of a second. */
const SHORT = { count: 30, minutes: 10, compress: 1_800, seed: 7 }

describe('a create without a clear answer', () => {
  test.each(['reset-after', 'truncated', 'stall'] as const)(
    'is looked for in Jira, and its ticket counts once (%s)',
    async (kind) => {
      const bench = await openBench(shared())
      await spoilCreates(bench, kind, 4)
      const jira = createCloudJira({ ...bench.sandbox, clock: createJumpClock(), timeoutMs: 300 })
      const generator = bench.generator({ jira })
      const { runId } = await generator.start(SHORT)
      expect(await generator.finished()).toMatchObject({ state: 'done', created: 30, unknown: 0 })
      expect(await bench.ticketsBySlot(runId)).toEqual(onceEach(30))
      expect(new Set(bench.reported).size).toBe(30)
    },
  )

  test('is found although the index shows it late', async () => {
    const bench = await openBench(shared())
    await shared().setSettings({ indexLag: { kind: 'fixed', ms: 1_000 } })
    await spoilCreates(bench, 'reset-after', 3)
    const generator = bench.generator({ patienceMs: 5_000 })
    const { runId } = await generator.start({ ...SHORT, minutes: 0.1, compress: 20 })
    expect(await generator.finished()).toMatchObject({ state: 'done', created: 30 })
    expect(await bench.ticketsBySlot(runId)).toEqual(onceEach(30))
  })

  test.each(['reset-before', 'status-503'] as const)(
    'is unknown when Jira does not show it, and is never sent again (%s)',
    async (kind) => {
      const bench = await openBench(shared())
      await spoilCreates(bench, kind, 2)
      const generator = bench.generator({ patienceMs: 300 })
      const { runId } = await generator.start(SHORT)
      expect(await generator.finished()).toMatchObject({ state: 'done', created: 28, unknown: 2 })

      const bySlot = await bench.ticketsBySlot(runId)
      expect(bySlot.size).toBe(28)
      expect([...bySlot.values()].every((tickets) => tickets === 1)).toBe(true)
      const unknown = await slotsIn(bench, runId, 'unknown')
      expect(unknown.map(({ slot }) => slot).filter((slot) => bySlot.has(slot))).toEqual([])
      expect(unknown[0]?.reason).toMatch(/not known .*Jira does not show/)
    },
  )

  test('is looked for in doubt only as long as nobody waits for the run to stop', async () => {
    const bench = await openBench(shared())
    await spoilCreates(bench, 'reset-before', 1)
    const { jira, answered } = watchingCreates(bench.jira)
    const generator = bench.generator({ jira, patienceMs: 600_000 })
    await generator.start({ ...SHORT, count: 1 })
    await answered
    expect(await generator.stop()).toMatchObject({ state: 'done', unknown: 1 })
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
    const generator = bench.generator({ jira, patienceMs: 0 })
    const { runId } = await generator.start({ ...SHORT, minutes: 60 })
    expect(await generator.finished()).toMatchObject({ state: 'paused', reason: 'A proxy answered.' })
    expect(await slotsIn(bench, runId, 'unknown')).toHaveLength(1)
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
      async create(ticket, signal) {
        most = Math.max(most, ++underWay)
        const made = await bench.jira.create(ticket, signal)
        underWay--
        return made
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
    const { jira, asked } = watchingCreates(bench.jira)
    const generator = bench.generator({ jira })
    const { runId } = await generator.start({ ...SHORT, count: 3 })
    await asked
    const before = performance.now()
    await generator.close()
    // Jira would be waited for 30 s; the program has two, on a machine with nothing else to do.
    expect(performance.now() - before).toBeLessThan(10_000)
    expect(await bench.store.run(bench.sandbox.siteId, runId)).toMatchObject({ state: 'paused' })
    await expect(generator.start(SHORT)).rejects.toBeInstanceOf(AppError)

    const next = bench.generator()
    await next.resume()
    expect(await next.finished()).toMatchObject({ state: 'done', created: 3 })
    expect(await bench.ticketsBySlot(runId)).toEqual(onceEach(3))
  })
})

function spoilCreates(bench: Bench, kind: FaultKind, times: number): Promise<void> {
  return bench.sandbox.setFaults([{ match: { method: 'POST', path: '/rest/api/3/issue$' }, kind, times }])
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

/** Tells when the first create was asked for, and when it came to its end. */
function watchingCreates(jira: Jira): { jira: Jira; asked: Promise<void>; answered: Promise<void> } {
  const asked = Promise.withResolvers<void>()
  const answered = Promise.withResolvers<void>()
  return {
    asked: asked.promise,
    answered: answered.promise,
    jira: {
      ...jira,
      create(ticket, signal) {
        asked.resolve()
        return jira.create(ticket, signal).finally(() => answered.resolve())
      },
    },
  }
}

async function slotsIn(bench: Bench, runId: string, state: string) {
  return (await bench.store.slots(bench.sandbox.siteId, runId)).filter((slot) => slot.state === state)
}
