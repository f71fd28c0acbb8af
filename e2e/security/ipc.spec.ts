import { desktopMethods } from '../../src-shared/contract/desktop.ts'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import '../fixtures/page-globals.ts'
import {
  MAX_LARGE_PARAMS_LENGTH,
  MAX_PARAMS_LENGTH,
  maxParamsLength,
  methods,
  type MethodName,
} from '../../src-shared/contract/methods.ts'
import type { Reply } from '../../src-shared/contract/dispatch.ts'
import type { RunProgress } from '../../src-shared/contract/runs/runs.ts'
import type { Session } from '../../src-shared/contract/tickets.ts'
import type { TestedApp } from '../fixtures/app.ts'
import { expect, test } from '../fixtures/shared-app.ts'

function replyTo(app: TestedApp, method: MethodName, params: unknown): Promise<Reply> {
  return app.page.evaluate(([name, sent]) => jiraTpm.call[name](sent), [method, params] as const)
}

function countsReply(app: TestedApp, params: unknown): Promise<Reply> {
  return app.page.evaluate((sent) => jiraTpm.call['counts.get'](sent), params)
}

test('the page has one function a method, and no way to name another', async ({ app }) => {
  const exposed = await app.page.evaluate(() => ({
    keys: Object.keys(jiraTpm),
    methods: Object.keys(jiraTpm.call),
    ofDesktop: Object.keys(jiraTpm.desktop),
    frozen: [jiraTpm, jiraTpm.call, jiraTpm.desktop].every(Object.isFrozen),
  }))
  expect(exposed.keys.toSorted()).toEqual(['call', 'desktop', 'onEvent', 'version'])
  expect(exposed.methods.toSorted()).toEqual(Object.keys(methods).toSorted())
  expect(exposed.ofDesktop.toSorted()).toEqual(Object.keys(desktopMethods).toSorted())
  expect(exposed.frozen).toBe(true)
})

test('a right call is answered', async ({ app }) => {
  const reply = await countsReply(app, { fromMs: 0, toMs: 3_600_000, bucketMinutes: 1 })
  expect(reply).toMatchObject({ ok: true, result: { fromMinute: 0, toMinute: 60 } })
})

test('a call that takes more than looking on is written down as the window’s; what it said is not', async ({
  app,
}) => {
  const planted = 'planted-5ecret-of-a-call'
  await replyTo(app, 'settings.checkStore', { host: planted })
  await replyTo(app, 'session.get', {})
  const file = path.join(app.dataDir, 'logs', 'access.log')
  const lines = async (): Promise<string[]> => (await readFile(file, 'utf8')).trimEnd().split('\n')
  await expect
    .poll(async () => (await lines().catch(() => [])).map((line) => JSON.parse(line) as unknown))
    .toContainEqual(
      expect.objectContaining({
        event: 'call',
        method: 'settings.checkStore',
        who: 'window',
        status: 'bad-request',
      }),
    )
  const text = (await lines()).join()
  expect(text).not.toContain('session.get')
  expect(text).not.toContain(planted)
})

const WRONG: readonly unknown[] = [
  undefined,
  null,
  [],
  'text',
  {},
  { fromMs: '0', toMs: 1, bucketMinutes: 1 },
  { fromMs: 0, toMs: 1, bucketMinutes: 7 },
  { fromMs: -1, toMs: 1, bucketMinutes: 1 },
  { fromMs: 0, toMs: 1, bucketMinutes: 1, more: true },
]

test('wrong payloads are refused with a typed error', async ({ app }) => {
  for (const params of WRONG) {
    const error = { code: 'bad-request', retryable: false }
    expect(await countsReply(app, params), JSON.stringify(params)).toMatchObject({ ok: false, error })
  }
})

test('oversized payloads are refused with a typed error', async ({ app }) => {
  const more = 'x'.repeat(MAX_PARAMS_LENGTH)
  const reply = await countsReply(app, { fromMs: 0, toMs: 1, bucketMinutes: 1, more })
  expect(reply).toMatchObject({ ok: false, error: { code: 'too-large' } })
})

