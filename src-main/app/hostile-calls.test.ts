import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Reply } from '../../src-shared/contract/dispatch.ts'
import type { MethodName } from '../../src-shared/contract/methods.ts'
import type { RunProgress } from '../../src-shared/contract/runs/runs.ts'
import type { App } from './app.ts'
import { machineClock } from '../runtime/clock.ts'
import { openStore } from '../store/open-store.ts'
import { openConnectedApp, type ConnectedApp } from '../../test-support/connected-app.ts'

/**
 * Calls as somebody sends them who has found a way to the server: of other shapes, too large, too odd, at the wrong time.
 * They are sent to a whole core that is connected to somebody's Jira.
 */
let connected: ConnectedApp
let app: App
let siteId: string
beforeAll(async () => {
  connected = await openConnectedApp()
  ;({ app, siteId } = connected)
}, 60_000)
afterAll(() => connected.close())

/** How it was answered: `ok`, or the error's code. */
async function answer(method: MethodName, params: unknown): Promise<string> {
  return outcomeOf(await app.dispatch(method, params))
}

function outcomeOf(reply: Reply): string {
  return reply.ok ? 'ok' : reply.error.code
}

async function tickets(): Promise<number> {
  return (await connected.site.truth()).length
}

const METHODS: readonly MethodName[] = [
  'runs.start',
  'runs.pause',
  'runs.resume',
  'runs.stop',
  'runs.current',
  'runs.get',
  'runs.list',
  'runs.minutes',
  'runs.readReplay',
  'runs.cleanUpPreview',
  'runs.cleanUp',
  'runs.stopCleanUp',
  'runs.currentCleanUp',
  'audit.run',
  'audit.span',
]

const cyclic: Record<string, unknown> = {}
cyclic['self'] = cyclic

const OF_NO_SHAPE: readonly unknown[] = [
  undefined,
  null,
  [],
  [{}],
  'text',
  7,
  Number.NaN,
  true,
  cyclic,
  { runId: 1n },
  { unasked: 1 },
  JSON.parse('{"__proto__": {"runId": "abcd2345"}}') as unknown,
]

test.each(METHODS)('%s: what has not the shape of its call is refused', async (method) => {
  for (const params of OF_NO_SHAPE) expect(await answer(method, params)).toBe('bad-request')
  expect(await answer(method, { unasked: 'x'.repeat(2_000_000) })).toBe('too-large')
})

test.each(['__proto__', 'constructor', 'toString', 'runs', 'runs.', 'runs.start ', 7, null, ['runs.start']])(
  'no method is called %j',
  async (method) => {
    expect(outcomeOf(await app.dispatch(method, {}))).toBe('unknown-method')
  },
)

describe('a run that there is none of', () => {
  test.each([
    ['zzzzzzzz', 'not-found'],
    ['', 'not-found'],
    ["x'; DROP TABLE runs; --", 'not-found'],
    ['%', 'not-found'],
    ['../../tpm', 'not-found'],
    ['__proto__', 'not-found'],
    ['\u{D800}', 'not-found'],
    ['\u202Edrawkcab', 'not-found'],
    ['a'.repeat(65), 'bad-request'],
    ['abcd\u0000', 'bad-request'],
    ['\u001B[2J', 'bad-request'],
    [{ toString: 'abcd2345' }, 'bad-request'],
  ])('%j', async (runId, code) => {
    const cleanUp = { confirmedSite: siteId, count: 0 }
    expect({
      get: await answer('runs.get', { runId }),
      minutes: await answer('runs.minutes', { runId }),
      resume: await answer('runs.resume', { runId }),
      send: await answer('runs.resume', { runId, unknown: 'send' }),
      preview: await answer('runs.cleanUpPreview', { runId }),
      cleanUp: await answer('runs.cleanUp', { runId, ...cleanUp }),
      audit: await answer('audit.run', { runId }),
    }).toEqual({
      get: code,
      minutes: code,
      resume: code,
      send: code,
      preview: code,
      cleanUp: code,
      audit: code,
    })
  })

  test('one of another site, in the same store', async () => {
    const store = await openStore(connected.config.store, { clock: machineClock, log: QUIET, password: null })
    const run = {
      siteId: 'another-site',
      runId: 'abcd2345',
      projectKey: 'TPM',
      seed: 1,
      planned: 1,
      startMs: 1,
      endMs: 2,
      rate: 1,
      profile: 'steady',
      mix: 'all',
      state: 'paused',
      createdAtMs: 1,
    } as const
    const facts = { priorityId: '1', projectKey: 'TPM', issueTypeId: '10001' }
    await store.createRun(run, [{ slot: 0, plannedMs: 1, ...facts }])
    const runId = 'abcd2345'
    for (const method of [
      'runs.get',
      'runs.minutes',
      'runs.resume',
      'runs.cleanUpPreview',
      'audit.run',
    ] as const) {
      expect([method, await answer(method, { runId })]).toEqual([method, 'not-found'])
    }
    for (const confirmedSite of [siteId, 'another-site']) {
      expect(await answer('runs.cleanUp', { runId, confirmedSite, count: 0 })).toMatch(
        /^not-(found|confirmed)$/,
      )
    }
    expect(await app.client.call('runs.list', { limit: 100 })).toEqual({ runs: [], more: false })
    expect(await answer('runs.stop', {})).toBe('not-found')
    expect((await store.run('another-site', runId))?.state).toBe('paused')
    await store.close()
  })
})

