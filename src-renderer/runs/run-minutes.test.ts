import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Client } from '../../src-shared/contract/client.ts'
import type { RunMinute } from '../../src-shared/contract/runs/runs.ts'
import { createRunMinutesFeed, type RunMinutesFeed, barsText } from './run-minutes.tsx'
import { run } from '../../test-support/renderer/live/dashboard.ts'
import { TestPage } from '../../test-support/renderer/live/page.ts'

let asked: number
let shown: (readonly RunMinute[])[]
let page: TestPage
let feed: RunMinutesFeed
let answer: () => Promise<RunMinute[]>

const minute: RunMinute = { minute: 1, planned: 2, created: 1, notMade: 0 }
const begin = (planned: number): RunMinutesFeed =>
  createRunMinutesFeed({
    client: { call: () => (asked++, answer()) } as unknown as Client,
    runId: 'abcdefgh',
    planned,
    page,
    show: (minutes) => shown.push(minutes),
  })
/** The run changes 20 times a second. */
async function changeFor(seconds: number): Promise<void> {
  for (let i = 0; i < seconds * 20; i++) {
    feed.follow({ ...run })
    await vi.advanceTimersByTimeAsync(50)
  }
}

beforeEach(() => {
  vi.useFakeTimers()
  asked = 0
  shown = []
  page = new TestPage()
  answer = async () => [minute]
  feed = begin(100)
})
afterEach(() => {
  feed.stop()
  vi.useRealTimers()
})

test('leaves no timer behind when it is stopped', async () => {
  await changeFor(1)
  feed.follow({ ...run })
  feed.stop()
  expect(vi.getTimerCount()).toBe(0)
})

test('is read at once, then at most once a second while the run changes, and not while it does not', async () => {
  await changeFor(3)
  expect(asked).toBeGreaterThanOrEqual(3)
  expect(asked).toBeLessThanOrEqual(4)
  const before = asked
  const same = { ...run }
  feed.follow(same)
  await vi.advanceTimersByTimeAsync(5_000)
  for (let i = 0; i < 10; i++) feed.follow(same)
  await vi.advanceTimersByTimeAsync(5_000)
  expect(asked).toBeLessThanOrEqual(before + 2)
})

test('a run of many slots is read more rarely', async () => {
  feed.stop()
  feed = begin(100_000)
  await changeFor(4)
  expect(asked).toBe(1)
})

test('a hidden page asks nothing, and once it is shown what it missed', async () => {
  page.show(false)
  await changeFor(2)
  expect(asked).toBe(0)
  page.show(true)
  await vi.advanceTimersByTimeAsync(2_000)
  expect(asked).toBe(1)
  page.show(false)
  page.show(true)
  await vi.advanceTimersByTimeAsync(2_000)
  expect(asked).toBe(1)
})

test('what was read stays where it cannot be read again', async () => {
  await changeFor(1)
  answer = () => Promise.reject(new Error('away'))
  await changeFor(2)
  expect(shown.every((minutes) => minutes[0] === minute)).toBe(true)
})

test('an answer that comes after it was stopped is not shown', async () => {
  const { promise, resolve } = Promise.withResolvers<RunMinute[]>()
  answer = () => promise
  feed.follow(run)
  feed.stop()
  resolve([minute])
  await vi.advanceTimersByTimeAsync(1_000)
  expect(shown).toEqual([])
})

test('the bars are described in a sentence', () => {
  const minutes = [
    { minute: 870, planned: 2, created: 2, notMade: 0 },
    { minute: 871, planned: 0, created: 0, notMade: 0 },
    { minute: 872, planned: 3, created: 1, notMade: 1 },
  ]
  expect(barsText(minutes, 'UTC')).toBe(
    '14:30–14:33: 3 of 5 tickets made, 1 not made, at most 3 planned in a minute',
  )
  expect(barsText([], 'UTC')).toBe('Planned and made tickets by minute')
})
