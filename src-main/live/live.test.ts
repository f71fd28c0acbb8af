import { setTimeout as delay } from 'node:timers/promises'
import { pino, type Logger } from 'pino'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { CountsChanged } from '../../src-shared/contract/events.ts'
import { createEventHub, type EventHub } from '../../src-shared/contract/client.ts'
import { startOfMinute } from '../../src-shared/domain/minute.ts'
import type { Store } from '../store/store.ts'
import { makeTestData, type TestData } from '../../test-support/store/store.ts'
import { createAwayStore } from '../../test-support/store/away.ts'
import { MINUTE, page, SITE, ticket, WATCHED } from '../../test-support/store/pages.ts'
import { promisedMs } from '../../test-support/promised.ts'
import { createLive, type Live } from './live.ts'

describe('live counts', () => {
  let data: TestData
  let store: Store
  let live: Live
  let hub: EventHub
  let log: Logger
  let events: CountsChanged[]
  let warnings: string[]

  beforeEach(async () => {
    data = await makeTestData()
    store = await data.open()
    events = []
    warnings = []
    hub = createEventHub()
    hub.on('counts.changed', (event) => events.push(event))
    log = pino({ level: 'warn' }, { write: (line) => warnings.push(line) })
    live = createLive({ store, hub, siteId: SITE, scope: WATCHED, log })
  })
  afterEach(() => live.stop())
  /** The counts of many minutes change. */
  const commitMany = (n: number): Promise<unknown> =>
    store.applyPage(
      page(
        Array.from({ length: 750 }, (_, i) => ticket(`${n}-${i}`, { createdMs: startOfMinute(MINUTE + i) })),
      ),
    )
  const eventOf = async (seq: number): Promise<CountsChanged | undefined> => {
    await vi.waitFor(() => expect(events.at(-1)?.seq).toBe(seq), { interval: 5, timeout: 15_000 })
    return events.at(-1)
  }

  test('a commit is published with the minutes that it changed and their present counts', async () => {
    await store.applyPage(page([ticket('1')]))
    await live.start()
    await store.applyPage(page([ticket('2'), ticket('3', { createdMs: startOfMinute(MINUTE + 1) })]))
    expect(await eventOf(2)).toEqual({
      siteId: SITE,
      prevSeq: 1,
      seq: 2,
      reset: false,
      changes: [
        { minute: MINUTE, priorityId: '2', count: 2 },
        { minute: MINUTE + 1, priorityId: '2', count: 1 },
      ],
    })
    expect(events).toHaveLength(1)
  })

  test('commits in quick succession are published together, none left out', async () => {
    await live.start()
    await Promise.all(Array.from({ length: 30 }, (_, i) => store.applyPage(page([ticket(String(i))]))))
    const last = await eventOf(30)
    expect(last?.changes).toEqual([{ minute: MINUTE, priorityId: '2', count: 30 }])
    expect(events.length).toBeLessThan(30)
    for (const [i, event] of events.entries()) expect(event.prevSeq).toBe(events[i - 1]?.seq ?? 0)
  })

  test(
    'of a flood, after the first few, a picture is published every two seconds',
    { timeout: 60_000 },
    async () => {
      await live.start()
      const publishedMs: number[] = []
      hub.on('counts.changed', () => publishedMs.push(performance.now()))
      for (let n = 0; publishedMs.length < 8; n++) {
        await commitMany(n)
        await delay(20)
      }
      // The very first may have met a page of which a part was committed.
      const gaps = publishedMs.slice(1).map((ms, n) => ms - (publishedMs[n] ?? 0))
      expect(Math.min(...gaps.slice(-2))).toBeGreaterThan(1_950)
      await eventOf(await store.seq(SITE))
      for (const [i, event] of events.entries()) expect(event.prevSeq).toBe(events[i - 1]?.seq ?? 0)
    },
  )

  test('what comes when a flood is over does not wait for it', { timeout: 60_000 }, async () => {
    await live.start()
    for (let n = 0; events.length < 6; n++) {
      await commitMany(n)
      await delay(20)
    }
    await store.applyPage(page([ticket('last')]))
    const beganMs = performance.now()
    await eventOf(await store.seq(SITE))
    expect(performance.now() - beganMs).toBeLessThan(1_500)
  })

  test("another process's commit is published, too", async () => {
    await live.start()
    const other = await data.open()
    await other.applyPage(page([ticket('1')]))
    expect(await eventOf(1)).toMatchObject({ prevSeq: 0, changes: [{ count: 1 }] })
  })

  test.each([
    ['2,000 changes are listed', 2_000, { reset: false }],
    ['more are told as a reset', 2_001, { reset: true, changes: [] }],
  ])('%s', async (_name, minutes, told) => {
    const tickets = Array.from({ length: minutes }, (_, i) =>
      ticket(String(i), { createdMs: startOfMinute(MINUTE + i) }),
    )
    const changesSince = store.changesSince.bind(store)
    // All of it is committed before the first read is done.
    vi.spyOn(store, 'changesSince').mockImplementationOnce(async (...query) => {
      await store.applyPage(page(tickets))
      return changesSince(...query)
    })
    await live.start()
    await vi.waitFor(() => expect(events).toHaveLength(1))
    expect(events[0]).toMatchObject({ prevSeq: 0, seq: await store.seq(SITE), ...told })
  })

  test('dropped and new tables are published as resets', async () => {
    await store.applyPage(page([ticket('1')]))
    await live.start()
    await store.dropTables()
    expect(await eventOf(2)).toEqual({ siteId: SITE, prevSeq: 1, seq: 2, reset: true, changes: [] })
    await store.createTables()
    expect(await eventOf(3)).toMatchObject({ prevSeq: 2, reset: true })
    expect(warnings).toEqual([])
  })

  test('a read that fails is logged once, and made good by the next commit or a second later', async () => {
    await live.start()
    const broken = new Error('disk I/O error')
    const reads = vi.spyOn(store, 'changesSince').mockRejectedValueOnce(broken).mockRejectedValueOnce(broken)
    await store.applyPage(page([ticket('1')]))
    await vi.waitFor(() => expect(warnings.join()).toContain('disk I/O error'))
    expect(events).toEqual([])
    await store.applyPage(page([ticket('2')]))
    await vi.waitFor(() => expect(reads.mock.results.length).toBeGreaterThan(1))
    expect(await eventOf(2)).toMatchObject({ prevSeq: 0, changes: [{ count: 2 }] })
    expect(warnings).toHaveLength(1)
  })

  test('where the store is away at the start, a reset is published as soon as it can be read', async () => {
    await store.applyPage(page([ticket('1')]))
    const away = createAwayStore(store)
    away.goAway()
    const late = createLive({ store: away.store, hub, siteId: SITE, scope: WATCHED, log })
    await late.start()
    away.comeBack()
    expect(await eventOf(1)).toEqual({ siteId: SITE, prevSeq: 1, seq: 1, reset: true, changes: [] })
    await store.applyPage(page([ticket('2')]))
    expect(await eventOf(2)).toMatchObject({ prevSeq: 1, reset: false, changes: [{ count: 2 }] })
    late.stop()
  })

  test('a server that failed over and lost its last commits is published as a reset', async () => {
    await live.start()
    await store.applyPage(page([ticket('1'), ticket('2')]))
    await eventOf(1)
    vi.spyOn(store, 'changesSince').mockResolvedValueOnce({ seq: 0, changes: [] })
    await store.applyPage(page([ticket('3')]))
    expect(await eventOf(0)).toEqual({ siteId: SITE, prevSeq: 1, seq: 0, reset: true, changes: [] })
  })

  test('a store that is back may be another server with the same numbers: a reset is published', async () => {
    const away = createAwayStore(store)
    const late = createLive({ store: away.store, hub, siteId: SITE, scope: WATCHED, log })
    await late.start()
    await store.applyPage(page([ticket('1')]))
    expect(await eventOf(1)).toMatchObject({ reset: false })
    events.length = 0
    away.goAway()
    away.comeBack()
    expect(await eventOf(1)).toEqual({ siteId: SITE, prevSeq: 1, seq: 1, reset: true, changes: [] })
    late.stop()
  })

  test('a stopped one listens no longer', async () => {
    const unsubscribe = vi.fn()
    vi.spyOn(store, 'onCommit').mockReturnValueOnce(unsubscribe)
    await live.start()
    expect(unsubscribe).not.toHaveBeenCalled()
    live.stop()
    expect(unsubscribe).toHaveBeenCalled()
  })

  test('nothing is published after the stop; a new start tells what comes after it', async () => {
    await live.start()
    live.stop()
    live.stop()
    await store.applyPage(page([ticket('1')]))
    await live.start()
    await live.start()
    await store.applyPage(page([ticket('2')]))
    expect(await eventOf(2)).toMatchObject({ prevSeq: 1 })
    expect(events).toHaveLength(1)
  })

  test('a commit now and then is published at once', async () => {
    await live.start()
    const latencies: number[] = []
    for (let n = 1; n <= 20; n++) {
      await new Promise((resolve) => setTimeout(resolve, 300))
      const told = new Promise((resolve) => hub.on('counts.changed', resolve))
      const beganMs = performance.now()
      await store.applyPage(page([ticket(String(n))]))
      await told
      latencies.push(performance.now() - beganMs)
    }
    const [median = Infinity] = latencies.toSorted((a, b) => a - b).slice(10)
    console.log(`write → event, a write every 300 ms: median ${median.toFixed(1)} ms`)
    // A stream of them is told every quarter of a second.
    expect(median).toBeLessThan(promisedMs(20) / 2)
    expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1))
  })

  test('a stream of commits is published about four times a second, each within one', async () => {
    const reads = vi.spyOn(store, 'changesSince')
    await live.start()
    const committedMs: number[] = []
    const longestMs = { wait: 0 }
    hub.on('counts.changed', ({ prevSeq, seq }) => {
      for (let n = prevSeq + 1; n <= seq; n++) {
        longestMs.wait = Math.max(longestMs.wait, performance.now() - (committedMs[n] ?? 0))
      }
    })
    const untilMs = performance.now() + 3_000
    let n = 0
    while (performance.now() < untilMs) {
      committedMs[++n] = performance.now()
      await store.applyPage(page([ticket(String(n))]))
      await new Promise((resolve) => setImmediate(resolve))
    }
    await eventOf(n)
    expect(n).toBeGreaterThan(60)
    expect(reads.mock.calls.length).toBeLessThanOrEqual(3 + 4 * 4 + 1)
    expect(longestMs.wait).toBeLessThan(promisedMs(1_000))
  })
})
