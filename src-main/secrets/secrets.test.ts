import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { DEFAULT_WATCH, type SiteConfig } from '../config/config.ts'
import { saveJiraSettings } from '../config/config-file.ts'
import type { JiraAccount } from '../vault/vault.ts'
import { hideSecrets } from './hide-secrets.ts'
import { createSecrets, resolveAccount, resolvePassword, type Secrets, type SecretsParts } from './secrets.ts'
import {
  createMemoryKeychain,
  createTestSafeStorage,
  type MemoryKeychain,
} from '../../test-support/secrets/secrets.ts'
import { EXAMPLE_SERVER } from '../../test-support/store/example-server.ts'
import { testFolder } from '../../test-support/end.ts'

const url = 'https://example.atlassian.net'
const user = 'me@example.com'
const owner = { kind: 'site', url, user } as const
const { signal } = new AbortController()
const log = { warn: vi.fn() }
let dataDir: string
let keychain: MemoryKeychain
let safeStorage: NonNullable<SecretsParts['safeStorage']>

beforeEach(() => {
  dataDir = testFolder()
  keychain = createMemoryKeychain()
  safeStorage = createTestSafeStorage()
})

/** As the desktop starts it, each time anew. */
function desktop(more: Partial<SecretsParts> = {}): Secrets {
  return createSecrets({ dataDir, keychain, safeStorage, log, ...more })
}

function commandLine(): Secrets {
  return createSecrets({ dataDir, keychain, log })
}

function tokenIn(): unknown {
  return (JSON.parse(readFileSync(path.join(dataDir, 'config.json'), 'utf8')) as { tokenIn?: string }).tokenIn
}

describe('a token', () => {
  test('is kept in the keychain, read by the next start, replaced and forgotten', async () => {
    expect(await desktop().kept(owner, signal)).toBeNull()
    await desktop().keep(owner, 'first', signal)
    expect(await commandLine().kept(owner, signal)).toBe('first')
    expect([...keychain.entries.keys()]).toEqual([`jira ${url} ${user}`])
    await desktop().keep(owner, 'second', signal)
    expect(await desktop().kept(owner, signal)).toBe('second')
    expect(await desktop().forget(owner, signal)).toBe(true)
    expect(await desktop().forget(owner, signal)).toBe(false)
    expect(await desktop().kept(owner, signal)).toBeNull()
  })

  test('belongs to one address and one user', async () => {
    await desktop().keep(owner, 'mine', signal)
    await desktop().keep({ ...owner, user: null }, "the server's", signal)
    expect(await desktop().kept(owner, signal)).toBe('mine')
    expect(await desktop().kept({ ...owner, user: null }, signal)).toBe("the server's")
    expect(await desktop().kept({ ...owner, url: 'https://other.example.com' }, signal)).toBeNull()
  })

  test("of a PostgreSQL server is one of its database and user, and no Jira's", async () => {
    const server = {
      kind: 'postgres',
      host: 'db.example.com',
      port: 5432,
      database: 'jira_tpm',
      user: 'me',
    } as const
    await desktop().keep(server, 'mine', signal)
    expect([...keychain.entries.keys()]).toEqual(['postgres me@db.example.com:5432/jira_tpm'])
    expect(await commandLine().kept(server, signal)).toBe('mine')
    const others = [
      { ...server, host: 'db2.example.com' },
      { ...server, port: 5433 },
      { ...server, database: 'other' },
      { ...server, user: 'you' },
      // Were its parts not encoded, this would be the same one.
      { ...server, host: 'example.com', user: 'me@db' },
    ]
    for (const other of others) expect(await desktop().kept(other, signal)).toBeNull()
    expect(await desktop().kept(owner, signal)).toBeNull()
  })

  test('where none was ever kept, the keychain is not asked', async () => {
    keychain.trouble = 'silent'
    expect(await desktop().kept(owner, signal)).toBeNull()
  })

  test.each([{ works: 'keychain' }, { works: 'safe-storage' }])(
    'is in no file of the workspace, kept in the $works',
    async ({ works }) => {
      if (works !== 'keychain') keychain.trouble = 'missing'
      const token = 'planted-token-0123456789'
      const settings = {
        url,
        user,
        tokenExpiresOn: null,
        projectKey: null,
        caFile: null,
        watch: DEFAULT_WATCH,
      }
      const withToken = { ...settings, token }
      await desktop().keep(owner, token, signal)
      await saveJiraSettings(dataDir, withToken)
      const forms = [token, Buffer.from(token).toString('base64'), Buffer.from(token).toString('hex')]
      const files = readdirSync(dataDir, { recursive: true }).map(String)
      expect(files).toContain('config.json')
      for (const file of files) {
        const bytes = readFileSync(path.join(dataDir, file))
        for (const form of forms) expect(bytes.includes(form), `${file} has ${form}`).toBe(false)
      }
    },
  )
})

