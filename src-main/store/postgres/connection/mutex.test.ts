import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { machineClock } from '../../../runtime/clock.ts'
import { createMutex } from './listener.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Takes turns of 10 ms each, and gives who had one, in order. */
async function inTurn(waiters: readonly { name: string; urgent?: 'urgent' }[]): Promise<string[]> {
  const turns = createMutex(machineClock)
  const had: string[] = []
  const all = waiters.map(async ({ name, urgent }) => {
    const end = await turns.acquire(15, urgent)
    if (end === null) return
    had.push(name)
    setTimeout(end, 10)
  })
  await vi.advanceTimersByTimeAsync(1_000)
  await Promise.all(all)
  return had
}

test('come in the order in which they were asked for, however long the queue; urgent ones first', async () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f']
  expect(await inTurn(names.map((name) => ({ name })))).toEqual(names)
  expect(await inTurn([{ name: 'a' }, { name: 'b' }, { name: 'c', urgent: 'urgent' }])).toEqual([
    'a',
    'c',
    'b',
  ])
})

test('are given up where somebody keeps his for too long, and go on when he is done', async () => {
  const turns = createMutex(machineClock)
  const end = await turns.acquire(100)
  const inVain = turns.acquire(100)
  const patient = turns.acquire(5_000)
  await vi.advanceTimersByTimeAsync(100)
  expect(await inVain).toBeNull()
  end?.()
  const next = await patient
  expect(next).not.toBeNull()
  expect(vi.getTimerCount()).toBe(0)
  next?.()
  expect(await turns.acquire(0)).not.toBeNull()
})
