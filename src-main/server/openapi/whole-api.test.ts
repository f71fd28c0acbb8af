import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { fromWireError } from '../../../src-shared/errors/app-error.ts'
import type { Reply } from '../../../src-shared/contract/dispatch.ts'
import { DESKTOP_EVENTS, EVENT_NAMES, type EventName } from '../../../src-shared/contract/events.ts'
import { methods, type MethodName, type Params, type Result } from '../../../src-shared/contract/methods.ts'
import type { TicketCursor } from '../../../src-shared/contract/tickets.ts'
import { announce } from '../../workspace/instance.ts'
import { startTestSandbox, type TestSandbox } from '#jira-sandbox/testing'
import { createFormerCheck } from '../../../test-support/contract/former.ts'
import { startReceiver } from '../../../test-support/outputs/receiver.ts'
import { openServedApp, type ServedApp } from '../../../test-support/server/served-app.ts'
import { checkedInDocument, createDocumentCheck } from '../../../test-support/server/openapi/document.ts'
import { sendChecked, type Sent } from '../../../test-support/server/openapi/send-checked.ts'

/** Everything is called over HTTP on a real app, and whatever is answered or told must be as the document says. */
const document = createDocumentCheck(checkedInDocument())
/** And, for a program of the version before, as that knew it. */
const former = createFormerCheck()
const names = Object.keys(methods) as MethodName[]
const succeeded = new Set<MethodName>()
const heard = new Set<string>()
const wrongEvents: string[] = []
const PATIENCE = { timeout: 10_000, interval: 20 }

let served: ServedApp
let site: TestSandbox
let admin: string
let reader: string
let socket: WebSocket
beforeAll(async () => {
  served = await openServedApp({ limits: { failures: { burst: 1_000, perSecond: 1_000 } } })
  site = await startTestSandbox({ deployment: 'cloud', historyTickets: 5 })
  admin = await served.token('admin')
  reader = await served.token('read')
  socket = new WebSocket(`${served.url.replace('http', 'ws')}/api/events`, {
    headers: { authorization: `Bearer ${admin}` },
  })
  socket.on('message', (text: Buffer) => hear(text.toString()))
  await once(socket, 'open')
  await served.app.start()
}, 60_000)
afterAll(async () => {
  socket.terminate()
  await site.stop()
})

function hear(text: string): void {
  const message = JSON.parse(text) as { event: EventName; payload: unknown }
  heard.add(message.event)
  try {
    document.event(message)
    former.event(message.event, message.payload)
  } catch (error) {
    wrongEvents.push(String(error))
  }
}

/** Sends a request, and checks its answer. */
const send = (path: string, sent: Sent = {}): ReturnType<typeof sendChecked> =>
  sendChecked(document, served.url, path, { token: admin, ...sent })

async function call<M extends MethodName>(method: M, params: Params<M>): Promise<Result<M>> {
  document.request('POST', `/api/${method}`, params)
  const { body } = await send(`/api/${method}`, { body: JSON.stringify(params) })
  const reply = body as Reply
  if (!reply.ok) throw fromWireError(reply.error)
  succeeded.add(method)
  former.result(method, reply.result)
  return reply.result as Result<M>
}

/** The code and the status of a call that is refused. */
async function refusal(method: MethodName, params: unknown, sent: Sent = {}): Promise<string> {
  const { status, body } = await send(`/api/${method}`, { body: JSON.stringify(params), ...sent })
  const reply = body as Reply
  return reply.ok ? 'ok' : `${status} ${reply.error.code}`
}

const span = { fromMs: Date.now() - 3 * 3_600_000, toMs: Date.now() + 3_600_000 }