describe('which store', () => {
  test('the keychain where it works', async () => {
    expect(await desktop().store(signal)).toEqual({ kind: 'keychain', label: 'a keychain', problem: null })
  })

  test("Electron's encrypted file where there is no keychain, from then on too", async () => {
    keychain.trouble = 'missing'
    expect(await desktop().store(signal)).toMatchObject({ kind: 'safe-storage', problem: null })
    await desktop().keep(owner, 'in the file', signal)
    expect(tokenIn()).toBe('safe-storage')
    keychain.trouble = null
    expect(await desktop().kept(owner, signal)).toBe('in the file')
    expect(await desktop().store(signal)).toMatchObject({ kind: 'safe-storage' })
  })

  test('not the second because the first is locked: nobody would look for the token there', async () => {
    keychain.trouble = 'locked'
    expect(await desktop().store(signal)).toEqual({
      kind: 'none',
      label: 'a keychain',
      isLocked: true,
      problem: 'The keychain is locked. Set JIRA_API_KEY.',
    })
    await expect(desktop().keep(owner, 'secret', signal)).rejects.toMatchObject({
      code: 'secrets-unavailable',
    })
    expect(readdirSync(dataDir)).toEqual([])
  })

  test('none where nothing works: that is reported with what to do', async () => {
    keychain.trouble = 'missing'
    const weak = { safeStorage: createTestSafeStorage('basic_text') }
    for (const secrets of [commandLine(), desktop(weak)]) {
      expect(await secrets.store(signal)).toMatchObject({
        kind: 'none',
        problem: 'The keychain is missing. Set JIRA_API_KEY.',
      })
      await expect(secrets.keep(owner, 'secret', signal)).rejects.toMatchObject({
        code: 'secrets-unavailable',
        hint: 'Set JIRA_API_KEY.',
      })
    }
    expect(readdirSync(dataDir)).toEqual([])
  })

  test('a kept token is looked for where it is, and nowhere else', async () => {
    await desktop().keep(owner, 'in the keychain', signal)
    keychain.trouble = 'missing'
    await expect(desktop().kept(owner, signal)).rejects.toMatchObject({ code: 'secrets-unavailable' })
  })

  test('what only the desktop app can read is named to the command line', async () => {
    keychain.trouble = 'missing'
    await desktop().keep(owner, 'in the file', signal)
    await expect(commandLine().kept(owner, signal)).rejects.toMatchObject({
      code: 'secrets-unavailable',
      message: expect.stringContaining('only the desktop app') as string,
    })
  })

  test('a new token goes where it can, and is looked for there from then on', async () => {
    await desktop().keep(owner, 'in the keychain', signal)
    keychain.trouble = 'missing'
    await desktop().keep(owner, 'in the file', signal)
    expect(tokenIn()).toBe('safe-storage')
    expect(log.warn).toHaveBeenCalledWith(expect.anything(), 'secrets cannot be kept in a keychain')
    keychain.trouble = null
    expect(await desktop().kept(owner, signal)).toBe('in the file')
    await commandLine().keep(owner, 'in the keychain again', signal)
    expect(tokenIn()).toBe('keychain')
    expect(await desktop().kept(owner, signal)).toBe('in the keychain again')
  })

  test('is asked for once, as long as it works', async () => {
    const secrets = desktop()
    await Promise.all([secrets.store(signal), secrets.store(signal)])
    await secrets.keep(owner, 'secret', signal)
    expect(keychain.probes).toBe(1)
    keychain.trouble = 'locked'
    await expect(secrets.keep(owner, 'other', signal)).rejects.toThrow('locked')
    expect(await secrets.store(signal)).toMatchObject({ kind: 'none' })
    keychain.trouble = null
    expect(await secrets.store(signal)).toMatchObject({ kind: 'keychain' })
  })

  test('a keychain that waits for its password does not hold up whoever only looks', async () => {
    keychain.trouble = 'silent'
    expect(await desktop({ keychainTimeoutMs: 20 }).store(signal)).toMatchObject({
      kind: 'none',
      problem: expect.stringContaining('waiting for its password dialog') as string,
    })
  })

  test('settings that are not right are not taken for none', async () => {
    writeFileSync(path.join(dataDir, 'config.json'), '{')
    await expect(desktop().kept(owner, signal)).rejects.toMatchObject({ code: 'not-configured' })
  })
})

