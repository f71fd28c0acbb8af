import { expect, test, vi } from 'vitest'
import {
  coalesce,
  coalesceSame,
  inParts,
  inSlices,
  limit,
  orAbort,
  sleep,
  untilAborted,
  withTimeout,
} from './async.ts'

const reason = new Error('given up')
const never = new Promise<never>(() => {})
/** Work that ends when it is told to. */
function controlled() {
  const begun: PromiseWithResolvers<number>[] = []
  return {
    begun,
    work: vi.fn(() => {
      const one = Promise.withResolvers<number>()
      begun.push(one)
      return one.promise
    }),
  }
}
const turnOfTheLoop = () => new Promise((resolve) => setTimeout(resolve, 1))

test('a sleep says whether its time is over', async () => {
  expect(await sleep(1)).toBe(true)
  expect(await sleep(60_000, AbortSignal.abort(reason))).toBe(false)
  const stopping = new AbortController()
  const slept = sleep(60_000, stopping.signal)
  stopping.abort(reason)
  expect(await slept).toBe(false)
})

test('a sleep fails where its clock does', async () => {
  const broken = { sleep: () => Promise.reject(reason) }
  await expect(sleep(1, new AbortController().signal, broken)).rejects.toBe(reason)
})

test('what was aborted before it began ends at once, also where the work never would', async () => {
  await expect(orAbort(never, AbortSignal.abort(reason))).rejects.toBe(reason)
  await untilAborted(AbortSignal.abort(reason))
})

test('what is aborted meanwhile ends with the reason, or the one that is asked for', async () => {
  const stopping = new AbortController()
  const ended = orAbort(never, stopping.signal)
  const renamed = orAbort(never, stopping.signal, () => 'renamed')
  const aborted = untilAborted(stopping.signal)
  stopping.abort(reason)
  await expect(ended).rejects.toBe(reason)
  await expect(renamed).rejects.toBe('renamed')
  await aborted
})

test('else the work says what it comes to, and an abort after that is nobody’s', async () => {
  const stopping = new AbortController()
  expect(await orAbort(Promise.resolve(7), stopping.signal)).toBe(7)
  await expect(orAbort(Promise.reject(new Error('failed')), stopping.signal)).rejects.toThrow('failed')
  stopping.abort(reason)
})

test('work in time is what it comes to, and nothing is left waiting', async () => {
  vi.useFakeTimers()
  const late = vi.fn()
  expect(await withTimeout(Promise.resolve(7), 100, late)).toBe(7)
  await expect(withTimeout(Promise.reject(reason), 100, late)).rejects.toBe(reason)
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
  expect(late).not.toHaveBeenCalled()
})

test('work that is late is what is given in its place, or an error, and its own end is nobody’s', async () => {
  const work = Promise.withResolvers<number>()
  expect(await withTimeout(work.promise, 1, () => 'late')).toBe('late')
  const throws = (): never => {
    throw reason
  }
  await expect(withTimeout(work.promise, 1, throws)).rejects.toBe(reason)
  work.reject(new Error('unheard'))
})

test('a wait that is aborted is not late', async () => {
  const stopping = new AbortController()
  const late = vi.fn()
  const waiting = withTimeout(never, 10_000, late, { signal: stopping.signal })
  stopping.abort(reason)
  await expect(waiting).rejects.toBe(reason)
  expect(late).not.toHaveBeenCalled()
})

test('who calls while one is under way gets its result; the next begins another', async () => {
  const { begun, work } = controlled()
  const call = coalesce(work)
  const both = Promise.all([call(), call()])
  expect(call.current()).not.toBeNull()
  begun[0]?.resolve(1)
  expect(await both).toEqual([1, 1])
  expect(call.current()).toBeNull()
  const failing = call()
  begun[1]?.reject(reason)
  await expect(failing).rejects.toBe(reason)
  expect(work).toHaveBeenCalledTimes(2)
  expect(call.current()).toBeNull()
})

test('what is kept is not done again, unless it failed or is forgotten', async () => {
  const { begun, work } = controlled()
  const call = coalesce(work, 'kept')
  const failing = call()
  begun[0]?.reject(reason)
  await expect(failing).rejects.toBe(reason)
  const kept = call()
  begun[1]?.resolve(1)
  expect(await kept).toBe(1)
  expect(await call()).toBe(1)
  call.forget()
  const anew = call()
  begun[2]?.resolve(2)
  expect(await anew).toBe(2)
  expect(work).toHaveBeenCalledTimes(3)
})

