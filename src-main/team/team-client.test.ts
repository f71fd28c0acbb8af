import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { ConnectionState } from '../../src-shared/contract/wire.ts'
import { makeCertificate, startProxy, writeTestFile } from '../../test-support/jira/tls.ts'
import { startFront, type Front } from '../../test-support/team/front.ts'
import {
  later,
  NO_PROXIES,
  startTeamServer,
  testTeamClient,
  type HeldAccount,
  type TeamServer,
} from '../../test-support/team/team.ts'
import { machineClock } from '../runtime/clock.ts'
import type { TeamClient } from './team-client.ts'

let server: TeamServer
let front: Front
let account: HeldAccount
beforeEach(async () => {
  server = await startTeamServer()
  front = await startFront(server)
  account = await server.account('admin')
})

function becomes(client: TeamClient, state: ConnectionState): Promise<void> {
  return vi.waitFor(() => expect(client.standing().state).toBe(state), { timeout: 10_000 })
}

const ask = ({ client }: TeamClient): Promise<unknown> =>
  client.call('counts.outside', { fromMs: 0, toMs: 1 })

describe('a team server', () => {
  test('answers calls, and its events come', async () => {
    const team = testTeamClient(front.url, account)
    const heard: unknown[] = []
    team.client.on('menu.chosen', (payload) => heard.push(payload))
    team.start()
    expect(await ask(team)).toMatchObject({ before: expect.any(Number) as number })
    await becomes(team, 'connected')
    server.hub.publish('menu.chosen', { command: 'keys' })
    await vi.waitFor(() => expect(heard).toEqual([{ command: 'keys' }]))
  })

  test('is asked who it is before it is sent a token', async () => {
    const team = testTeamClient(front.url, account)
    await ask(team)
    expect(front.asked.map(({ what, authorization }) => [what, authorization !== undefined])).toEqual([
      ['GET /api/hello', false],
      ['POST /api/counts.outside', true],
    ])
  })

  test('another one at the same address gets no token', async () => {
    const other = await startFront(await startTeamServer())
    const team = testTeamClient(other.url, account)
    await expect(ask(team)).rejects.toMatchObject({ code: 'signed-out' })
    expect(other.asked.every(({ authorization }) => authorization === undefined)).toBe(true)
  })

  test.each([false, true])(
    'is reached by TLS with a CA file of the company, by a proxy: %s',
    async (byProxy) => {
      const authority = await makeCertificate({ names: ['Root'], isAuthority: true })
      const tls = await makeCertificate({ issuer: authority, names: ['tpm.example.com', 'localhost'] })
      const safe = await startFront(server, { tls })
      const caFile = await writeTestFile('ca.pem', authority.cert)
      const proxy = byProxy ? await startProxy(safe.port) : null
      const url = byProxy ? `https://tpm.example.com:${safe.port}` : safe.url
      const team = testTeamClient(url, account, {
        caFile,
        proxies: { ...NO_PROXIES, httpsProxy: proxy?.url ?? null },
      })
      team.start()
      await ask(team)
      await becomes(team, 'connected')
      expect(proxy?.asked.length ?? 0).toBe(byProxy ? 2 : 0)
    },
  )
})

describe('a connection that is lost', () => {
  test('is made anew, and whoever shows something asks for it anew', async () => {
    const team = testTeamClient(front.url, account)
    let anew = 0
    team.client.on('session.changed', () => (anew += 1))
    team.start()
    await becomes(team, 'connected')
    expect(anew).toBe(0)
    await front.close()
    await becomes(team, 'lost')
    expect(team.standing().fault).toMatchObject({ code: 'server-unreachable', retryable: true })
    await expect(ask(team)).rejects.toMatchObject({ code: 'server-unreachable', retryable: true })
    await front.open()
    await becomes(team, 'connected')
    expect(anew).toBe(1)
    expect(team.standing().fault).toBeNull()
    await ask(team)
  })

  test('by a revoked token is signed out within a second, and tried no more; a new sign-in mends it', async () => {
    const team = testTeamClient(front.url, account)
    team.start()
    await becomes(team, 'connected')
    const states: ConnectionState[] = []
    team.onStanding(({ state }) => states.push(state))
    const record = (await server.tokens.list()).find(({ loginMs }) => loginMs !== null)
    await server.tokens.revoke(record?.id ?? '')
    const fromMs = performance.now()
    await becomes(team, 'signed-out')
    expect(performance.now() - fromMs).toBeLessThan(1_000)
    expect(new Set(states)).toEqual(
      new Set(['connected', 'signed-out'].filter((each) => states.includes(each as never))),
    )
    const tries = front.asked.length
    await expect(ask(team)).rejects.toMatchObject({ code: 'signed-out' })
    // Its own call, and no try of the socket besides.
    expect(front.asked.slice(tries).every(({ what }) => what !== 'GET /api/events')).toBe(true)
    account.held = (await server.account('read')).held
    team.retry()
    await becomes(team, 'connected')
  })
})

const DAY_MS = 24 * 3_600_000
const afterMs = (ms: number) => ({ clock: later(machineClock, ms) })
const renewals = (): number => front.asked.filter(({ what }) => what.endsWith('/renew')).length

describe('a token', () => {
  test('is renewed by the first use a day after the last time, and the new one is sent from then on', async () => {
    const first = account.held
    await ask(testTeamClient(front.url, account, afterMs(DAY_MS - 60_000)))
    expect(renewals()).toBe(0)
    const team = testTeamClient(front.url, account, afterMs(DAY_MS + 60_000))
    await Promise.all([ask(team), ask(team)])
    await ask(team)
    expect([renewals(), account.renewals]).toEqual([1, 1])
    expect(account.held).not.toBe(first)
    expect(front.asked.at(-1)?.authorization).toBe(`Bearer ${account.held}`)
    const [record] = (await server.tokens.list()).filter(({ loginMs }) => loginMs !== null)
    expect(Math.abs((record?.expiresMs ?? 0) - Date.now() - 90 * DAY_MS)).toBeLessThan(60_000)
  })

  test('that cannot be renewed now is good all the same, and is tried again by the next use', async () => {
    const first = account.held
    let isCut = true
    const cutting = await startFront(server, {
      answers: [({ url }, response) => isCut && url === '/api/token/renew' && Boolean(response.destroy())],
    })
    const team = testTeamClient(cutting.url, account, afterMs(2 * DAY_MS))
    await ask(team)
    expect(account.held).toBe(first)
    expect(team.warnings).toHaveLength(1)
    isCut = false
    await ask(testTeamClient(cutting.url, account, afterMs(2 * DAY_MS)))
    expect(account.renewals).toBe(1)
  })

  test('that another process renewed is asked for anew before anybody is signed out', async () => {
    let asked = 0
    const team = testTeamClient(front.url, {
      ...account,
      token: async () => (asked++ === 0 ? 'a-former-token-of-this-machine' : account.held),
    })
    await ask(team)
    expect(team.standing().state).toBe('connecting')
    expect(front.asked.map(({ what }) => what)).toEqual([
      'GET /api/hello',
      'POST /api/counts.outside',
      'POST /api/counts.outside',
    ])
  })
})
