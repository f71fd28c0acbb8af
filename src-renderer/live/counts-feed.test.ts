import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { Client } from '../../src-shared/contract/client.ts'
import type { CountsChanged } from '../../src-shared/contract/events.ts'
import type { CountsResult } from '../../src-shared/contract/tickets.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { createCountsFeed, type CountsFeed, type ShownCounts } from './counts-feed.ts'

const minute = 60_000
const hour = { fromMs: 0, toMs: 3 * minute }
const nextHour = { fromMs: 3 * minute, toMs: 6 * minute }

interface Asked {
  readonly fromMs: number
  readonly toMs: number
  readonly bucketMinutes: number
}

/** A core that answers when the test says so, with the counts that it has by then. */
function heldCore(): {
  client: Client
  asked: () => number
  /** What was asked for last. */
  last: () => unknown
  answer: (seq: number, given?: Partial<CountsResult>) => Promise<void>
  refuse: (retryable?: boolean) => Promise<void>
} {
  const open: { at: Asked; done: PromiseWithResolvers<CountsResult> }[] = []
  let asked = 0
  let last: unknown = null
  return {
    client: {
      call: (async (_method: string, params: Asked) => {
        asked += 1
        last = params
        const done = Promise.withResolvers<CountsResult>()
        open.push({ at: params, done })
        return done.promise
      }) as Client['call'],
      on: () => () => {},
    },
    asked: () => asked,
    last: () => last,
    async answer(seq, given) {
      for (const { at, done } of open.splice(0)) done.resolve({ ...snapshot(at, seq), ...given })
      await vi.advanceTimersByTimeAsync(0)
    },
    async refuse(retryable = false) {
      for (const { done } of open.splice(0))
        done.reject(new AppError('tables-missing', 'There are no tables.', { retryable }))
      await vi.advanceTimersByTimeAsync(0)
    },
  }
}

function snapshot(asked: Asked, seq: number): CountsResult {
  const [fromMinute, toMinute] = [asked.fromMs / minute, asked.toMs / minute]
  const { bucketMinutes } = asked
  return {
    siteId: 's',
    seq,
    fromMinute,
    toMinute,
    bucketMinutes,
    priorityIds: ['1'],
    counts: [Array.from({ length: (toMinute - fromMinute) / bucketMinutes }, () => 0)],
    provisionalFromMinute: 9,
    known: [{ fromMs: 0, toMs: 8_640_000_000_000_000 }],
  }
}

function change(seq: number, at: number, count: number): CountsChanged {
  return {
    siteId: 's',
    prevSeq: seq - 1,
    seq,
    reset: false,
    changes: [{ minute: at, priorityId: '1', count }],
  }
}