test('what was forgotten while it was under way is not kept, and does not end what came after it', async () => {
  const { begun, work } = controlled()
  const call = coalesce(work, 'kept')
  const former = call()
  call.forget()
  const next = call()
  begun[0]?.reject(reason)
  await expect(former).rejects.toBe(reason)
  expect(call()).toBe(next)
})

test('a fresh result was begun after the call, by one run for all who called meanwhile', async () => {
  const { begun, work } = controlled()
  const call = coalesce(work, 'fresh')
  const first = [call(), call()]
  await turnOfTheLoop()
  expect(work).toHaveBeenCalledTimes(1)
  const second = [call(), call(), call()]
  await turnOfTheLoop()
  expect(work).toHaveBeenCalledTimes(1)
  begun[0]?.reject(reason)
  expect((await Promise.allSettled(first)).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  await turnOfTheLoop()
  begun[1]?.resolve(2)
  expect(await Promise.all(second)).toEqual([2, 2, 2])
  expect(work).toHaveBeenCalledTimes(2)
})

test('those who ask for the same share a run, and for other things do not wait for it', async () => {
  const begun: { readonly n: number; readonly end: PromiseWithResolvers<string> }[] = []
  const ask = coalesceSame((asked: { readonly n: number }) => {
    const end = Promise.withResolvers<string>()
    begun.push({ n: asked.n, end })
    return end.promise
  })
  const [one, same, other] = [ask({ n: 1 }), ask({ n: 1 }), ask({ n: 2 })]
  await turnOfTheLoop()
  expect(begun.map(({ n }) => n)).toEqual([1, 2])
  const later = ask({ n: 1 })
  begun[1]?.end.reject(reason)
  await expect(other).rejects.toBe(reason)
  begun[0]?.end.resolve('first')
  expect(await Promise.all([one, same])).toEqual(['first', 'first'])
  await turnOfTheLoop()
  begun[2]?.end.resolve('second')
  expect(await later).toBe('second')
  expect(begun).toHaveLength(3)
})

test('one at a time, in the order of the calls, whatever becomes of those before', async () => {
  const inTurn = limit(1)
  const { begun, work } = controlled()
  const all = [inTurn(work), inTurn(work)]
  await turnOfTheLoop()
  expect(begun).toHaveLength(1)
  begun[0]?.reject(reason)
  await expect(all[0]).rejects.toBe(reason)
  await turnOfTheLoop()
  expect(begun).toHaveLength(2)
  begun[1]?.resolve(2)
  expect(await all[1]).toBe(2)
})

test('no more than so many at a time, and who is aborted before the turn does not begin', async () => {
  const two = limit(2)
  const { begun, work } = controlled()
  const stopping = new AbortController()
  const first = two(work)
  const second = two(work)
  const given = two(work, stopping.signal)
  const last = two(work)
  stopping.abort(reason)
  await expect(given).rejects.toBe(reason)
  expect(begun).toHaveLength(2)
  begun[1]?.resolve(2)
  expect(await second).toBe(2)
  await turnOfTheLoop()
  expect(begun).toHaveLength(3)
  begun[0]?.resolve(1)
  begun[2]?.resolve(3)
  expect(await Promise.all([first, last])).toEqual([1, 3])
  await expect(two(work, AbortSignal.abort(reason))).rejects.toBe(reason)
})

test('between the parts of a work the event loop goes on; what it throws is thrown', async () => {
  const seen: string[] = []
  function* work(): Generator<undefined, string> {
    setImmediate(() => seen.push('other'))
    seen.push('first')
    yield
    seen.push('second')
    return 'made'
  }
  expect(await inParts(work())).toBe('made')
  expect(seen).toEqual(['first', 'other', 'second'])
  const failing = (function* (): Generator<undefined, string> {
    yield
    throw reason
  })()
  await expect(inParts(failing)).rejects.toBe(reason)
})

test('work on many is done in order, and holds up the event loop for a slice at most', async () => {
  const done: number[] = []
  const turns: number[] = []
  const spin = (one: number): void => {
    const untilMs = performance.now() + 1
    while (performance.now() < untilMs);
    done.push(one)
  }
  let working = true
  const watch = (): void => {
    turns.push(done.length)
    if (working) setImmediate(watch)
  }
  setImmediate(watch)
  const all = Array.from({ length: 60 }, (_, one) => one)
  await inSlices(all, spin, 4)
  working = false
  expect(done).toEqual(all)
  // Of 1 ms each at least four fit into no slice.
  const inTurn = turns.map((count, turn) => count - (turns[turn - 1] ?? 0))
  expect(Math.max(...inTurn)).toBeLessThanOrEqual(4)
})
