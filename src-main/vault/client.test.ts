import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { AppError, errorText } from '../../src-shared/errors/app-error.ts'
import { makeCertificate, writeTestFile } from '../../test-support/jira/tls.ts'
import { rememberSecret } from '../secrets/hide-secrets.ts'
import { createVaultClient, DatabaseGrant, SealStatus, TokenLookup } from './client.ts'
import { NO_PROXY, vaultConfig } from '../../test-support/vault/leased-store.ts'
import { startTestVault, type TestVault, type TestVaultMood } from '../../test-support/vault/vault.ts'
import { VaultError } from './vault-error.ts'

const { signal } = new AbortController()

interface Asking {
  /** The error of looking the token up; null where it went well. */
  failure(): Promise<(AppError & { readonly trouble?: string }) | null>
}

function asking(
  vault: TestVault,
  token: string,
  given: Partial<ReturnType<typeof vaultConfig>> = {},
  callMs = 5_000,
): Asking {
  const client = createVaultClient(vaultConfig(vault, given), NO_PROXY, { connectMs: 2_000, callMs })
  const act = 'look at its own token'
  return {
    async failure() {
      try {
        await client.ask({ method: 'GET', path: 'auth/token/lookup-self', token, act }, TokenLookup, signal)
        return null
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        // Whatever is logged of it, the token is not in it.
        expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(token)
        return error
      } finally {
        await client.close()
      }
    },
  }
}

async function vaultAndToken(): Promise<{ vault: TestVault; token: string }> {
  const vault = await startTestVault()
  const token = vault.tokens.create({ ttl: 3_600 })
  rememberSecret(token, null)
  return { vault, token }
}

