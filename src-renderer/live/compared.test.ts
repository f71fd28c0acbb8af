import { beforeEach, expect, test, vi } from 'vitest'
import type { Client } from '../../src-shared/contract/client.ts'
import type { CountsChanged } from '../../src-shared/contract/events.ts'
import type { Params } from '../../src-shared/contract/methods.ts'
import type { CountsResult, Session } from '../../src-shared/contract/tickets.ts'
import type { Interval } from '../../src-shared/domain/interval.ts'
import { ALL_TIME } from '../../src-shared/domain/known-spans.ts'
import { createStateStore } from '../state-store.ts'
import { followCompared } from './compared.ts'
import { emptyDashboard, type DashboardState } from './dashboard-state.ts'

const MIN = 60_000
const AT = Date.parse('2026-11-24T14:00Z')
const DAY = 1_440 * MIN

type Asked = Extract<Params<'counts.get'>, { readonly fromMs: number }>

beforeEach(() => void vi.useFakeTimers())

function opened(given: Partial<DashboardState> = {}) {
  const asked: Asked[] = []
  const heard: ((event: CountsChanged) => void)[] = []
  const client = {
    call: async (_method: string, params: Asked) => {
      asked.push(params)
      const { fromMs, toMs } = params
      return { fromMinute: fromMs / MIN, toMinute: toMs / MIN, known: [ALL_TIME] } as unknown as CountsResult
    },
    on: (_name: string, listener: (event: CountsChanged) => void) => {
      heard.push(listener)
      return () => {}
    },
  } as unknown as Client
  const store = createStateStore<DashboardState>({
    ...emptyDashboard,
    session: { zone: 'UTC' } as Session,
    shown: { fromMs: AT, toMs: AT + 60 * MIN },
    ...given,
  })
  followCompared(client, store)
  const change = (minute: number): void => {
    const changes = [{ minute, priorityId: '1', count: 1 }]
    for (const listener of heard) listener({ siteId: 's', prevSeq: 1, seq: 2, reset: false, changes })
  }
  return { asked, store, change }
}

test('without a comparison nothing is asked for', async () => {
  const { asked, store, change } = opened()
  store.put({ shown: { fromMs: AT + MIN, toMs: AT + 61 * MIN } })
  change(AT / MIN)
  await vi.advanceTimersByTimeAsync(10_000)
  expect(asked).toEqual([])
})

test('the other span is read with some minutes more, and stays while the span moves on', async () => {
  const { asked, store } = opened()
  store.put({ comparison: '1d' })
  await vi.advanceTimersByTimeAsync(0)
  expect(asked).toEqual([{ fromMs: AT - DAY, toMs: AT - DAY + 65 * MIN, bucketMinutes: 1, zone: 'UTC' }])
  const { compared } = store.get()
  expect(compared).not.toBeNull()
  store.put({ shown: { fromMs: AT + MIN, toMs: AT + 61 * MIN } })
  expect(store.get().compared).toBe(compared)
  await vi.advanceTimersByTimeAsync(5_000)
  expect(asked.map(({ fromMs }) => fromMs - AT + DAY)).toEqual([0, MIN])
  store.put({ span: { from: 'now-6h', to: 'now' }, shown: { fromMs: AT, toMs: AT + 360 * MIN } })
  expect(store.get().compared).toBeNull()
  await vi.advanceTimersByTimeAsync(0)
  expect(asked.at(-1)?.toMs).toBe(AT - DAY + 365 * MIN)
})

test.each<[number, Interval, number]>([
  [30 * DAY, 360, 60],
  [40 * 60 * MIN, 15, 15],
  [90 * DAY, 1_440, 1_440],
  [800 * DAY, 10_080, 1_440],
])(
  'of a span of %i ms in bars of %i minutes, buckets of %i are read',
  async (lengthMs, interval, buckets) => {
    const { asked, store } = opened({ shown: { fromMs: AT, toMs: AT + lengthMs }, interval })
    store.put({ comparison: '7d' })
    await vi.advanceTimersByTimeAsync(0)
    expect(asked.map(({ bucketMinutes }) => bucketMinutes)).toEqual([buckets])
  },
)

test('tickets that change in the other span are read again, others are not', async () => {
  const { asked, store, change } = opened()
  store.put({ comparison: 'before' })
  await vi.advanceTimersByTimeAsync(5_000)
  change(AT / MIN + 30)
  await vi.advanceTimersByTimeAsync(5_000)
  expect(asked).toHaveLength(1)
  change(AT / MIN - 30)
  await vi.advanceTimersByTimeAsync(5_000)
  expect(asked).toHaveLength(2)
})

test('compared with nothing again, nothing is held', async () => {
  const { asked, store } = opened()
  store.put({ comparison: '7d' })
  await vi.advanceTimersByTimeAsync(5_000)
  store.put({ comparison: null })
  await vi.advanceTimersByTimeAsync(5_000)
  expect(store.get().compared).toBeNull()
  expect(asked).toHaveLength(1)
})
