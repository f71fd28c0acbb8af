import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createHandClock } from '../../test-support/sync/clock.ts'
import { createAuditQueue } from './audit.ts'

const never = new AbortController().signal

function openTurns() {
  const clock = createHandClock()
  const inTurn = createAuditQueue<string>(clock)
  const begun: string[] = []
  const ends = new Map<string, (result: string) => void>()
  const audit = (key: string, signal = never): Promise<string> =>
    inTurn(key, signal, (wanted) => {
      begun.push(key)
      const end = Promise.withResolvers<string>()
      ends.set(key, end.resolve)
      wanted.addEventListener('abort', () => end.reject(wanted.reason))
      return end.promise
    })
  const end = async (key: string): Promise<void> => {
    ends.get(key)?.(`result of ${key}`)
    await setImmediate()
  }
  return { clock, audit, begun, end }
}

test('two are under way at once, others wait in order', async () => {
  const { audit, begun, end } = openTurns()
  const all = Promise.all(['a', 'b', 'c', 'd'].map((key) => audit(key)))
  await setImmediate()
  expect(begun).toEqual(['a', 'b'])
  await end('b')
  expect(begun).toEqual(['a', 'b', 'c'])
  await end('a')
  await end('c')
  await end('d')
  expect(await all).toEqual(['result of a', 'result of b', 'result of c', 'result of d'])
})

test('who asks for the same before it has begun shares it; who asks later gets one that began later', async () => {
  const { audit, begun, end } = openTurns()
  const first = ['a', 'b'].map((key) => audit(key))
  await setImmediate()
  const later = Array.from({ length: 58 }, () => audit('a'))
  await end('a')
  expect(begun).toEqual(['a', 'b', 'a'])
  await end('a')
  await end('b')
  expect(await Promise.all([...first, ...later])).toHaveLength(60)
  expect(begun).toHaveLength(3)
})

test('one that gets no turn in half a minute is refused, and holds up nobody', async () => {
  const { clock, audit, begun, end } = openTurns()
  const first = ['a', 'b'].map((key) => audit(key))
  const late = audit('c')
  late.catch(() => {})
  await setImmediate()
  clock.jump(30_000)
  await expect(late).rejects.toMatchObject({ code: 'too-many', retryable: true })
  const after = audit('d')
  await end('a')
  expect(begun).toEqual(['a', 'b', 'd'])
  await end('b')
  await end('d')
  expect(await Promise.all([...first, after])).toHaveLength(3)
})

test('one is given up when all who asked for it have left, before its turn and in it', async () => {
  const { audit, begun, end } = openTurns()
  const [one, two] = [new AbortController(), new AbortController()]
  const shared = [audit('a', one.signal), audit('a', two.signal)].map((asked) =>
    asked.catch((error: Error) => error.message),
  )
  const other = audit('b')
  const waiting = new AbortController()
  const queued = audit('c', waiting.signal).catch((error: Error) => error.message)
  const last = audit('d')
  await setImmediate()
  one.abort(new Error('left'))
  waiting.abort(new Error('gone'))
  await setImmediate()
  expect(begun).toEqual(['a', 'b'])
  two.abort(new Error('left, too'))
  await setImmediate()
  expect(begun).toEqual(['a', 'b', 'd'])
  expect(await Promise.all([...shared, queued])).toEqual(['left', 'left, too', 'gone'])
  await end('b')
  await end('d')
  expect(await Promise.all([other, last])).toHaveLength(2)
})
