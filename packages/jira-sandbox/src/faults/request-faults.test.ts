import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../../test-support/server.ts'
import { createFaults, type FaultRule } from './request-faults.ts'

const MYSELF = '/rest/api/3/myself'
const ISSUE = '/rest/api/3/issue'
const TICKET = { fields: { project: { key: 'TPM' }, issuetype: { id: '10001' }, summary: 'A ticket' } }

let sandbox: TestServer

beforeEach(async () => {
  sandbox = await startTestServer()
})
afterEach(async () => {
  await sandbox.stop()
  if (sandbox.bugs.length > 0) throw new AggregateError(sandbox.bugs, 'A request met a bug')
})

type Spoiled = Omit<FaultRule, 'match' | 'times'> & Partial<Pick<FaultRule, 'match' | 'times'>>

const spoil = (rule: Spoiled): Promise<void> => sandbox.setFaults([{ match: {}, times: 1, ...rule }])

/** The next answer, untouched: no redirect is followed and nothing is parsed. */
async function raw(path = MYSELF): Promise<Response> {
  const user = `${sandbox.email}:${sandbox.apiToken}`
  const authorization = `Basic ${Buffer.from(user).toString('base64')}`
  return fetch(sandbox.url + path, { headers: { authorization }, redirect: 'manual' })
}

/** The status, and those of its headers. */
async function head(...names: string[]): Promise<unknown[]> {
  const { status, headers, body } = await raw()
  await body?.cancel()
  return [status, ...names.map((name) => headers.get(name))]
}

/** Which of so many requests a rule meets. */
function hits(rule: Spoiled, count = 10): number[] {
  const faults = createFaults()
  faults.set([{ match: {}, times: 1, ...rule }])
  return Array.from({ length: count }, (_, n) => n).filter(() => faults.take('GET', '/a') !== null)
}

describe('a rule', () => {
  test('lets the first ones pass, and meets as many as it says', () => {
    expect(hits({ kind: 'stall', after: 3, times: 2 })).toEqual([3, 4])
  })

  test('tells what is still to come of it', () => {
    const faults = createFaults()
    faults.set([{ match: { method: 'GET' }, kind: 'stall', after: 2, times: 2 }])
    for (let n = 0; n < 3; n++) faults.take('GET', '/a')
    faults.take('POST', '/a')
    expect(faults.remaining()).toEqual([{ match: { method: 'GET' }, kind: 'stall', after: 0, times: 1 }])
  })

  test('meets a share of them at random: the same ones for the same seed', () => {
    const rule = { kind: 'stall', rate: 0.3, times: 1_000_000 } as const
    const first = hits({ ...rule, seed: 1 }, 10_000)
    expect(first.length / 10_000).toBeCloseTo(0.3, 1)
    expect(hits({ ...rule, seed: 1 }, 10_000)).toEqual(first)
    expect(hits({ ...rule, seed: 2 }, 10_000)).not.toEqual(first)
    expect(hits({ ...rule, rate: 0 }, 100)).toEqual([])
    expect(hits({ ...rule, rate: 1 }, 100)).toHaveLength(100)
  })

  test('leaves to the next one what it does not meet', () => {
    const faults = createFaults()
    faults.set([
      { match: {}, kind: 'stall', rate: 0, times: 1 },
      { match: { path: 'b$' }, kind: 'truncated', times: 1 },
    ])
    expect(faults.take('GET', '/a')).toBeNull()
    expect(faults.take('GET', '/b')).toMatchObject({ kind: 'truncated' })
  })
})

describe('the limits', () => {
  const REASON = ['ratelimit-reason', 'retry-after', 'x-ratelimit-reset']

  test.each([
    ['burst', 'jira-burst-based'],
    ['per-issue', 'jira-per-issue-on-write'],
    ['quota-tenant', 'jira-quota-tenant-based'],
    ['quota-global', 'jira-quota-global-based'],
    [null, null],
  ] as const)('%s', async (reason, said) => {
    await spoil({ kind: 'status-429', reason, retryAfterSeconds: 1_847 })
    expect(await head(...REASON)).toEqual([429, said, '1847', '2026-06-01T12:30:47.000Z'])
  })

  test('may keep to themselves when to come back', async () => {
    await spoil({ kind: 'status-429', retryAfterSeconds: null })
    expect(await head(...REASON)).toEqual([429, 'jira-burst-based', null, null])
    await spoil({ kind: 'status-503', retryAfterSeconds: null })
    expect(await head('retry-after')).toEqual([503, null])
    await spoil({ kind: 'status-503' })
    expect(await head('retry-after')).toEqual([503, '1'])
  })

  test('may be near', async () => {
    await spoil({ kind: 'near-limit' })
    expect(await head('x-ratelimit-nearlimit', 'x-ratelimit-remaining')).toEqual([200, 'true', '12'])
    expect(await head('x-ratelimit-nearlimit')).toEqual([200, null])
  })
})