const QUIET = { info: () => {}, warn: () => {} }

describe('a run is not begun', () => {
  const replay = { name: 'x', offsetsMs: [0, 5], priorities: ['High'], priorityOf: [0, -1] }
  const many = Object.fromEntries(Array.from({ length: 201 }, (_, n) => [`P${n}`, 1]))
  const BAD_REQUESTS: readonly object[] = [
    ...[Number.NaN, 0, -0, -1, 1.5, 1e308, Infinity, '5', null].map((count) => ({ count })),
    ...[Number.NaN, 0, -0, 1e308, '5'].map((minutes) => ({ minutes })),
    ...[Number.NaN, -1, 2 ** 53, 0.5].map((seed) => ({ seed })),
    ...[Number.NaN, 0, -1, 1e308].map((compress) => ({ compress })),
    ...['', 'x'.repeat(501), 7].map((profile) => ({ profile })),
    ...[Number.NaN, -1, 1e308, '1', null, {}].map((weight) => ({ weights: { High: weight } })),
    { weights: many },
    { types: many },
    { projects: many },
    { weights: [1] },
    { weights: { 'High\n': 1 } },
    { weights: { ['x'.repeat(256)]: 1 } },
    { weights: { '': 1 } },
    { replay: { ...replay, offsetsMs: [0, Number.NaN] } },
    { replay: { ...replay, offsetsMs: [0, -1] } },
    { replay: { ...replay, offsetsMs: [] } },
    { replay: { ...replay, priorityOf: [0, -2] } },
    { replay: { ...replay, name: 'a\u001B[2J' } },
    { confirmedSite: 7 },
  ]
  test('by numbers and names that none can have', async () => {
    for (const request of BAD_REQUESTS) {
      const sent = { confirmedSite: siteId, ...request }
      expect([request, await answer('runs.start', sent)]).toEqual([request, 'bad-request'])
    }
  })

  const USAGE: readonly object[] = [
    { weights: {} },
    { weights: { High: 0 } },
    { weights: { High: -0 } },
    { weights: JSON.parse('{"__proto__": 1}') as object },
    { weights: { constructor: 1, toString: 1 } },
    { types: JSON.parse('{"__proto__": 1}') as object },
    { profile: '\u0000' },
    { profile: '5m@1e308' },
    { profile: '9999999h@9999999' },
    { profile: '@'.repeat(500) },
    { profile: `${' '.repeat(499)}x` },
    { profile: 'sine 1000000' },
    { profile: 'spike 9999999h x9999999 9999999h' },
    { compress: 2 },
    { profile: 'steady', replay },
    { replay: { ...replay, offsetsMs: [5, 0] }, minutes: 60 },
    { replay: { ...replay, priorityOf: [0] } },
    { replay: { ...replay, priorityOf: [0, 1] } },
    { replay: { ...replay, offsetsMs: [0, 8.64e15] } },
    { replay: { ...replay, priorities: ['__proto__'] } },
  ]
  test('by what no run can be', { timeout: 60_000 }, async () => {
    const before = await tickets()
    for (const request of USAGE) {
      const sent = { confirmedSite: siteId, ...request }
      expect([request, await answer('runs.start', sent)]).toEqual([request, 'usage'])
    }
    expect(Object.keys(Object.prototype)).toEqual([])
    expect(await tickets()).toBe(before)
  })

  test('without the person’s yes to this very Jira', async () => {
    const before = await tickets()
    for (const confirmedSite of [undefined, '', `x${siteId}`, `${siteId} `, 'another-site']) {
      expect(await answer('runs.start', { count: 1, minutes: 0.1, confirmedSite })).toBe('not-confirmed')
    }
    expect(await tickets()).toBe(before)
  })
})