test('tables are not dropped without the confirmation that the contract asks for', async ({ app }) => {
  const reply = await app.page.evaluate(() => jiraTpm.call['data.dropTables']({}))
  expect(reply).toMatchObject({ ok: false, error: { code: 'bad-request' } })
})

const EVERY = Object.keys(methods) as MethodName[]
const OF_NO_CALL: readonly unknown[] = [undefined, null, [], 'text', Number.NaN, { unasked: true }]

test('every method refuses what is no call of it, and what is too large', async ({ app }) => {
  for (const method of EVERY) {
    for (const params of OF_NO_CALL) {
      const refused = { ok: false, error: { code: 'bad-request' } }
      expect(await replyTo(app, method, params), `${method} ${String(params)}`).toMatchObject(refused)
    }
    const more = 'x'.repeat(maxParamsLength(method))
    const tooLarge = { ok: false, error: { code: 'too-large' } }
    expect(await replyTo(app, method, { more }), method).toMatchObject(tooLarge)
  }
})

const NO_RUNS: readonly unknown[] = [
  { count: Number.NaN },
  { count: 1e308 },
  { minutes: -0 },
  { seed: -1 },
  { weights: { High: Number.NaN } },
  { weights: { 'High\n': 1 } },
  { replay: { name: 'x', offsetsMs: [Number.NaN], priorities: [], priorityOf: [-1] } },
]

test('numbers and names that none can have begin no run', async ({ app }) => {
  const before = await runIds(app)
  for (const params of NO_RUNS) {
    const refused = { ok: false, error: { code: 'bad-request' } }
    expect(await replyTo(app, 'runs.start', params), JSON.stringify(params)).toMatchObject(refused)
  }
  expect(await runIds(app)).toEqual(before)
})

async function current(app: TestedApp): Promise<RunProgress> {
  const { result } = (await replyTo(app, 'runs.current', {})) as { result: RunProgress }
  return result
}

async function runIds(app: TestedApp): Promise<string[]> {
  const { result } = (await replyTo(app, 'runs.list', { limit: 100 })) as { result: { runs: RunProgress[] } }
  return result.runs.map(({ runId }) => runId)
}

test('a file to replay may be large, and not larger', async ({ app }) => {
  const text = `created\n${'2026-01-15T14:00Z\n'.repeat(20_000)}`
  const read = await replyTo(app, 'runs.readReplay', { name: 'large.csv', text })
  expect(read).toMatchObject({ ok: true, result: { name: 'large.csv' } })
  const larger = await replyTo(app, 'runs.readReplay', { name: 'x', text: 'x'.repeat(900_001) })
  expect(larger).toMatchObject({ ok: false, error: { code: 'bad-request' } })
  const largest = await replyTo(app, 'runs.readReplay', {
    name: 'x',
    text: 'x'.repeat(MAX_LARGE_PARAMS_LENGTH),
  })
  expect(largest).toMatchObject({ ok: false, error: { code: 'too-large' } })
})

test('tickets are not deleted but from the site, and in the number, that the person agreed to', async ({
  app,
}) => {
  const started = await replyTo(app, 'runs.start', { count: 3, minutes: 0.1, compress: 60 })
  expect(started).toMatchObject({ ok: true })
  await expect.poll(async () => (await current(app)).state).toBe('done')
  const { runId } = await current(app)
  expect(await replyTo(app, 'runs.cleanUp', { runId })).toMatchObject({
    ok: false,
    error: { code: 'bad-request' },
  })
  const { result: session } = (await replyTo(app, 'session.get', {})) as { result: Session }
  const site = session.site.id
  for (const [confirmedSite, count] of [
    ['another', 3],
    [site, 2],
    [site, 0],
  ]) {
    const refused = { ok: false, error: { code: 'not-confirmed' } }
    expect(await replyTo(app, 'runs.cleanUp', { runId, confirmedSite, count })).toMatchObject(refused)
  }
  expect(await current(app)).toMatchObject({ created: 3, removed: 0 })
})