describe('an answer that is none', () => {
  test.each([500, 502, 504])('a page with %i', async (status) => {
    await spoil({ kind: 'html-error', status })
    const response = await raw()
    expect([response.status, response.headers.get('content-type')]).toEqual([
      status,
      'text/html;charset=UTF-8',
    ])
    expect(await response.text()).toContain(`<h1>${status}`)
  })

  test('a redirect to a page to log in on, which is there', async () => {
    await spoil({ kind: 'redirect-login' })
    const response = await raw()
    expect(response.status).toBe(302)
    const location = response.headers.get('location') ?? ''
    expect(location).toMatch(/^\/login\.jsp\?os_destination=%2Frest/)
    expect(await (await fetch(sandbox.url + location)).text()).toContain('<form')
  })

  test('a redirect to another host', async () => {
    await spoil({ kind: 'redirect-host', location: 'http://127.0.0.1:9' })
    expect(await head('location')).toEqual([307, `http://127.0.0.1:9${MYSELF}`])
  })

  test('too many wrong passwords', async () => {
    await spoil({ kind: 'locked-out' })
    expect(await head('x-seraph-loginreason', 'x-aaccountid')).toEqual([403, 'AUTHENTICATION_DENIED', null])
  })

  test('nothing, with 200', async () => {
    await spoil({ kind: 'empty-body' })
    const response = await raw()
    expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([
      200,
      '0',
      '',
    ])
    expect(response.headers.get('content-type')).toContain('json')
  })

  test.each([
    [undefined, 'text/plain;charset=UTF-8'],
    ['application/octet-stream', 'application/octet-stream'],
    ['', null],
  ])('JSON of the type %s', async (contentType, said) => {
    await spoil({ kind: 'wrong-type', ...(contentType !== undefined && { contentType }) })
    const response = await raw()
    expect(response.headers.get('content-type')).toBe(said)
    expect(await response.json()).toMatchObject({ emailAddress: sandbox.email })
  })

  test('JSON behind more blanks than anybody wants to read, with all its headers', async () => {
    await spoil({ kind: 'oversize', bytes: 300_000 })
    const response = await raw()
    expect(response.headers.get('x-aaccountid')).toMatch(/^5b10/)
    const text = await response.text()
    expect(text.length).toBeGreaterThan(300_000)
    expect(JSON.parse(text)).toMatchObject({ emailAddress: sandbox.email })
  })

  test('cut JSON: in a whole answer, short of its length, or short of its last chunk', async () => {
    await spoil({ kind: 'truncated' })
    const whole = await raw()
    await expect(whole.json()).rejects.toThrow(SyntaxError)
    await spoil({ kind: 'truncated', cut: 'length' })
    const short = await raw()
    expect(Number(short.headers.get('content-length'))).toBeGreaterThan(200)
    await expect(short.text()).rejects.toThrow('terminated')
    await spoil({ kind: 'truncated', cut: 'chunked' })
    const chunked = await raw()
    expect(chunked.headers.get('transfer-encoding')).toBe('chunked')
    await expect(chunked.text()).rejects.toThrow('terminated')
  })

  test('a good one that does not say for whom', async () => {
    await spoil({ kind: 'no-account-header' })
    expect(await head('x-aaccountid', 'x-seraph-loginreason')).toEqual([200, null, null])
    expect(await head('x-aaccountid')).toEqual([200, expect.stringMatching(/^5b10/)])
  })
})

describe('slowness', () => {
  test('an answer in drops, whole in the end', async () => {
    await spoil({ kind: 'slow-drip', ms: 1, pieceBytes: 50 })
    const response = await raw()
    let pieces = 0
    let text = ''
    for await (const piece of response.body ?? []) {
      pieces++
      text += Buffer.from(piece as Uint8Array).toString()
    }
    expect(pieces).toBeGreaterThan(3)
    expect(JSON.parse(text)).toMatchObject({ emailAddress: sandbox.email })
  })

  test('an answer that comes late', async () => {
    await spoil({ kind: 'late', ms: 60 })
    const startMs = performance.now()
    expect(await head()).toEqual([200])
    expect(performance.now() - startMs).toBeGreaterThan(55)
  })

  test.each([
    ['stall-before', 0],
    ['stall-after', 1],
    ['late', 0],
  ] as const)('%s: no first byte; the work is done %i times; it can be stopped', async (kind, done) => {
    await spoil({ kind, match: { method: 'POST' }, ms: 600_000 })
    const answer = await Promise.race([
      sandbox.request('POST', ISSUE, TICKET).catch(() => 'broken off'),
      new Promise((resolve) => setTimeout(() => resolve('silence'), 80)),
    ])
    expect(answer).toBe('silence')
    expect(await sandbox.truth()).toHaveLength(done)
    await sandbox.stop()
  })

  test('a stall in the middle has sent its headers', async () => {
    await spoil({ kind: 'stall' })
    const user = `${sandbox.email}:${sandbox.apiToken}`
    const request = get(sandbox.url + MYSELF, { auth: user })
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    expect(response.headers['x-aaccountid']).toMatch(/^5b10/)
    expect(Number(response.headers['content-length'])).toBeGreaterThan(200)
    request.destroy()
  })
})

describe('what is not known to have been done', () => {
  test('a ticket that was made, and answered with a 500', async () => {
    await spoil({ kind: 'applied-500' })
    expect(await sandbox.request('POST', ISSUE, TICKET)).toMatchObject({
      status: 500,
      body: { errorMessages: ['Internal server error'] },
    })
    expect(await sandbox.truth()).toHaveLength(1)
  })

  test('a change without an answer of its own, of which the connection broke', async () => {
    const { key } = await sandbox.add(TICKET.fields)
    await spoil({ kind: 'reset-after' })
    await expect(sandbox.request('DELETE', `${ISSUE}/${key}`)).rejects.toThrow('fetch failed')
    expect(await sandbox.truth()).toEqual([])
  })
})

test('the sandbox’s own control meets no fault', async () => {
  await spoil({ kind: 'stall-before', times: 1_000 })
  expect((await sandbox.request('GET', '/sandbox/clock')).status).toBe(200)
  await sandbox.setFaults([])
  expect(await head()).toEqual([200])
})