describe('what is called in the order that a person would', () => {
  test('looking on', async () => {
    expect((await call('session.get', {})).site.kind).toBe('sandbox')
    expect((await call('sync.now', {})).pages).toBeGreaterThan(0)
    expect((await call('sync.status', {})).failure).toBeNull()
    const { counts } = await call('counts.get', { ...span, bucketMinutes: 10 })
    expect(counts.flat().length).toBeGreaterThan(20)
    expect((await call('overview.get', {})).newest.length).toBeGreaterThan(0)
    await call('counts.outside', span)
    // As a person chooses it, by the site's clock; what is no span is refused in every call that takes one.
    const hour = { from: '-1h', zone: 'America/Santiago' }
    expect((await call('counts.get', hour)).counts[0]).toHaveLength(60)
    await call('counts.outside', { from: 'yesterday' })
    for (const from of ['soon', '2100-01-01', 'now-2000w', '2026-03-29T02:30']) {
      const asked = { from, zone: 'Europe/Berlin' }
      expect(await refusal('counts.get', asked)).toBe('400 usage')
      expect(await refusal('counts.outside', asked)).toBe('400 usage')
      expect(await refusal('tickets.list', { ...asked, limit: 2 })).toBe('400 usage')
      expect(await refusal('tickets.left', { ...asked, limit: 2 })).toBe('400 usage')
      expect(await refusal('audit.span', asked)).toBe('400 usage')
    }
    const usual = await call('usual.get', { from: '-1h', bucketMinutes: 5 })
    expect([usual.low, usual.learning?.neededDays]).toEqual([[], 14])
    expect((await call('usual.heat', {})).hours).toHaveLength(168)
    expect((await call('differs.get', span)).looked).toBeGreaterThanOrEqual(0)
    const { fields } = await call('counts.fields', span)
    expect(fields.map(({ by }) => by)).toContain('component')
    expect((await call('tickets.list', { ...span, limit: 500 })).tickets.length).toBeGreaterThan(0)
    const listed: string[] = []
    const whole = (await call('tickets.list', { ...span, limit: 500 })).tickets.map(({ id }) => id)
    for (let cursor: TicketCursor | null | undefined; cursor !== null;) {
      const page = await call('tickets.list', { ...span, limit: 2, ...(cursor !== undefined && { cursor }) })
      expect(page.more).toBe(page.cursor !== null)
      listed.push(...page.tickets.map(({ id }) => id))
      cursor = page.cursor
    }
    expect(listed).toEqual(whole)
    expect(await refusal('tickets.list', { ...span, limit: 2, cursor: { atMs: 1, id: 'a\0' } })).toBe(
      '400 bad-request',
    )
    const { key, title } = (await call('tickets.list', { ...span, limit: 1 })).tickets[0] ?? {}
    for (const search of [key ?? '', title?.toUpperCase() ?? '']) {
      const { tickets } = await call('tickets.list', { ...span, limit: 500, search })
      expect(tickets).toContainEqual(expect.objectContaining({ key }))
    }
    expect(await refusal('tickets.list', { ...span, limit: 2, search: '' })).toBe('400 bad-request')
    const { url, jql } = await call('tickets.jql', span)
    expect([url, jql]).toEqual([null, expect.stringContaining('created >= ')])
    await call('tickets.left', { ...span, limit: 5 })
    expect(await call('store.status', {})).toMatchObject({ failure: null })
    await call('settings.get', {})
    await call('settings.store', {})
    expect(await call('settings.firstSteps', {})).toEqual({ putAway: false })
    await call('settings.putFirstStepsAway', {})
    expect(await call('settings.firstSteps', {})).toEqual({ putAway: true })
    expect(await call('runs.current', {})).toBeNull()
    expect(await call('runs.currentCleanUp', {})).toBeNull()
    expect(await call('runs.list', { limit: 10 })).toEqual({ runs: [], more: false })
  })

  test('a run', async () => {
    expect(await refusal('runs.pause', {})).toBe('404 not-found')
    const request = { count: 20, minutes: 10, compress: 600, seed: 7 }
    const outline = await call('runs.preview', request)
    const { runId, startMs, endMs } = await call('runs.start', request)
    expect(await refusal('runs.start', {})).toBe('409 busy')
    expect((await call('runs.pause', {})).state).toBe('paused')
    await call('runs.resume', { missed: 'catch-up' })
    await expect.poll(async () => (await call('runs.get', { runId })).state, PATIENCE).toBe('done')
    await call('runs.current', {})
    expect((await call('runs.list', { limit: 1 })).runs).toHaveLength(1)
    expect((await call('runs.minutes', { runId })).length).toBeGreaterThan(9)
    expect(await call('drills.get', { runId })).toBeNull()
    await call('sync.now', {})
    const { watched, charted } = await call('audit.run', { runId })
    expect([watched, charted]).toEqual([outline.charted, outline.charted])
    expect(await call('runs.charted', { runId })).toEqual({ planned: watched, charted })
    const asPlanned = await call('runs.planned', { fromMs: startMs, toMs: endMs, bucketMinutes: 1 })
    expect(asPlanned.reduce((sum, { planned }) => sum + planned, 0)).toBe(watched)
    expect(await refusal('runs.charted', { runId: 'none' })).toBe('404 not-found')
    await call('audit.span', span)

    expect(await refusal('runs.stopCleanUp', {})).toBe('404 not-found')
    const { count } = await call('runs.cleanUpPreview', { runId })
    expect(count).toBe(20)
    const confirmedSite = (await call('session.get', {})).site.id
    expect(await refusal('runs.cleanUp', { runId, confirmedSite: 'elsewhere', count })).toBe(
      '409 not-confirmed',
    )
    await call('runs.cleanUp', { runId, confirmedSite, count })
    await call('runs.stopCleanUp', {})
    await call('runs.currentCleanUp', {})

    await call('runs.start', { count: 5, minutes: 60 })
    expect((await call('runs.stop', {})).state).toBe('stopped')
  })

  test('files and tables', async () => {
    await call('runs.readReplay', { name: 'a.csv', text: 'created,priority\n2026-01-15T14:00:00Z,High\n' })
    expect(await refusal('runs.readReplay', { name: 'a.csv', text: 'no tickets' })).toBe('400 bad-data')
    await call('data.loadSample', {})
    const { keptFromMs, sites } = await call('data.previewRetention', { months: 13 })
    expect(sites).toMatchObject([{ keptFromMs: null }])
    expect(await refusal('data.retain', { keptFromMs: keptFromMs + 1, confirm: true })).toBe('400 usage')
    expect(await call('data.retain', { keptFromMs, confirm: true })).toMatchObject({
      deleted: expect.any(Number) as number,
    })
    await call('data.dropTables', { confirm: true })
    expect(await refusal('counts.get', { ...span, bucketMinutes: 1 })).toBe('409 tables-missing')
    expect(await call('data.createTables', {})).toEqual({ created: true })
  })

  test('views', async () => {
    const saved = await call('views.save', { name: 'Storm', state: { from: 'now-6h', to: 'now' } })
    expect(await refusal('views.save', { name: 'Storm', state: {} })).toBe('409 busy')
    expect(await refusal('views.save', { name: 'Half', state: { from: 'now-6h' } })).toBe('400 usage')
    expect(await call('views.list', {})).toEqual({ views: [saved] })
    expect(await call('views.delete', { name: 'Storm', seen: saved.revision })).toEqual({ deleted: true })
    await expect.poll(() => [...heard], PATIENCE).toContain('views.changed')
  })

  test('alerts', async () => {
    const condition = { kind: 'at-least' as const, tickets: 8, minutes: 5 }
    const { id, revision } = await call('alerts.add', { name: 'Storm', scope: {}, condition })
    expect(await refusal('alerts.add', { name: 'Storm', scope: {}, condition })).toBe('400 usage')
    for (const wrong of [{ tickets: 0 }, { minutes: 1_441 }, { kind: 'at-most' }])
      expect(await refusal('alerts.add', { scope: {}, condition: { ...condition, ...wrong } })).toBe(
        '400 bad-request',
      )
    await call('alerts.silence', { id, silence: { minutes: 5 } })
    const off = await call('alerts.change', { id, seen: revision, on: false })
    expect(await refusal('alerts.change', { id, seen: revision, on: true })).toBe('409 busy')
    expect((await call('alerts.list', {})).rules).toMatchObject([{ id, standing: { phase: 'off' } }])
    await call('alerts.history', { limit: 5 })
    expect((await call('alerts.test', { id })).fires).toBe(false)
    const replayed = await call('alerts.replay', { scope: {}, condition: { ...condition, tickets: 1 } })
    expect(replayed.fired.length).toBeGreaterThan(0)
    expect(await call('alerts.remove', { id, seen: off.revision })).toEqual({ removed: true })
    await expect.poll(() => [...heard], PATIENCE).toContain('alerts.changed')
  })

  test('marks', async () => {
    const mark = await call('marks.add', { text: 'deploy 5.17' })
    expect(await refusal('marks.add', { text: 'x', at: 'now', to: 'now-1h' })).toBe('400 usage')
    expect((await call('marks.list', { from: '-2h' })).marks).toContainEqual(mark)
    const { id, revision } = mark
    const changed = await call('marks.change', { id, seen: revision ?? '', text: 'rolled back' })
    expect(await refusal('marks.remove', { id, seen: revision })).toBe('409 busy')
    expect(await call('marks.remove', { id, seen: changed.revision ?? '' })).toEqual({ removed: true })
    expect(await refusal('marks.change', { id, seen: revision, text: 'x' })).toBe('404 not-found')
    await expect.poll(() => [...heard], PATIENCE).toContain('marks.changed')
  })

  test('screens', async () => {
    await announce(served.dataDir, { dashboard: { url: served.url, publicUrl: served.url } })
    const { screen } = await call('settings.addScreen', { name: 'Lobby' })
    await call('settings.screens', {})
    expect(await call('settings.revokeScreen', { id: screen.id })).toEqual({ screens: [] })
  })

  test('outputs of alerts', async () => {
    const receiver = await startReceiver()
    const asked = { name: 'On call', kind: 'webhook', url: receiver.url } as const
    expect(await refusal('outputs.add', asked)).toBe('400 usage')
    const added = await call('outputs.add', { ...asked, allowPrivate: true })
    expect(await refusal('outputs.add', { ...asked, allowPrivate: true })).toBe('400 usage')
    expect(await call('outputs.list', {})).toEqual({ outputs: [added] })
    expect(await call('outputs.test', { id: added.id })).toMatchObject({ taken: true, answer: 'HTTP 200' })
    const changed = await call('outputs.change', { id: added.id, seen: added.revision, name: 'Night' })
    expect(await refusal('outputs.change', { id: added.id, seen: added.revision, name: 'Day' })).toBe(
      '409 busy',
    )
    expect(await refusal('outputs.test', { id: 'none' })).toBe('404 not-found')
    expect(changed).toMatchObject({ name: 'Night', url: receiver.url })
    expect(await call('outputs.remove', { id: added.id })).toEqual({ removed: true, secret: 'none' })
    await expect.poll(() => [...heard], PATIENCE).toContain('outputs.changed')
  })

  test('the store', async () => {
    // A file is never out of reach.
    expect(await refusal('store.useFallback', {})).toBe('400 usage')
    await call('store.usePrimary', {})
    const server = { host: '127.0.0.1', port: 9, database: 'x', user: 'x', password: null, caFile: null }
    const tried = await call('settings.checkStore', { kind: 'postgres', ...server, tls: 'disable' })
    expect(tried.state).toBe('red')
    expect((await call('settings.useStore', { kind: 'sqlite' })).state).toBe('green')
  })

  test('another Jira', async () => {
    const { url, email, apiToken } = site
    const watch = { field: { id: 'priority', name: 'Priority' }, ids: [] }
    const draft = { url, user: email, tokenExpiresOn: null, projectKey: 'TPM', caFile: null, watch }
    expect((await call('settings.preflight', { ...draft, token: 'wrong' })).state).toBe('red')
    expect((await call('settings.connect', { ...draft, token: apiToken })).state).toBe('green')
    expect(await refusal('runs.start', { count: 1 })).toBe('409 not-confirmed')
    await site.setMood('expired-token')
    expect(await refusal('sync.now', {})).toBe('502 not-authenticated')
    await call('settings.disconnect', { forgetToken: true })
  })

  test('so every method has succeeded, but for what a file on this machine cannot', () => {
    const rest = names.filter((name) => !succeeded.has(name))
    expect(rest).toEqual(['store.useFallback'])
  })

  test('so every event was sent as the document has it, but for those of a window and of a lost store', () => {
    expect(wrongEvents).toEqual([])
    const sent = EVENT_NAMES.filter((name) => !DESKTOP_EVENTS.has(name))
    expect([...heard].toSorted()).toEqual(sent.toSorted())
  })
})

