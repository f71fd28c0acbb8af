import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pino } from 'pino'
import { describe, expect, test, vi } from 'vitest'
import { machineClock } from '../runtime/clock.ts'
import type { VaultConfig } from '../config/vault-config.ts'
import { atEnd } from '../../test-support/end.ts'
import { createVaultClient } from './client.ts'
import { isRunningOut, newLease, renewedLease } from './lease.ts'
import { readJiraAccount } from './vault.ts'
import { NO_PROXY, vaultConfig } from '../../test-support/vault/leased-store.ts'
import { startTestVault, type TestVault } from '../../test-support/vault/vault.ts'
import { createVaultTokens, type VaultTokens } from './tokens.ts'

const { signal } = new AbortController()
const log = pino({ level: 'silent' })

interface Opened {
  readonly tokens: VaultTokens
  /** The value of the token that works now. */
  readonly value: () => Promise<string>
  readonly account: () => ReturnType<typeof readJiraAccount>
}

function opened(vault: TestVault, given: Partial<VaultConfig> = {}): Opened {
  const config = vaultConfig(vault, given)
  const client = createVaultClient(config, NO_PROXY)
  const tokens = createVaultTokens({ client, auth: config.auth, clock: machineClock, log })
  atEnd(async () => {
    await tokens.stop(AbortSignal.timeout(500))
    await client.close()
  })
  return {
    tokens,
    value: () => tokens.use(async ({ value }) => value, signal),
    account: () => readJiraAccount(client, tokens, config.kv, signal),
  }
}

function asked(vault: TestVault, what: string): number {
  return vault.requests.filter((request) => request.includes(what)).length
}

describe('an AppRole', () => {
  test('logs in once, however many ask, and gives its token back in the end', async () => {
    const vault = await startTestVault()
    const { tokens, value } = opened(vault)
    const [one, ...others] = await Promise.all([value(), value(), value()])
    expect(others).toEqual([one, one])
    expect(vault.tokens.logins()).toBe(1)
    await tokens.stop(signal)
    expect(vault.tokens.find(one ?? '')).toBeNull()
  })

  test('has its token renewed at two thirds, and logs in anew where that is only for a short while', async () => {
    const vault = await startTestVault()
    vault.tokens.roleTerms = { ttl: 2, maxTtl: 3 }
    const { tokens, value } = opened(vault)
    const exchanged = vi.fn<() => void>()
    const first = await value()
    tokens.onExchange(exchanged)
    await vi.waitFor(() => expect(exchanged).toHaveBeenCalled(), 5_000)
    expect(asked(vault, 'renew-self 200')).toBeGreaterThanOrEqual(1)
    // The first one was still good then: what is leased by it can be moved over.
    expect(vault.tokens.find(first)).not.toBeNull()
    expect(await value()).not.toBe(first)
  })

  test('logs in anew where its token was revoked, and does the work then', async () => {
    const vault = await startTestVault()
    vault.kv.put('jira-tpm', { api_token: 'a-jira-token' })
    const { value, account } = opened(vault)
    await vault.tokens.revoke(await value())
    expect(await account()).toEqual({ token: 'a-jira-token', user: null })
    expect(vault.tokens.logins()).toBe(2)
  })

  test('does not log in anew where its policy alone forbids something', async () => {
    const vault = await startTestVault()
    vault.tokens.roleTerms = { ttl: 60, policy: { 'database/creds/tpm': ['read'] } }
    const { account } = opened(vault)
    await expect(account()).rejects.toMatchObject({ trouble: 'forbidden' })
    expect(vault.tokens.logins()).toBe(1)
  })
})

describe('a token that was given', () => {
  test('is looked up, renewed, and not revoked: it is not ours', async () => {
    const vault = await startTestVault()
    const token = vault.tokens.create({ ttl: 2 })
    const { tokens, value } = opened(vault, { auth: { kind: 'token', token } })
    expect(await value()).toBe(token)
    await vi.waitFor(() => expect(asked(vault, 'renew-self 200')).toBeGreaterThanOrEqual(1), 5_000)
    expect(tokens.endsForGoodMs()).toBeNull()
    await tokens.stop(signal)
    expect(asked(vault, 'revoke-self')).toBe(0)
  })

  test('that nobody can renew is known to end', async () => {
    const vault = await startTestVault()
    const token = vault.tokens.create({ ttl: 60, renewable: false })
    const { tokens, value } = opened(vault, { auth: { kind: 'token', token } })
    await value()
    expect(tokens.endsForGoodMs()).toBeGreaterThan(Date.now() + 50_000)
  })

  test('of root never ends, and is left alone', async () => {
    const vault = await startTestVault()
    const token = vault.tokens.create({ ttl: 0, renewable: false })
    const { tokens, value } = opened(vault, { auth: { kind: 'token', token } })
    await value()
    expect(tokens.endsForGoodMs()).toBeNull()
    expect(tokens.current()?.lease.forMs).toBe(Infinity)
  })

  test('in a file is read anew when it is no good any more: an agent puts the next one there', async () => {
    const vault = await startTestVault()
    vault.kv.put('jira-tpm', { api_token: 'a-jira-token' })
    const folder = await mkdtemp(path.join(tmpdir(), 'tpm-vault-token-'))
    atEnd(() => rm(folder, { recursive: true }))
    const file = path.join(folder, 'token')
    const token = vault.tokens.create({ ttl: 60 })
    const { tokens, value, account } = opened(vault, { auth: { kind: 'token', token, file } })
    const exchanged = vi.fn<() => void>()
    tokens.onExchange(exchanged)
    await writeFile(file, `${token}\n`)
    expect(await value()).toBe(token)

    await vault.tokens.revoke(token)
    await expect(account()).rejects.toMatchObject({ trouble: 'forbidden' })
    const next = vault.tokens.create({ ttl: 60 })
    await writeFile(file, `${next}\n`)
    expect(await account()).toEqual({ token: 'a-jira-token', user: null })
    expect(await value()).toBe(next)
    expect(exchanged).toHaveBeenCalledOnce()
  })

  test('that Vault does not know is reported', async () => {
    const vault = await startTestVault()
    const { value } = opened(vault, { auth: { kind: 'token', token: 'hvs.nobodys' } })
    await expect(value()).rejects.toMatchObject({ trouble: 'forbidden', code: 'not-configured' })
  })
})

describe('the secret with the Jira token', () => {
  test('is that of the newest version; a deleted one is none', async () => {
    const vault = await startTestVault()
    const { account } = opened(vault)
    expect(await account()).toBeNull()
    vault.kv.put('jira-tpm', { api_token: 'the-first-one' })
    vault.kv.put('jira-tpm', { api_token: 'the-second-one', user: 'me@example.com' })
    expect(await account()).toEqual({ token: 'the-second-one', user: 'me@example.com' })
    vault.kv.delete('jira-tpm')
    expect(await account()).toBeNull()
  })

  test.each([{ token: 'in another field' }, { api_token: '' }, { api_token: 7 }])(
    'without a token in it: %j',
    async (data) => {
      const vault = await startTestVault()
      vault.kv.put('jira-tpm', data)
      await expect(opened(vault).account()).rejects.toMatchObject({
        code: 'not-configured',
        message: expect.stringContaining('no field api_token') as string,
      })
    },
  )
})

test('a lease runs out once it is renewed for less than it was given for, rounding aside', () => {
  const lease = newLease(0, 3_600, true)
  const renewed = (seconds: number): boolean => isRunningOut(renewedLease(lease, 2_400_000, seconds, true))
  expect([3_600, 3_599, 3_598, 1_200, 0].map(renewed)).toEqual([false, false, true, true, true])
})
