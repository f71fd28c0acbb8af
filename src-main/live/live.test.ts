import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { CountsChanged } from '../../src-shared/contract/events.ts'
import { createEventHub } from '../../src-shared/contract/hub.ts'
import { startOfMinute } from '../../src-shared/domain/minute.ts'
import type { Store } from '../store/store.ts'
import { makeTestData, type TestData } from '../store/testing.ts'
import { MINUTE, page, SITE, ticket, WATCHED } from '../store/suite/pages.ts'
import { createLive, type Live } from './live.ts'

describe('live counts', () => {
  let data: TestData
  let store: Store
  let live: Live
  let events: CountsChanged[]
  let warnings: string[]

  beforeEach(async () => {
    data = await makeTestData()
    store = await data.open()
    events = []
    warnings = []
    const hub = createEventHub()
    hub.on('counts.changed', (event) => events.push(event))
    const log = pino({ level: 'warn' }, { write: (line) => warnings.push(line) })
    live = createLive({ store, hub, siteId: SITE, scope: WATCHED, log })
  })
  afterEach(() => live.stop())
  const eventOf = async (seq: number): Promise<CountsChanged | undefined> => {
    await vi.waitFor(() => expect(events.at(-1)?.seq).toBe(seq), { interval: 5 })
    return events.at(-1)
  }

  test('a commit is told with the minutes that it changed and their present counts', async () => {
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

  test('commits in quick succession are told together, none left out', async () => {
    await live.start()
    await Promise.all(Array.from({ length: 30 }, (_, i) => store.applyPage(page([ticket(String(i))]))))
    const last = await eventOf(30)
    expect(last?.changes).toEqual([{ minute: MINUTE, priorityId: '2', count: 30 }])
    expect(events.length).toBeLessThan(30)
    for (const [i, event] of events.entries()) expect(event.prevSeq).toBe(events[i - 1]?.seq ?? 0)
  })

  test("another process's commit is told, too", async () => {
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

  test('dropped and new tables are told as resets', async () => {
    await store.applyPage(page([ticket('1')]))
    await live.start()
    await store.dropTables()
    expect(await eventOf(2)).toEqual({ siteId: SITE, prevSeq: 1, seq: 2, reset: true, changes: [] })
    await store.createTables()
    expect(await eventOf(3)).toMatchObject({ prevSeq: 2, reset: true })
    expect(warnings).toEqual([])
  })

  test('a read that fails is logged, and made good by the next', async () => {
    await live.start()
    const reads = vi.spyOn(store, 'changesSince').mockRejectedValueOnce(new Error('disk I/O error'))
    await store.applyPage(page([ticket('1')]))
    await vi.waitFor(() => expect(warnings.join()).toContain('disk I/O error'))
    expect(events).toEqual([])
    await store.applyPage(page([ticket('2')]))
    expect(await eventOf(2)).toMatchObject({ prevSeq: 0, changes: [{ count: 2 }] })
    expect(reads).toHaveBeenCalled()
  })

  test('a stopped one listens no longer', async () => {
    const unsubscribe = vi.fn()
    vi.spyOn(store, 'onCommit').mockReturnValueOnce(unsubscribe)
    await live.start()
    expect(unsubscribe).not.toHaveBeenCalled()
    live.stop()
    expect(unsubscribe).toHaveBeenCalled()
  })

  test('nothing is told after the stop; a new start tells what comes after it', async () => {
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
})
