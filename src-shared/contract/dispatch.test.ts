import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { AppError, fromWireError } from '../errors/app-error.ts'
import { createDispatch } from './dispatch.ts'
import { createEventHub, createInProcessClient } from './client.ts'
import {
  LARGE_METHODS,
  MAX_LARGE_PARAMS_LENGTH,
  MAX_PARAMS_LENGTH,
  methods,
  type Handlers,
  type MethodName,
} from './methods.ts'
import { allows, SCOPES } from './schema.ts'

const names = Object.keys(methods) as MethodName[]

function handlersThat(answer: (name: string, params: unknown) => Promise<unknown>): Handlers {
  return Object.fromEntries(
    names.map((name) => [name, (params: unknown) => answer(name, params)]),
  ) as unknown as Handlers
}

const hour = { fromMs: 0, toMs: 3_600_000 }

/** Parameters of so many characters as JSON. */
const ofLength = (length: number) => ({ more: 'x'.repeat(length - JSON.stringify({ more: '' }).length) })

describe('the gate of the contract', () => {
  test('a known method with a right payload reaches its handler', async () => {
    const answer = vi.fn(async () => ({ before: 1 }))
    const dispatch = createDispatch(handlersThat(answer), () => {})
    expect(await dispatch('counts.outside', hour)).toEqual({ ok: true, result: { before: 1 } })
    expect(answer).toHaveBeenCalledWith('counts.outside', hour)
  })

  test.each(['nope', '', '__proto__', 'constructor', 'toString', 7, null, undefined, {}])(
    'an unknown method (%s) is refused',
    async (method) => {
      const answer = vi.fn(async () => null)
      const reply = await createDispatch(handlersThat(answer), () => {})(method, {})
      expect(reply).toMatchObject({ ok: false, error: { code: 'unknown-method' } })
      expect(answer).not.toHaveBeenCalled()
    },
  )

  test.each([
    ['counts.get', { bucketMinutes: 1 }],
    ['counts.get', { ...hour, from: 'now-1h' }],
    ['counts.get', { ...hour, bucketMinutes: 3 }],
    ['counts.get', { ...hour, bucketMinutes: 1, more: true }],
    ['counts.outside', { fromMs: -1, toMs: 5 }],
    ['counts.outside', { fromMs: '0', toMs: 5 }],
    ['runs.start', { count: 0 }],
    ['runs.start', { count: 1e9 }],
    ['runs.start', { count: 1.5 }],
    ['runs.start', { minutes: Number.NaN }],
    ['data.dropTables', {}],
    ['data.dropTables', { confirm: false }],
    ['session.get', null],
    ['session.get', undefined],
    ['session.get', []],
    ['session.get', { extra: 1 }],
  ])('a wrong payload for %s is refused: %j', async (method, params) => {
    const answer = vi.fn(async () => null)
    const reply = await createDispatch(handlersThat(answer), () => {})(method, params)
    expect(reply).toMatchObject({ ok: false, error: { code: 'bad-request' } })
    expect(answer).not.toHaveBeenCalled()
  })

  test.each(names)('%s is for callers of its scope and of those that allow more', async (name) => {
    const answer = vi.fn<() => Promise<null>>(async () => null)
    const dispatch = createDispatch(handlersThat(answer), () => {})
    for (const scope of SCOPES) {
      const reply = await dispatch(name, methods[name].example ?? {}, { scope })
      const may = allows(scope, methods[name].scope)
      expect([scope, reply.ok || reply.error.code]).toEqual([scope, may || 'forbidden'])
    }
    expect(answer).toHaveBeenCalledTimes(SCOPES.length - SCOPES.indexOf(methods[name].scope))
  })

  test.each(names)('an oversized payload of %s is refused before its shape is looked at', async (name) => {
    const dispatch = createDispatch(
      handlersThat(async () => null),
      () => {},
    )
    const isLarge = ['runs.start', 'runs.preview', 'runs.readReplay'].includes(name)
    expect(LARGE_METHODS.includes(name)).toBe(isLarge)
    const most = isLarge ? MAX_LARGE_PARAMS_LENGTH : MAX_PARAMS_LENGTH
    expect(await dispatch(name, ofLength(most + 1))).toMatchObject({ error: { code: 'too-large' } })
    expect(await dispatch(name, ofLength(most))).toMatchObject({ error: { code: 'bad-request' } })
  })

  test('whatever arrives, the gate answers and never throws', async () => {
    const dispatch = createDispatch(
      handlersThat(async () => null),
      () => {},
    )
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.constantFrom(...names), fc.anything()),
        fc.anything({ withBigInt: true, withMap: true, withNullPrototype: true }),
        async (m, p) => {
          const reply = await dispatch(m, p)
          expect(reply.ok || reply.error.code !== 'internal').toBe(true)
        },
      ),
    )
  })

  test('a bug inside reaches the log, and not a word of it the caller', async () => {
    const bugs: unknown[] = []
    const secret = new Error('token=abc')
    const reply = await createDispatch(
      handlersThat(() => Promise.reject(secret)),
      (bug) => bugs.push(bug),
    )('session.get', {})
    expect(bugs).toEqual([secret])
    expect(JSON.stringify(reply)).not.toContain('abc')
    expect(reply).toMatchObject({ ok: false, error: { code: 'internal' } })
  })

  test('an expected error keeps its sentence, its hint and whether to try again', async () => {
    const error = new AppError('busy', 'A run is under way.', { hint: 'Stop it first.', retryable: true })
    const client = createInProcessClient(
      createDispatch(
        handlersThat(() => Promise.reject(error)),
        () => {},
      ),
      createEventHub(),
    )
    const thrown = await client.call('runs.start', {}).catch((e: unknown) => e)
    expect(thrown).toEqual(
      fromWireError({
        code: 'busy',
        what: 'A run is under way.',
        consequence: '',
        hint: 'Stop it first.',
        retryable: true,
      }),
    )
  })
})

test('events reach every listener in order until it leaves', () => {
  const hub = createEventHub()
  const heard: number[] = []
  const leave = hub.on('clock.changed', (clock) => heard.push(clock.rate))
  const clock = { machineMs: 0, siteMs: 0, untilSiteMs: 0 }
  hub.publish('clock.changed', { ...clock, rate: 1 })
  hub.publish('clock.changed', { ...clock, rate: 60 })
  leave()
  hub.publish('clock.changed', { ...clock, rate: 2 })
  expect(heard).toEqual([1, 60])
})