test('an audit has bounds, whatever span is asked for', async () => {
  for (const [fromMs, toMs, code] of [
    [0, 8.64e15, 'usage'],
    [60_000, 0, 'usage'],
    [-0, 0, 'usage'],
    [0, 1e308, 'bad-request'],
    [Number.NaN, 60_000, 'bad-request'],
    [8.64e15 - 60_000, 8.64e15, 'ok'],
  ] as const) {
    expect([fromMs, toMs, await answer('audit.span', { fromMs, toMs })]).toEqual([fromMs, toMs, code])
  }
})

/** Waits until a run has ended. */
async function done(runId: string): Promise<RunProgress> {
  const state = async (): Promise<string> => (await app.client.call('runs.get', { runId })).state
  await expect.poll(state, { timeout: 30_000, interval: 20 }).toMatch(/^(done|stopped)$/)
  return app.client.call('runs.get', { runId })
}
function start(count: number, minutes: number): Promise<RunProgress> {
  return app.client.call('runs.start', { count, minutes, profile: 'even', confirmedSite: siteId })
}

describe('at the wrong time', () => {
  test('two runs at once: one works', { timeout: 60_000 }, async () => {
    const before = await tickets()
    const request = { count: 2, minutes: 0.1, confirmedSite: siteId }
    const answers = await Promise.all([1, 2, 3].map(() => answer('runs.start', request)))
    expect(answers.toSorted()).toEqual(['busy', 'busy', 'ok'])
    const run = await app.client.call('runs.current', {})
    await done(run?.runId ?? '')
    expect(await tickets()).toBe(before + 2)
  })

  test('a clean-up beside a run, of it or of another; and two at once', { timeout: 60_000 }, async () => {
    const { runId } = await done((await start(6, 0.1)).runId)
    const made = await tickets()
    const agreed = { runId, confirmedSite: siteId, count: 6 }

    const other = await start(40, 1)
    expect(await answer('runs.cleanUp', agreed)).toBe('busy')
    expect(await answer('runs.cleanUp', { ...agreed, runId: other.runId, count: 0 })).toBe('busy')
    const stopped = await app.client.call('runs.stop', {})
    expect(await tickets()).toBe(made + stopped.created)

    for (const wrong of [
      { ...agreed, count: 5 },
      { ...agreed, count: 0 },
      { ...agreed, count: 1e308 },
      { ...agreed, confirmedSite: 'another-site' },
    ]) {
      expect(await answer('runs.cleanUp', wrong)).toBe('not-confirmed')
    }
    for (const count of [Number.NaN, -1, 0.5, '6']) {
      expect(await answer('runs.cleanUp', { ...agreed, count })).toBe('bad-request')
    }
    expect(await tickets()).toBe(made + stopped.created)

    const answers = await Promise.all([1, 2, 3].map(() => answer('runs.cleanUp', agreed)))
    expect(answers.filter((code) => code === 'ok')).toHaveLength(1)
    const state = async (): Promise<unknown> => (await app.client.call('runs.currentCleanUp', {}))?.state
    await expect.poll(state, { timeout: 30_000 }).toBe('done')
    expect(await tickets()).toBe(made + stopped.created - 6)
    expect(await answer('runs.stopCleanUp', {})).toBe('not-found')
  })

  test('what has ended does not go on, and is sent to nobody again', async () => {
    const before = await tickets()
    const run = await app.client.call('runs.current', {})
    for (const request of [{}, { runId: run?.runId }, { missed: 'catch-up' }]) {
      expect(await answer('runs.resume', request)).toBe('not-found')
    }
    expect(await answer('runs.resume', { unknown: 'twice' })).toBe('bad-request')
    expect(await answer('runs.resume', { unknown: 'send' })).toBe('ok')
    await done(run?.runId ?? '')
    expect(await tickets()).toBe(before)
  })
})
