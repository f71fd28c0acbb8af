import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createApp, type App, type AppOptions } from '../app/app.ts'
import { readConfig } from '../config/read-config.ts'
import { startTestSandbox, type TestSandbox } from '#jira-sandbox/testing'
import { createSecrets } from '../secrets/secrets.ts'
import { createMemoryKeychain } from '../../test-support/secrets/secrets.ts'
import { atEnd } from '../../test-support/end.ts'
import { testLog } from '../../test-support/vault/leased-store.ts'
import { startTestVault, type TestVault } from '../../test-support/vault/vault.ts'

let site: TestSandbox
beforeAll(async () => {
  site = await startTestSandbox()
  for (let n = 0; n < 3; n++) await site.add({ priority: { id: '2' } })
})
afterAll(() => site.stop())

/** An app whose environment names the site and a Vault, and no token. */
async function openApp(vault: TestVault, options: Partial<AppOptions> = {}): Promise<App> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'tpm-vault-'))
  atEnd(() => rm(dataDir, { recursive: true }))
  const env = {
    JIRA_URL: site.url,
    USE_VAULT: 'true',
    VAULT_ADDR: vault.address,
    VAULT_ROLE_ID: vault.tokens.roleId,
    VAULT_SECRET_ID: vault.tokens.secretId,
  }
  const log = testLog()
  const secrets = createSecrets({ dataDir, log, keychain: createMemoryKeychain() })
  const config = readConfig({ flags: { dataDir }, env, cwd: dataDir })
  const app = createApp(config, { log, secrets, background: false, ...options })
  atEnd(() => app.stop())
  return app
}

function keep(vault: TestVault, token = site.apiToken): void {
  vault.kv.put('jira-tpm', { api_token: token, user: site.email })
}

function reads({ requests }: TestVault): number {
  return requests.filter((request) => request.startsWith('GET /v1/secret/data/jira-tpm')).length
}

test('the Jira token comes from Vault; one that Jira refuses is read again, and the fetch goes through', async () => {
  const vault = await startTestVault()
  keep(vault)
  const app = await openApp(vault)
  await app.opened()
  expect(await app.client.call('sync.now', {})).toMatchObject({ fetched: 3 })
  expect(reads(vault)).toBe(1)
  await app.stop()
  // The token goes back to Vault with the app.
  expect(vault.requests.at(-1)).toBe('POST /v1/auth/token/revoke-self 204')

  const rotated = await startTestVault()
  keep(rotated, 'a-token-of-last-year')
  rotated.kv.afterRead = () => keep(rotated)
  const later = await openApp(rotated)
  expect(await later.client.call('sync.now', {})).toMatchObject({ fetched: 3 })
  expect(reads(rotated)).toBe(2)
})

test('sealed at the start: a command fails at once, with what to do', async () => {
  const vault = await startTestVault()
  vault.mood = 'sealed'
  const app = await openApp(vault, { mustBeUp: true })
  await expect(app.opened()).rejects.toMatchObject({
    code: 'secrets-unavailable',
    retryable: true,
    message: expect.stringContaining('is sealed') as string,
  })
})

test('who stays open goes on by itself when Vault is there', async () => {
  const vault = await startTestVault()
  await vault.kill()
  const app = await openApp(vault, { staysOpen: true })
  await expect(app.opened()).rejects.toMatchObject({
    message: expect.stringContaining('cannot be reached') as string,
  })
  keep(vault)
  await vault.start()
  await vi.waitFor(() => app.opened(), 5_000)
  expect(await app.client.call('sync.now', {})).toMatchObject({ fetched: 3 })
})

test('without a secret in Vault it says where a token may be', async () => {
  const app = await openApp(await startTestVault())
  await expect(app.opened()).rejects.toMatchObject({
    code: 'not-configured',
    message: expect.stringContaining('in Vault neither') as string,
  })
})
