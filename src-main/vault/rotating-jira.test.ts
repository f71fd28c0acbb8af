import { pino } from 'pino'
import { describe, expect, test, vi } from 'vitest'
import { machineClock } from '../runtime/clock.ts'
import { JiraError, notAuthenticated, timedOut } from '../jira/errors.ts'
import type { CreatedTicket, NewTicket } from '../jira/jira.ts'
import type { SiteJira } from '../jira/open-jira.ts'
import type { SiteAccount } from '../secrets/secrets.ts'
import { createRotatingJira } from './rotating-jira.ts'

const { signal } = new AbortController()
const ticket = {} as NewTicket

interface Bench {
  readonly jira: SiteJira
  /** The tokens that Vault was asked for after the first, and what the Jira was called with. */
  readonly looks: () => number
  readonly used: string[]
  readonly closed: string[]
  nowMs: number
}

function account(token: string): SiteAccount {
  return { user: 'me@example.com', token, from: 'vault' }
}

/** A Jira that takes one token, and a Vault that has another by now. `status`: of the refusal, where it has one. */
function bench({
  right = 'fresh',
  inVault = 'fresh',
  status,
}: { right?: string; inVault?: string; status?: number } = {}): Bench {
  const used: string[] = []
  const closed: string[] = []
  let looks = 0
  const own = { used, closed, nowMs: 1_000_000, looks: () => looks }
  const open = ({ token }: SiteAccount): SiteJira => {
    const act = async <T>(result: T): Promise<T> => {
      used.push(token)
      if (token !== right)
        throw notAuthenticated(
          'jira.example.com',
          'did not accept it',
          status === undefined ? {} : { status },
        )
      return result
    }
    return {
      projects: () => act([]),
      create: () => act<CreatedTicket>({ id: '1', key: 'TPM-1' }),
      close: async () => void closed.push(token),
    } as unknown as SiteJira
  }
  const jira = createRotatingJira({
    account: account('stale'),
    open,
    again: async () => {
      looks += 1
      return account(inVault)
    },
    clock: { ...machineClock, now: () => own.nowMs, elapsedMs: () => own.nowMs },
    log: pino({ level: 'silent' }),
  })
  return Object.assign(own, { jira })
}

test('a refused token is read again, once for all who were refused, and what was asked is done', async () => {
  const { jira, looks, used, closed } = bench()
  await Promise.all([jira.projects(signal), jira.projects(signal), jira.create(ticket, signal)])
  expect(looks()).toBe(1)
  expect(used).toEqual(['stale', 'stale', 'stale', 'fresh', 'fresh', 'fresh'])
  await vi.waitFor(() => expect(closed).toEqual(['stale']))
  await jira.close()
  expect(closed).toEqual(['stale', 'fresh'])
})

test('the same token is not tried again, and Vault is not asked at each refusal', async () => {
  const { jira, looks, used } = bench({ inVault: 'stale' })
  for (let n = 0; n < 5; n++)
    await expect(jira.projects(signal)).rejects.toMatchObject({ code: 'not-authenticated' })
  expect(looks()).toBe(1)
  expect(used).toHaveLength(5)
})

test('after a while it is looked for once more', async () => {
  const own = bench({ inVault: 'stale' })
  await expect(own.jira.projects(signal)).rejects.toThrow('did not accept')
  own.nowMs += 31_000
  await expect(own.jira.projects(signal)).rejects.toThrow('did not accept')
  expect(own.looks()).toBe(2)
})

describe('a ticket', () => {
  test('that may have been made by a refused call is not made again, though the token is exchanged', async () => {
    const { jira, used } = bench({ status: 201 })
    await expect(jira.create(ticket, signal)).rejects.toMatchObject({
      code: 'not-authenticated',
      status: 201,
    })
    expect(used).toEqual(['stale'])
    await jira.create(ticket, signal)
    expect(used).toEqual(['stale', 'fresh'])
  })
})

test('other errors are reported as they are, and Vault is not asked', async () => {
  const { looks } = bench()
  const slow = { projects: () => Promise.reject(timedOut('jira.example.com', 1_000)) } as unknown as SiteJira
  const again = vi.fn<() => Promise<SiteAccount>>()
  const jira = createRotatingJira({
    account: account('stale'),
    open: () => slow,
    again,
    clock: machineClock,
    log: pino({ level: 'silent' }),
  })
  await expect(jira.projects(signal)).rejects.toBeInstanceOf(JiraError)
  expect([again.mock.calls.length, looks()]).toEqual([0, 0])
})
