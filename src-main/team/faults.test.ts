import type { Socket } from 'node:net'
import type { ServerResponse } from 'node:http'
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { CONTRACT_VERSION } from '../../src-shared/contract/version.ts'
import { makeCertificate, startProxy, writeTestFile, type KeyPair } from '../../test-support/jira/tls.ts'
import { sayVersions, sendJson, startFront, type Answers } from '../../test-support/team/front.ts'
import {
  heldAccount,
  NO_PROXIES,
  startTeamServer,
  testTeamClient,
  type TeamServer,
} from '../../test-support/team/team.ts'
import { MB, page, pour, startHanging } from '../../test-support/team/hostile.ts'
import { clockNotice } from './faults.ts'
import type { TeamClientOptions } from './team-client.ts'

const DAY_MS = 86_400_000
const TOKEN = 'a-token-that-must-not-leak'

let authority: KeyPair
let caFile: string
beforeAll(async () => {
  authority = await makeCertificate({ names: ['Company Root'], isAuthority: true })
})
let behind: TeamServer
beforeEach(async () => {
  caFile = await writeTestFile('ca.pem', authority.cert)
  behind = await startTeamServer()
})

const noHello: Answers = ({ url }, response) => url === '/api/hello' && sendJson(response, 404, { ok: false })

/** What a call of the server says, and how the connection stands after it. */
async function faultOf(url: string, options: Partial<TeamClientOptions> = {}, token: string = TOKEN) {
  const team = testTeamClient(url, heldAccount(token), options)
  const fault: unknown = await team.client
    .call('counts.outside', { fromMs: 0, toMs: 1 })
    .catch((error: unknown) => error)
  expect(JSON.stringify(fault)).not.toContain(token)
  expect(team.standing().fault).toBe(fault)
  return { ...(fault as object), state: team.standing().state }
}

const says = (text: string): string => expect.stringContaining(text) as string

describe('no way to it', () => {
  test('a name that is not known', async () => {
    expect(await faultOf('https://tpm.invalid')).toMatchObject({
      code: 'server-unreachable',
      what: expect.stringMatching(/its name is not known|names cannot be looked up/) as string,
      consequence: 'Nothing was sent.',
      retryable: true,
      state: 'lost',
    })
  })

  test('nothing listens', async () => {
    expect(await faultOf('https://127.0.0.1:1')).toMatchObject({
      code: 'server-unreachable',
      what: says('nothing answers at that address'),
      hint: says('jira-tpm serve runs there'),
    })
  })

  test.each([
    [403, 'does not let us through'],
    [407, 'wants another user name and password'],
  ] as const)('a proxy that answers %i', async (status, problem) => {
    const tls = await makeCertificate({ issuer: authority, names: ['tpm.example.com'] })
    const front = await startFront(behind, { tls })
    const proxy = await startProxy(front.port, status)
    const proxies = { ...NO_PROXIES, httpsProxy: proxy.url.replace('//', '//me:s3cret@') }
    const fault = await faultOf(`https://tpm.example.com:${front.port}`, { caFile, proxies })
    expect(fault).toMatchObject({
      code: 'server-unreachable',
      what: says(problem),
      hint: says('HTTPS_PROXY'),
    })
    expect(JSON.stringify(fault)).not.toContain('s3cret')
    expect(front.asked).toEqual([])
  })
})

test.each<[string, () => Promise<KeyPair>, string, string]>([
  ['signed by itself', () => makeCertificate(), 'signed by itself', '--ca'],
  [
    'of an authority that is not known',
    async () =>
      makeCertificate({ issuer: await makeCertificate({ names: ['Other Root'], isAuthority: true }) }),
    'its certificate',
    '--ca',
  ],
  [
    'that has expired',
    () =>
      makeCertificate({
        issuer: authority,
        notBefore: new Date(Date.now() - 30 * DAY_MS),
        notAfter: new Date(Date.now() - DAY_MS),
      }),
    'has expired',
    'renewed',
  ],
  [
    'for another name',
    () => makeCertificate({ issuer: authority, names: ['other.example.com'] }),
    'host (other.example.com)',
    'made out to',
  ],
])('a certificate %s is refused, and no token was sent', async (_what, make, problem, hint) => {
  const front = await startFront(behind, { tls: await make() })
  expect(await faultOf(front.url, { caFile })).toMatchObject({
    code: 'server-untrusted',
    what: says(problem),
    hint: says(hint),
    state: 'lost',
  })
  expect(front.asked).toEqual([])
})

describe('what answers is not ours', () => {
  const html = { 'content-type': 'text/html' }
  const plainJson = { 'content-type': 'application/json' }

  test.each<[string, Answers, string]>([
    ['a captive portal', page(200, html, '<form>Sign in to the hotel'), 'a web page'],
    [
      'a redirect to one',
      page(302, { location: 'https://portal.example.com/?u=x' }, ''),
      'portal.example.com',
    ],
    ['another program', page(200, plainJson, '{"hello":"world"}'), 'HTTP 200 of another program'],
    ['an nginx without the page', page(404, html, '<h1>404'), 'a web page (HTTP 404)'],
  ])('%s: it is said that no Jira TPM answers, and no token was sent', async (_what, answer, problem) => {
    const front = await startFront(behind, { answers: [answer] })
    expect(await faultOf(front.url)).toMatchObject({
      code: 'server-broken',
      what: says(problem),
      hint: says('open the address in a browser'),
    })
    expect(front.asked).toEqual([{ what: 'GET /api/hello', authorization: undefined }])
  })

  test('a proxy before a server that is away is away itself', async () => {
    const front = await startFront(behind, { answers: [page(502, html, 'Bad gateway')] })
    expect(await faultOf(front.url)).toMatchObject({ code: 'server-unreachable', what: says('HTTP 502') })
  })
})

