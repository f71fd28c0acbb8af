import '../fixtures/page-globals.ts'
import { MAX_PARAMS_LENGTH, methods } from '../../src-shared/contract/methods.ts'
import type { Reply } from '../../src-shared/contract/dispatch.ts'
import { expect, test, type TestedApp } from '../fixtures/app.ts'

function countsReply(app: TestedApp, params: unknown): Promise<Reply> {
  return app.page.evaluate((sent) => jiraTpm.call['counts.get'](sent), params)
}

test('the page has one function a method, and no way to name another', async ({ app }) => {
  const exposed = await app.page.evaluate(() => ({
    keys: Object.keys(jiraTpm),
    methods: Object.keys(jiraTpm.call),
    frozen: Object.isFrozen(jiraTpm) && Object.isFrozen(jiraTpm.call),
  }))
  expect(exposed.keys.toSorted()).toEqual(['call', 'onEvent'])
  expect(exposed.methods.toSorted()).toEqual(Object.keys(methods).toSorted())
  expect(exposed.frozen).toBe(true)
})

test('a right call is answered', async ({ app }) => {
  const reply = await countsReply(app, { fromMs: 0, toMs: 3_600_000, bucketMinutes: 1 })
  expect(reply).toMatchObject({ ok: true, result: { fromMinute: 0, toMinute: 60 } })
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