describe('what Vault says is described in a sentence, with what to do', () => {
  test.each<[TestVaultMood, string, RegExp, boolean]>([
    ['sealed', 'sealed', /is sealed: it gives out nothing.*unsealed/s, true],
    [
      { status: 403, errors: ['permission denied'] },
      'forbidden',
      /forbids to look at its own token.*policy/s,
      false,
    ],
    [{ status: 404, errors: [] }, 'missing', /has nothing at auth\/token\/lookup-self/, false],
    [{ status: 400, errors: ['unknown role: tpm'] }, 'missing', /has nothing at/, false],
    [
      { status: 400, errors: ['wrong\nword'] },
      'refused',
      /refuses to look at its own token: wrong word\./,
      false,
    ],
    [{ status: 412, errors: [] }, 'away', /HTTP 412/, true],
    [{ status: 429, errors: [] }, 'away', /a standby, or its limit.*HTTP 429/, true],
    [{ status: 472, errors: [] }, 'away', /HTTP 472/, true],
    [{ status: 473, errors: [] }, 'away', /HTTP 473/, true],
    [
      { status: 500, errors: ['no connection to the database'] },
      'away',
      /trouble of its own \(HTTP 500: no conn/,
      true,
    ],
    [{ status: 501, errors: [] }, 'away', /never initialized/, true],
    [{ status: 503, errors: ['down for maintenance'] }, 'away', /down for maintenance/, true],
    [{ status: 503, errors: [] }, 'sealed', /is sealed/, true],
    ['html', 'broken', /not JSON/, true],
    ['huge', 'broken', /more than 1 MiB/, true],
    ['cut', 'away', /the connection broke/, true],
  ])('%j', async (mood, trouble, words, retryable) => {
    const { vault, token } = await vaultAndToken()
    vault.mood = mood
    const failure = await asking(vault, token).failure()
    expect(failure).toMatchObject({
      trouble,
      retryable,
      code: retryable ? 'secrets-unavailable' : 'not-configured',
    })
    expect(errorText(failure!)).toMatch(words)
    expect(failure!.hint).not.toBe('')
  })

  test('without what must not be shown, where Vault says it back', async () => {
    const { vault, token } = await vaultAndToken()
    vault.mood = { status: 400, errors: [`bad token ${token}`] }
    expect((await asking(vault, token).failure())?.message).toContain('bad token [hidden]')
  })

  test('one that is silent is given up in time', async () => {
    const { vault, token } = await vaultAndToken()
    vault.mood = 'silent'
    const failure = await asking(vault, token, {}, 100).failure()
    expect(failure).toMatchObject({
      trouble: 'away',
      message: expect.stringContaining('within 0.1 s') as string,
    })
  })

  test('nobody at that address', async () => {
    const { vault, token } = await vaultAndToken()
    await vault.kill()
    const failure = await asking(vault, token).failure()
    expect(failure).toMatchObject({
      trouble: 'away',
      message: expect.stringContaining('nothing answers') as string,
    })
  })

  test('an answer of another shape is none, and is not shown', async () => {
    const vault = await startTestVault()
    const client = createVaultClient(vaultConfig(vault), NO_PROXY)
    const request = { method: 'GET', path: 'sys/seal-status', token: null, act: 'tell its state' } as const
    expect(await client.ask(request, SealStatus, signal)).toMatchObject({ sealed: false })
    await expect(client.ask(request, DatabaseGrant, signal)).rejects.toMatchObject({ trouble: 'broken' })
    await client.close()
  })

  test('who gives up reads nothing of Vault', async () => {
    const { vault, token } = await vaultAndToken()
    vault.mood = 'silent'
    const client = createVaultClient(vaultConfig(vault), NO_PROXY)
    const leaving = new AbortController()
    const act = 'look at its own token'
    const asked = client.send({ method: 'GET', path: 'auth/token/lookup-self', token, act }, leaving.signal)
    leaving.abort()
    await expect(asked).rejects.toMatchObject({ code: 'cancelled' })
    await client.close()
  })
})

test('the namespace is named', async () => {
  const vault = await startTestVault({ namespace: 'team' })
  const token = vault.tokens.create({ ttl: 3_600 })
  expect(await asking(vault, token, { namespace: 'team' }).failure()).toBeNull()
  expect(await asking(vault, token).failure()).toMatchObject({ trouble: 'missing' })
})

function other(vault: TestVault, host: string): string {
  return vault.address.replace('127.0.0.1', host)
}

describe('a standby sends on to the active node', () => {
  test('at the same host', async () => {
    const active = await vaultAndToken()
    const standby = await startTestVault()
    standby.mood = { standby: active.vault.address }
    expect(await asking(standby, active.token).failure()).toBeNull()
  })

  test('at another host that is named for it; at none that is not, and nothing goes there', async () => {
    const active = await vaultAndToken()
    const standby = await startTestVault()
    standby.mood = { standby: other(active.vault, 'localhost') }
    const failure = await asking(standby, active.token).failure()
    expect(failure).toMatchObject({ trouble: 'untrusted' })
    expect(errorText(failure!)).toMatch(/localhost:\d+, which nobody has named.*VAULT_REDIRECT_HOSTS/s)
    expect(active.vault.requests).toEqual([])
    const redirectHosts = [new URL(other(active.vault, 'localhost')).host]
    expect(await asking(standby, active.token, { redirectHosts }).failure()).toBeNull()
  })

  test('to no other page', async () => {
    const { vault, token } = await vaultAndToken()
    vault.mood = { standby: `${vault.address}/log-in` }
    expect(await asking(vault, token).failure()).toMatchObject({
      trouble: 'broken',
      message: expect.stringContaining('a redirect to another page') as string,
    })
    expect(vault.requests).toHaveLength(1)
  })

  test('not around in a circle', async () => {
    const { vault, token } = await vaultAndToken()
    vault.mood = { standby: vault.address }
    expect(await asking(vault, token).failure()).toMatchObject({ trouble: 'away' })
    expect(vault.requests).toHaveLength(3)
  })
})

describe('TLS', () => {
  test('a certificate is believed where its authority is named, and then no redirect leads to plain text', async () => {
    const pair = await makeCertificate({ names: ['127.0.0.1', 'localhost'] })
    const vault = await startTestVault({ tls: pair })
    const address = vault.address.replace('127.0.0.1', 'localhost')
    const token = vault.tokens.create({ ttl: 3_600 })
    const untrusted = await asking(vault, token, { address }).failure()
    expect(untrusted).toMatchObject({ trouble: 'untrusted', code: 'not-configured' })
    expect(errorText(untrusted!)).toMatch(/signed by itself.*VAULT_CACERT/s)
    expect(vault.requests).toEqual([])
    const caFile = await writeTestFile('ca.pem', pair.cert)
    expect(await asking(vault, token, { address, caFile }).failure()).toBeNull()

    const plain = await startTestVault()
    vault.mood = { standby: plain.address.replace('127.0.0.1', 'localhost') }
    expect(await asking(vault, token, { address, caFile }).failure()).toMatchObject({ trouble: 'untrusted' })
    expect(plain.requests).toEqual([])
  })
})

test('a VaultError tells by its code whether it passes', () => {
  expect(new VaultError('away', '', '').retryable).toBe(true)
  expect(new VaultError('forbidden', '', '')).toMatchObject({ retryable: false, code: 'not-configured' })
})