describe('counts feed', () => {
  let core = heldCore()
  let shown: ShownCounts | undefined
  let feed: CountsFeed

  beforeEach(() => {
    vi.useFakeTimers()
    core = heldCore()
    feed = createCountsFeed(core.client, (state) => (shown = state))
    return () => {
      feed.stop()
      vi.useRealTimers()
    }
  })

  test('shows a snapshot, then what changes', async () => {
    feed.show(hour, 1, 'UTC')
    expect(shown).toMatchObject({ counts: null, countsLoading: true })
    await core.answer(4)
    feed.apply(change(5, 1, 2))
    expect(shown).toMatchObject({ counts: { seq: 5, counts: [[0, 2, 0]] }, countsLoading: false })
    expect(core.asked()).toBe(1)
  })

  test('of some tickets alone no increment says anything: what changed is read again, and nothing of another filter is shown', async () => {
    const bugs = { filter: { issueTypes: ['Bug'] } }
    feed.show(hour, 1, 'UTC', false, bugs)
    await core.answer(4)
    expect(core.last()).toMatchObject(bugs)
    feed.apply(change(5, 1, 2))
    expect(shown).toMatchObject({ counts: { seq: 4, counts: [[0, 0, 0]] } })
    await vi.advanceTimersByTimeAsync(250)
    expect(core.asked()).toBe(2)
    // One that came meanwhile is read, too, although it has no count of this span.
    feed.apply({ ...change(6, 1, 2), changes: [] })
    await core.answer(5)
    await vi.advanceTimersByTimeAsync(250)
    expect(core.asked()).toBe(3)
    await core.answer(6)

    feed.show(hour, 1, 'UTC')
    await core.refuse(true)
    expect(shown).toMatchObject({ counts: null, countsFailure: { code: 'tables-missing' } })
    feed.show(hour, 1, 'UTC', false, bugs)
    expect(shown).toMatchObject({ counts: { seq: 6 }, countsLoading: true })
  })

  test('what lags is asked for again until it lacks nothing, though nothing is told of any more', async () => {
    const server = 'replica'
    feed.show({ fromMs: 0, toMs: 10_020 * minute }, 60, 'UTC')
    await core.answer(4, { asOf: { atMs: 1, behindMs: 9_000, server, notice: null } })
    expect(shown).toMatchObject({ counts: { seq: 4, asOf: { behindMs: 9_000 } }, countsLoading: false })
    expect(core.asked()).toBe(1)
    await vi.advanceTimersByTimeAsync(2_000)
    expect(core.asked()).toBe(2)
    await core.answer(5, { asOf: { atMs: 1, behindMs: 0, server, notice: null } })
    await vi.advanceTimersByTimeAsync(60_000)
    expect(shown).toMatchObject({ counts: { seq: 5 } })
    expect(core.asked()).toBe(2)
  })

  test('a split moves on with its span', async () => {
    feed.show(hour, 1, 'UTC', false, { splitBy: 'project' })
    await core.answer(4, {
      split: {
        by: 'project',
        overlaps: false,
        parts: [{ kind: 'value', value: 'OPS', total: 6, counts: [1, 2, 3] }],
      },
    })
    feed.show({ fromMs: minute, toMs: 4 * minute }, 1, 'UTC', true, { splitBy: 'project' })
    expect(shown?.counts?.split?.parts[0]?.counts).toEqual([2, 3, 0])
  })

  test('loses no increment that came while the snapshot was on its way', async () => {
    feed.show(hour, 1, 'UTC')
    feed.apply(change(4, 0, 7))
    feed.apply(change(5, 1, 2))
    await core.answer(4)
    expect(shown).toMatchObject({ counts: { seq: 5, counts: [[0, 2, 0]] } })
    expect(core.asked()).toBe(1)
  })

  test('asks anew after a gap', async () => {
    feed.show(hour, 1, 'UTC')
    await core.answer(4)
    feed.apply(change(7, 1, 2))
    await vi.advanceTimersByTimeAsync(1_000)
    expect(core.asked()).toBe(2)
    await core.answer(7)
    expect(shown).toMatchObject({ counts: { seq: 7 } })
  })

  test('keeps the last hour in sight until the next is there, and drops an answer that comes too late', async () => {
    feed.show(hour, 1, 'UTC')
    await core.answer(4)
    feed.show(nextHour, 1, 'UTC')
    expect(shown).toMatchObject({ counts: { fromMinute: 0 }, countsLoading: true })
    feed.show(hour, 1, 'UTC')
    await core.answer(5) // the answer about nextHour
    expect(shown).toMatchObject({ counts: { fromMinute: 0, seq: 4 }, countsLoading: true })
    await core.answer(6)
    expect(shown).toMatchObject({ counts: { fromMinute: 0, seq: 6 }, countsLoading: false })
  })

  const minuteLater = { fromMs: minute, toMs: 4 * minute }

  test('a span that moves on keeps its counts, shows no wait, and is read anew', async () => {
    feed.show(hour, 1, 'UTC')
    await core.answer(4)
    feed.apply(change(5, 2, 92))
    feed.show(minuteLater, 1, 'UTC', true)
    expect(shown).toMatchObject({
      counts: { fromMinute: 1, toMinute: 4, counts: [[0, 92, 0]] },
      countsLoading: false,
    })
    feed.apply(change(6, 3, 1))
    expect(shown).toMatchObject({ counts: { counts: [[0, 92, 1]] } })
    await vi.advanceTimersByTimeAsync(1_000)
    expect(core.asked()).toBe(2)
    await core.answer(6)
    expect(shown).toMatchObject({ counts: { fromMinute: 1, seq: 6 }, countsLoading: false })
  })

  test('a span that moves on while it is read is right when the answer comes', async () => {
    feed.show(hour, 1, 'UTC')
    feed.show(minuteLater, 1, 'UTC', true)
    feed.apply(change(5, 3, 7))
    expect(shown).toMatchObject({ counts: null, countsLoading: true })
    await core.answer(4)
    expect(shown).toMatchObject({ counts: { fromMinute: 1, counts: [[0, 0, 7]] }, countsLoading: false })
  })

  test('a span too long for minutes is asked for by its interval, and anew when something of it changes', async () => {
    const week = { fromMs: 0, toMs: 10_080 * minute }
    feed.show(week, 120, 'Europe/Berlin')
    await core.answer(4)
    expect(core.last()).toEqual({ ...week, bucketMinutes: 120, zone: 'Europe/Berlin' })
    for (let seq = 5; seq < 105; seq++) {
      feed.apply(change(seq, 1, seq))
      await vi.advanceTimersByTimeAsync(10)
    }
    await vi.advanceTimersByTimeAsync(1_000)
    expect(core.asked()).toBe(2)
  })

  test('leaves in sight what it has when a later reading fails for a while', async () => {
    feed.show(hour, 1, 'UTC')
    await core.answer(4)
    await vi.advanceTimersByTimeAsync(1_000)
    feed.reload()
    await core.refuse(true)
    expect(shown).toMatchObject({ counts: { seq: 4 }, countsFailure: null })
    await vi.advanceTimersByTimeAsync(1_000)
    feed.show(nextHour, 1, 'UTC')
    await core.refuse(true)
    expect(shown).toMatchObject({ counts: null, countsFailure: { retryable: true } })
  })

  test('has the hour that it showed again when the next cannot be read', async () => {
    feed.show(hour, 1, 'UTC')
    await core.answer(4)
    feed.show(nextHour, 1, 'UTC')
    await core.refuse(true)
    expect(shown).toMatchObject({ counts: null, countsFailure: { retryable: true } })
    feed.show(hour, 1, 'UTC')
    expect(shown).toMatchObject({ counts: { seq: 4 }, countsLoading: true })
    await core.refuse(true)
    expect(shown).toMatchObject({ counts: { seq: 4 }, countsLoading: false, countsFailure: null })
    feed.show(nextHour, 1, 'UTC')
    await core.answer(5)
    expect(shown).toMatchObject({ counts: { fromMinute: 3, seq: 5 } })
  })

  test('shows no counts of tables that are gone', async () => {
    feed.show(hour, 1, 'UTC')
    await core.answer(4)
    feed.show(nextHour, 1, 'UTC')
    await core.refuse()
    feed.show(hour, 1, 'UTC')
    expect(shown).toMatchObject({ counts: null, countsLoading: true })
  })

  test('asks for nothing more once its hour is forgotten, and drops what is on its way', async () => {
    feed.show(hour, 1, 'UTC')
    feed.forget()
    await core.answer(4)
    expect(shown).toMatchObject({ counts: null, countsLoading: true })
    await vi.advanceTimersByTimeAsync(1_000)
    feed.reload()
    expect(core.asked()).toBe(1)
  })

  test('says why it has nothing, and asks anew when something changes', async () => {
    feed.show(hour, 1, 'UTC')
    await core.refuse()
    expect(shown).toMatchObject({ counts: null, countsFailure: { code: 'tables-missing' } })
    feed.apply({ siteId: 's', prevSeq: 0, seq: 0, reset: true, changes: [] })
    await vi.advanceTimersByTimeAsync(1_000)
    await core.answer(1)
    expect(shown).toMatchObject({ counts: { seq: 1 }, countsFailure: null })
  })
})
