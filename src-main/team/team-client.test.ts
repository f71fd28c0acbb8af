import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { Scope } from '../../src-shared/contract/schema.ts'
import type { ConnectionState } from '../../src-shared/contract/wire.ts'
import { makeCertificate, startProxy, writeTestFile } from '../../test-support/jira/tls.ts'
import { sayHello, startBehind, startFront, type Front } from '../../test-support/team/front.ts'
import { signsIn } from '../../test-support/team/signs-in.ts'
import { heldAccount, NO_PROXIES, testTeamClient } from '../../test-support/team/team.ts'
import { machineClock, type Clock } from '../runtime/clock.ts'
import type { TeamClient } from './team-client.ts'

let server: Awaited<ReturnType<typeof startBehind>>
let front: Front
beforeEach(async () => {
  server = await startBehind()
  front = await startFront(server)
})

function becomes(client: TeamClient, state: ConnectionState): Promise<void> {
  return vi.waitFor(() => expect(client.standing().state).toBe(state), { timeout: 10_000 })
}

const ask = ({ client }: TeamClient): Promise<unknown> =>
  client.call('counts.outside', { fromMs: 0, toMs: 1 })

describe('a team server', () => {
  test('answers calls, and its events come', async () => {
    const team = testTeamClient(front.url, heldAccount(server.token))
    const heard: unknown[] = []
    team.client.on('menu.chosen', (payload) => heard.push(payload))
    team.start()
    expect(await ask(team)).toMatchObject({ before: expect.any(Number) as number })
    await becomes(team, 'connected')
    server.hub.publish('menu.chosen', { command: 'keys' })
    await vi.waitFor(() => expect(heard).toEqual([{ command: 'keys' }]))
  })

  test('is asked who it is before it is sent a token', async () => {
    const team = testTeamClient(front.url, heldAccount(server.token))
    await ask(team)
    expect(front.asked.map(({ what, authorization }) => [what, authorization !== undefined])).toEqual([
      ['GET /api/hello', false],
      ['POST /api/counts.outside', true],
    ])
  })

  test('another one at the same address gets no token', async () => {
    const other = await startFront(server, { answers: [sayHello({ serverId: 'server-two' })] })
    const team = testTeamClient(other.url, heldAccount(server.token))
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
      const team = testTeamClient(url, heldAccount(server.token), {
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
    const team = testTeamClient(front.url, heldAccount(server.token))
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
    const account = heldAccount(server.token)
    const team = testTeamClient(front.url, account)
    team.start()
    await becomes(team, 'connected')
    const states: ConnectionState[] = []
    team.onStanding(({ state }) => states.push(state))
    const record = (await server.tokens.list()).find(({ link }) => link === null)
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
    const wish = { scope: 'read', ttlMs: 3_600_000, name: 'new' } as const
    account.held = (await server.tokens.create(wish, new AbortController().signal)).token
    team.retry()
    await becomes(team, 'connected')
  })
})

function later(ms: number): Clock {
  return { ...machineClock, now: () => Date.now() + ms }
}

async function made(scope: Scope): Promise<string> {
  const wish = { scope, ttlMs: 3_600_000, name: 'renewed' } as const
  return (await server.tokens.create(wish, new AbortController().signal)).token
}

describe('a token', () => {
  const DAY_MS = 24 * 3_600_000
  let renewing: Front
  beforeEach(async () => {
    renewing = await startFront(server, { answers: signsIn(made).answers })
  })
  const renewals = (): number => renewing.asked.filter(({ what }) => what.endsWith('/renew')).length

  test('is renewed by the first use a day after the last time, and the new one is sent from then on', async () => {
    const account = heldAccount(server.token)
    await ask(testTeamClient(renewing.url, account, { clock: later(DAY_MS - 60_000) }))
    expect(renewals()).toBe(0)
    const team = testTeamClient(renewing.url, account, { clock: later(DAY_MS + 60_000) })
    await Promise.all([ask(team), ask(team)])
    await ask(team)
    expect([renewals(), account.renewals]).toEqual([1, 1])
    expect(account.held).not.toBe(server.token)
    expect(renewing.asked.at(-1)?.authorization).toBe(`Bearer ${account.held}`)
  })

  test('that cannot be renewed now is good all the same, and is tried again by the next use', async () => {
    const account = heldAccount(server.token)
    const team = testTeamClient(front.url, account, { clock: later(2 * DAY_MS) })
    await ask(team)
    expect(account.held).toBe(server.token)
    expect(team.warnings).toHaveLength(1)
    await ask(testTeamClient(renewing.url, account, { clock: later(2 * DAY_MS) }))
    expect(account.renewals).toBe(1)
  })

  test('that another process renewed is asked for anew before anybody is signed out', async () => {
    const account = heldAccount('a-former-token-of-this-machine')
    const team = testTeamClient(front.url, {
      ...account,
      token: async () => {
        const now = account.held
        account.held = server.token
        return now
      },
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
