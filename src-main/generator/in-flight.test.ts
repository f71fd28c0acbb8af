import { expect, test } from 'vitest'
import { createInFlight } from './run-loop.ts'

test('waiting for the next of very many costs no more than for the next of a few', async () => {
  const MANY = 30_000
  const inFlight = createInFlight(Infinity)
  const works = Array.from({ length: MANY }, () => Promise.withResolvers<void>())
  for (const { promise } of works) inFlight.add(promise)
  for (const { resolve } of works) {
    const ended = inFlight.next()
    resolve()
    await ended
  }
  expect(inFlight.size()).toBe(0)
  await inFlight.settled()
})

test('has room for no more than its limit, and tells of it as soon as one has ended', async () => {
  const inFlight = createInFlight(2)
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  inFlight.add(first.promise)
  expect(await inFlight.room()).toBe(1)
  inFlight.add(second.promise)
  let room = 0
  const waiting = inFlight.room().then((free) => (room = free))
  await Promise.resolve()
  expect(room).toBe(0)
  first.resolve()
  expect(await waiting).toBe(1)
  second.resolve()
  await inFlight.settled()
  expect(inFlight.size()).toBe(0)
})
