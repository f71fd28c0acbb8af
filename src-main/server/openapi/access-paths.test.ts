import { beforeAll, expect, test } from 'vitest'
import { openServedApp, type ServedApp } from '../../../test-support/server/served-app.ts'
import { checkedInDocument, createDocumentCheck } from '../../../test-support/server/openapi/document.ts'
import { sendChecked, type Sent } from '../../../test-support/server/openapi/send-checked.ts'

const document = createDocumentCheck(checkedInDocument())

let served: ServedApp
let admin: string
beforeAll(async () => {
  served = await openServedApp({ background: false })
  admin = await served.token('admin')
})

/** Sends a request, and checks its answer. */
const send = (path: string, sent: Sent = {}): ReturnType<typeof sendChecked> =>
  sendChecked(document, served.url, path, { token: admin, ...sent })

test('a program: its code, its token, renewed, its end', async () => {
  const code = new URL(await served.link()).hash.replace('#code=', '')
  expect((await send('/api/hello', { method: 'GET', token: null })).body).toMatchObject({ ok: true })
  const trade = { token: null, body: JSON.stringify({ code, name: 'laptop' }) }
  document.request('POST', '/api/login', { code, name: 'laptop' })
  const { body } = await send('/api/login', trade)
  expect((await send('/api/login', trade)).status).toBe(401)
  const { token } = (body as { result: { token: string } }).result
  expect((await send('/api/token/renew', { token, body: '{}' })).status).toBe(200)
  expect((await send('/api/token/renew', { body: '{}' })).status).toBe(400)
  expect((await send('/api/token/end', { token, body: '{}' })).status).toBe(200)
  expect((await send('/api/token/end', { token, body: '{}' })).status).toBe(401)
})

test('a browser: its code, its session, its end', async () => {
  const code = new URL(await served.link()).hash.replace('#code=', '')
  const origin = served.url
  const trade = { token: null, headers: { origin }, body: JSON.stringify({ code }) }
  document.request('POST', '/api/session', { code })
  const { cookie } = await send('/api/session', trade)
  expect((await send('/api/session', trade)).status).toBe(401)
  const end = { token: null, headers: { origin, cookie }, body: '{}' }
  expect((await send('/api/session/end', end)).status).toBe(200)
  expect((await send('/api/session/end', end)).status).toBe(401)
})