describe('of another version', () => {
  test.each([
    ['older', CONTRACT_VERSION - 1, 'too old', 'who runs the server to update it'],
    ['newer', CONTRACT_VERSION + 1, 'too new', 'Update Jira TPM on this machine'],
  ])('a server that is %s says which side to update', async (_what, version, problem, hint) => {
    const front = await startFront(behind, { answers: [sayVersions([version])] })
    expect(await faultOf(front.url)).toMatchObject({
      code: 'other-version',
      what: says(problem),
      hint: says(hint),
      state: 'outdated',
    })
    expect(front.asked).toHaveLength(1)
  })

  test('a server of before there was a sign-in', async () => {
    const front = await startFront(behind, { answers: [noHello] })
    expect(await faultOf(front.url)).toMatchObject({ code: 'other-version', hint: says('update it') })
  })
})

test('a token that the server does not know', async () => {
  const front = await startFront(behind)
  expect(await faultOf(front.url)).toMatchObject({
    code: 'signed-out',
    what: says('revoked, or has expired'),
    hint: says('jira-tpm login'),
    state: 'signed-out',
  })
})

describe('a server that hangs', () => {
  const timeouts = { firstByteMs: 400, restMs: 200, silenceMs: 400 }

  test.each<[string, (socket: Socket) => void, string]>([
    ['says nothing', () => {}, 'did not begin to answer within 0.4 s'],
    [
      'stops in the middle of its answer',
      (socket) => void socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"ok"'),
      'did not finish its answer',
    ],
    ['breaks the connection', (socket) => void socket.destroy(), 'broke the connection'],
  ])(
    'a server that %s ends within its time',
    async (_what, behave, problem) => {
      const fromMs = performance.now()
      const fault = await faultOf(await startHanging(behave), { timeouts })
      expect(fault).toMatchObject({ code: 'server-unreachable', what: says(problem), retryable: true })
      expect(performance.now() - fromMs).toBeLessThan(15_000)
    },
    20_000,
  )

  test('in a call that changes something says that nobody knows whether it was done', async () => {
    const front = await startFront(behind, { answers: [({ url }) => url === '/api/runs.pause'] })
    const team = testTeamClient(front.url, heldAccount(behind.token), { timeouts })
    await expect(team.client.call('runs.pause', {})).rejects.toMatchObject({
      code: 'server-unreachable',
      consequence: says('Nobody knows whether'),
    })
  })

  test('in a call that works for long is found by its hello, and one that works on is waited for', async () => {
    let hangs = false
    const held: ServerResponse[] = []
    const answers: Answers[] = [
      ({ url }) => url === '/api/hello' && hangs,
      ({ url }, response) => url === '/api/audit.run' && held.push(response) > 0,
    ]
    const front = await startFront(behind, { answers })
    const team = testTeamClient(front.url, heldAccount(behind.token), { timeouts })
    const audit = team.client.call('audit.run', {})
    let over = false
    audit.catch(() => {}).finally(() => (over = true))
    await vi.waitFor(
      () => expect(front.asked.filter(({ what }) => what.endsWith('hello')).length).toBeGreaterThan(4),
      {
        timeout: 10_000,
      },
    )
    expect(over).toBe(false)
    hangs = true
    await expect(audit).rejects.toMatchObject({ code: 'server-unreachable' })
  })

  test('a socket that falls silent is lost, and opened anew', async () => {
    const front = await startFront(behind)
    const team = testTeamClient(front.url, heldAccount(behind.token), { timeouts })
    team.start()
    const states: string[] = []
    team.onStanding(({ state }) => states.push(state))
    await vi.waitFor(() => expect(states.slice(states.indexOf('lost'))).toContain('connected'), {
      timeout: 10_000,
    })
  })
})

describe('too much', () => {
  describe.each([{ sayLength: true }, { sayLength: false }])(
    'with its length said: $sayLength',
    ({ sayLength }) => {
      test('an answer of 100 MB is refused, and not held', async () => {
        const floods: { poured: () => number }[] = []
        const flood: Answers = ({ url }, response) => {
          if (url !== '/api/counts.outside') return false
          return floods.push(pour(response, sayLength)) > 0
        }
        const front = await startFront(behind, { answers: [flood] })
        const before = process.memoryUsage()
        const fault = await faultOf(front.url, {}, behind.token)
        const after = process.memoryUsage()
        expect(fault).toMatchObject({ code: 'server-broken', what: says('more than 32 MiB') })
        expect(floods[0]?.poured()).toBeLessThan(sayLength ? 20 : 60)
        expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(80 * MB)
      })
    },
  )

  test('a hello of 100 MB is not read at all', async () => {
    const front = await startFront(behind, {
      answers: [(_asked, response) => Boolean(pour(response, false))],
    })
    expect(await faultOf(front.url)).toMatchObject({ code: 'server-broken', what: says('which is not read') })
  })
})

test('of clocks that are within a minute of each other nothing is said', () => {
  expect(clockNotice('tpm.example.com', 60_000)).toBeNull()
})