describe.each(names)('%s is refused as the document says', (name) => {
  test('with a parameter too many, without a token, and with too small a scope', async () => {
    expect(() => document.request('POST', `/api/${name}`, { unasked: 1 })).toThrow(/additional|must/)
    expect(await refusal(name, { unasked: 1 })).toBe('400 bad-request')
    expect(await refusal(name, {}, { token: null })).toBe('401 forbidden')
    const mayRead = ['display', 'read'].includes(methods[name].scope)
    expect(mayRead || (await refusal(name, {}, { token: reader }))).toBe(mayRead || '403 forbidden')
  })
})

test('a body that is too large, and one that is no JSON', async () => {
  expect(await refusal('session.get', { unasked: 'x'.repeat(300_000) })).toBe('413 too-large')
  const headers = { 'content-type': 'application/xml' }
  expect(await refusal('session.get', null, { body: '<x/>', headers })).toBe('415 bad-request')
})

test('an address that another program may have sent is refused', async () => {
  const foreign = { method: 'GET', headers: { origin: 'https://evil.example' } }
  expect((await send('/health', foreign)).status).toBe(403)
})

test('what the server has besides', async () => {
  const get = { method: 'GET', token: null }
  expect((await send('/health', get)).body).toEqual({ ok: true })
  expect((await send('/ready', get)).body).toEqual({ ok: true, store: 'up', jira: 'open' })
  expect((await send('/openapi.json', get)).body).toEqual(checkedInDocument())
  expect((await send('/metrics', get)).status).toBe(401)
  expect((await send('/metrics', { method: 'GET', token: reader })).status).toBe(200)
  expect((await send('/api/session', { method: 'GET' })).body).toMatchObject({ result: { scope: 'admin' } })
  expect((await send('/api/session/end', { body: '{}' })).status).toBe(400)
  expect((await send('/api/events', { method: 'GET' })).status).toBe(426)
})
