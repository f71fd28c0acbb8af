import { expect, onTestFinished, test } from 'vitest'
import { machineClock } from '../runtime/clock.ts'
import { createPassLoop, type PassLoop } from './pass-loop.ts'

/** A loop whose passes end when the test says so. */
function startLoop(delayMs: () => number | null): {
  loop: PassLoop<number>
  passes: PromiseWithResolvers<number>[]
} {
  const passes: PromiseWithResolvers<number>[] = []
  const loop = createPassLoop({
    clock: machineClock,
    delayMs,
    pass: (signal) => {
      const pass = Promise.withResolvers<number>()
      signal.addEventListener('abort', () => pass.reject(signal.reason as Error))
      passes.push(pass)
      return pass.promise
    },
  })
  onTestFinished(() => loop.stop())
  return { loop, passes }
}

test('who asks during a pass gets the result of the next, together with everyone else', async () => {
  const { loop, passes } = startLoop(() => null)
  const first = loop.now()
  await expect.poll(() => passes.length).toBe(1)
  const [second, third] = [loop.now(), loop.now()]
  passes[0]?.resolve(1)
  expect(await first).toBe(1)
  await expect.poll(() => passes.length).toBe(2)
  passes[1]?.resolve(2)
  expect(await Promise.all([second, third])).toEqual([2, 2])
  expect(passes).toHaveLength(2)
})

test('passes follow each other by themselves after a start, never two at once', async () => {
  let running = 0
  let most = 0
  let count = 0
  const loop = createPassLoop({
    clock: machineClock,
    delayMs: () => 1,
    pass: async () => {
      most = Math.max(most, ++running)
      await new Promise(setImmediate)
      running--
      return ++count
    },
  })
  onTestFinished(() => loop.stop())
  loop.start()
  loop.start()
  await Promise.all(Array.from({ length: 5 }, () => loop.now()))
  await expect.poll(() => count).toBeGreaterThan(5)
  expect(most).toBe(1)
})

test('a failed pass is the asker’s error and does not end the loop', async () => {
  const { loop, passes } = startLoop(() => 1)
  loop.start()
  await expect.poll(() => passes.length).toBe(1)
  const asked = loop.now()
  passes[0]?.reject(new Error('first'))
  await expect.poll(() => passes.length).toBe(2)
  passes[1]?.reject(new Error('second'))
  await expect(asked).rejects.toThrow('second')
  await expect.poll(() => passes.length).toBe(3)
})

test('without a delay it waits until it is asked, and then goes on', async () => {
  let delayMs: number | null = null
  const { loop, passes } = startLoop(() => delayMs)
  loop.start()
  await expect.poll(() => passes.length).toBe(1)
  passes[0]?.resolve(1)
  await passes[0]?.promise
  delayMs = 1
  const asked = loop.now()
  await expect.poll(() => passes.length).toBe(2)
  passes[1]?.resolve(2)
  expect(await asked).toBe(2)
  await expect.poll(() => passes.length).toBe(3)
})

test('a stop ends the pass under way, and nothing runs afterwards', async () => {
  const { loop, passes } = startLoop(() => 0)
  loop.start()
  const asked = loop.now()
  await expect.poll(() => passes.length).toBe(1)
  await Promise.all([loop.stop(), loop.stop(), expect(asked).rejects.toMatchObject({ code: 'cancelled' })])
  await expect(loop.now()).rejects.toMatchObject({ code: 'cancelled' })
  expect(passes).toHaveLength(1)
})