/** The command line's, with a Vault beside the keychain. */
function withVault(account: () => Promise<JiraAccount | null>): Secrets {
  return {
    ...commandLine(),
    vault: { jiraAccount: account, database: () => Promise.reject(new Error('not asked')) },
  }
}

describe('the token for a site', () => {
  const site: SiteConfig = {
    kind: 'site',
    url,
    user,
    token: null,
    tokenExpiresOn: null,
    caFile: null,
    watch: DEFAULT_WATCH,
  }

  test('of the environment needs no keychain', async () => {
    keychain.trouble = 'missing'
    expect(await resolveAccount({ ...site, token: 'from-env' }, commandLine(), signal)).toEqual({
      user,
      token: 'from-env',
      from: 'environment',
    })
  })

  test('else the one that is kept', async () => {
    await desktop().keep(owner, 'kept', signal)
    expect(await resolveAccount(site, commandLine(), signal)).toMatchObject({ token: 'kept', from: 'kept' })
  })

  test('none: says what to set', async () => {
    await expect(resolveAccount(site, commandLine(), signal)).rejects.toMatchObject({
      code: 'not-configured',
      message: `There is no API token for ${url} and ${user}. Nothing was sent.`,
      hint: expect.stringContaining('JIRA_API_KEY') as string,
    })
  })

  test('Jira Cloud wants to know whose it is, Data Center does not', async () => {
    const nobody = { ...site, user: null, token: 'from-env' }
    await expect(resolveAccount(nobody, commandLine(), signal)).rejects.toMatchObject({
      code: 'not-configured',
      hint: expect.stringContaining('JIRA_USER') as string,
    })
    const server = { ...nobody, url: 'https://jira.example.com/jira' }
    expect(await resolveAccount(server, commandLine(), signal)).toMatchObject({ token: 'from-env' })
  })

  describe('where Vault is used', () => {
    const vaults = { ...site, tokenFrom: 'vault' } as const

    test('comes before the one that is kept, after that of the environment', async () => {
      await desktop().keep(owner, 'kept', signal)
      const secrets = withVault(async () => ({ token: 'of-vault', user: null }))
      expect(await resolveAccount(vaults, secrets, signal)).toEqual({
        user,
        token: 'of-vault',
        from: 'vault',
      })
      const ofEnvironment = await resolveAccount({ ...vaults, token: 'from-env' }, secrets, signal)
      expect(ofEnvironment).toMatchObject({ token: 'from-env', from: 'environment' })
      // It is another Jira's: the configuration does not send Vault's token there.
      expect(await resolveAccount(site, secrets, signal)).toMatchObject({ token: 'kept' })
    })

    test('may say whose it is', async () => {
      const secrets = withVault(async () => ({ token: 'of-vault', user: 'you@example.com' }))
      const account = await resolveAccount({ ...vaults, user: null }, secrets, signal)
      expect(account).toMatchObject({ user: 'you@example.com' })
    })

    test('without one in Vault the kept one is used; while Vault does not say, none is', async () => {
      await desktop().keep(owner, 'kept', signal)
      const none = withVault(async () => null)
      expect(await resolveAccount(vaults, none, signal)).toMatchObject({ token: 'kept' })
      const away = withVault(() => Promise.reject(new Error('away')))
      await expect(resolveAccount(vaults, away, signal)).rejects.toThrow('away')
    })
  })
})

describe('the password for a PostgreSQL server', () => {
  const server = EXAMPLE_SERVER

  test('of the environment needs no keychain, else the one that is kept, else none', async () => {
    expect(await resolvePassword(server, commandLine(), signal)).toBeNull()
    await desktop().keep(server, 'kept-password', signal)
    expect(await resolvePassword(server, commandLine(), signal)).toBe('kept-password')
    keychain.trouble = 'missing'
    const password = 'password-of-the-environment'
    expect(await resolvePassword({ ...server, password }, commandLine(), signal)).toBe(password)
  })

  test('is in no log from then on', async () => {
    await resolvePassword({ ...server, password: 'planted-pass-word' }, commandLine(), signal)
    expect(hideSecrets('password "planted-pass-word" refused')).toBe('password "[hidden]" refused')
  })
})
