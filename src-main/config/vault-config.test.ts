import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { errorText } from '../../src-shared/errors/app-error.ts'
import { refusalOf } from '../../test-support/domain/refusal.ts'
import { chooseStore } from './store-config.ts'
import { readSettings } from './environment.ts'
import type { Variables } from './settings-table.ts'
import { readVault } from './vault-config.ts'

const whole: Variables = {
  USE_VAULT: 'true',
  VAULT_ADDR: 'https://vault.example.com:8200/',
  VAULT_ROLE_ID: 'a-role-id',
  VAULT_SECRET_ID: 'a-secret-id',
}

test('what is left out has Vault’s own names', () => {
  expect(readVault({ ...whole, VAULT_DB_ROLE: 'tpm' }, '/here')).toEqual({
    address: 'https://vault.example.com:8200',
    namespace: null,
    caFile: null,
    redirectHosts: [],
    auth: { kind: 'app-role', mount: 'approle', roleId: 'a-role-id', secretId: 'a-secret-id' },
    database: { mount: 'database', role: 'tpm' },
    kv: { mount: 'secret', path: 'jira-tpm' },
  })
})

test('all of it can be set', () => {
  const { VAULT_ROLE_ID: _, VAULT_SECRET_ID: __, ...rest } = whole
  const config = readVault(
    {
      ...rest,
      VAULT_TOKEN: 'hvs.token',
      VAULT_NAMESPACE: 'team/tpm/',
      VAULT_CACERT: 'ca.pem',
      VAULT_REDIRECT_HOSTS: 'a.vault.example.com:8200, b.vault.example.com',
      VAULT_KV_MOUNT: 'kv',
      VAULT_KV_PATH: 'apps/jira tpm',
    },
    '/here',
  )
  expect(config).toMatchObject({
    namespace: 'team/tpm',
    caFile: '/here/ca.pem',
    redirectHosts: ['a.vault.example.com:8200', 'b.vault.example.com'],
    auth: { kind: 'token', token: 'hvs.token' },
    database: null,
    kv: { mount: 'kv', path: 'apps/jira tpm' },
  })
})

test('what one source has for its Vault goes to no other that a stronger one names', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'tpm-vault-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const own = 'USE_VAULT=true\nVAULT_ADDR=https://one.example.com\nVAULT_TOKEN=hvs.of-the-one\n'
  await writeFile(path.join(folder, '.env'), own)
  expect(readVault(readSettings({ env: {}, cwd: folder }).variables, folder)?.auth).toEqual({
    kind: 'token',
    token: 'hvs.of-the-one',
  })
  const env = { VAULT_ADDR: 'https://other.example.com' }
  expect(readSettings({ env, cwd: folder }).variables).toEqual({
    USE_VAULT: 'true',
    VAULT_ADDR: 'https://other.example.com',
  })
})

test('without USE_VAULT it is not used, whatever Vault’s own command line has there', () => {
  expect(readVault({ ...whole, USE_VAULT: 'no' }, '/here')).toBeNull()
  const { USE_VAULT: _, ...rest } = whole
  expect(readVault(rest, '/here')).toBeNull()
})

describe('what is missing or wrong is reported, and nothing is asked', () => {
  const { VAULT_ADDR: _, ...noAddress } = whole
  const { VAULT_SECRET_ID: __, ...half } = whole
  const { VAULT_ROLE_ID: ___, ...nobody } = half
  test.each<[string, Variables, string]>([
    ['neither yes nor no', { ...whole, USE_VAULT: 'perhaps' }, 'USE_VAULT is neither true nor false'],
    ['no address', noAddress, 'VAULT_ADDR is not'],
    ['an address that is none', { ...whole, VAULT_ADDR: 'vault.example.com' }, 'VAULT_ADDR is no URL'],
    ['a port that is none', { ...whole, VAULT_ADDR: 'vault', VAULT_PORT: '82000' }, 'VAULT_PORT is no port'],
    ['a password in it', { ...whole, VAULT_ADDR: 'https://me:hunter22@vault.example.com' }, 'holds a user'],
    ['plain text', { ...whole, VAULT_ADDR: 'http://vault.example.com' }, 'would go in plain text'],
    ['half an AppRole', half, 'one is missing'],
    ['nobody', nobody, 'who we are'],
    ['both', { ...whole, VAULT_TOKEN: 'hvs.token' }, 'are both set'],
    ['a token with a space', { ...nobody, VAULT_TOKEN: 'hvs. token' }, 'no token has'],
    ['a path that leads elsewhere', { ...whole, VAULT_KV_PATH: '../../sys/raw' }, 'VAULT_KV_PATH is no path'],
    ['a role with a query', { ...whole, VAULT_DB_ROLE: 'tpm?x=1' }, 'VAULT_DB_ROLE is no path'],
    ['a host that is none', { ...whole, VAULT_REDIRECT_HOSTS: 'https://a' }, 'what is no host'],
  ])('%s', (_name, variables, words) => {
    const error = refusalOf(() => readVault(variables, '/here'))
    expect(error.code).toBe('not-configured')
    expect(error.message).toContain(words)
    expect(error.message).toContain('Nothing was asked of Vault')
    expect(errorText(error)).not.toMatch(/hunter22|a-secret-id|hvs/)
  })

  test.each<[string, Partial<Variables>, string]>([
    ['as the first program had it', { VAULT_ADDR: 'vault', VAULT_PORT: '8200' }, 'https://vault:8200'],
    [
      'in plain text where that is allowed',
      { VAULT_ADDR: 'vault', VAULT_PORT: '8200', VAULT_ALLOW_HTTP: 'true' },
      'http://vault:8200',
    ],
    ['of a URL without one', { VAULT_ADDR: 'https://vault', VAULT_PORT: '8201' }, 'https://vault:8201'],
    ['not of a URL with one', { VAULT_ADDR: 'https://vault:9000', VAULT_PORT: '1' }, 'https://vault:9000'],
    ['that https has by itself', { VAULT_ADDR: 'vault:443', VAULT_PORT: '8200' }, 'https://vault'],
  ])('a port beside the address: %s', (_name, variables, address) => {
    expect(readVault({ ...whole, ...variables }, '/')?.address).toBe(address)
  })

  test('plain text is for this machine, or where it is allowed in so many words', () => {
    expect(readVault({ ...whole, VAULT_ADDR: 'http://127.0.0.1:8200' }, '/')?.address).toBe(
      'http://127.0.0.1:8200',
    )
    const allowed = { ...whole, VAULT_ADDR: 'http://vault:8200', VAULT_ALLOW_HTTP: 'true' }
    expect(readVault(allowed, '/')?.address).toBe('http://vault:8200')
  })
})

function chosen(variables: Variables, flag?: string): unknown {
  return chooseStore({ flags: { store: flag }, variables, file: {}, dataDir: '/data', cwd: '/here' }).store
}

describe('whose user and password a server gets', () => {
  const vaults = { ...whole, VAULT_DB_ROLE: 'tpm' }

  test('Vault’s, where no password is set for it', () => {
    const variables = { ...vaults, PSQL_HOST: 'db.example.com', PSQL_DB: 'team', PSQL_ROLE: 'tpm_owner' }
    expect(chosen(variables)).toMatchObject({ credentials: 'vault', role: 'tpm_owner', password: null })
    expect(chosen({ ...vaults, DATABASE_URL: 'postgres://db.example.com/team' })).toMatchObject({
      credentials: 'vault',
    })
    expect(chosen(vaults, 'postgres://db.example.com/team')).toMatchObject({ credentials: 'vault' })
  })

  test('those of the environment, where it has a password', () => {
    const url = 'postgres://me:secret-word@db.example.com/team'
    for (const variables of [
      { ...vaults, DATABASE_URL: url },
      { ...vaults, PSQL_HOST: 'db.example.com', PSQL_USER: 'me', PSQL_PW: 'secret-word' },
    ]) {
      expect(chosen(variables)).toMatchObject({ password: 'secret-word' })
      expect(chosen(variables)).not.toHaveProperty('credentials')
    }
  })

  test('none of Vault’s, where the environment names another server, or no role', () => {
    const named = { ...vaults, PSQL_HOST: 'db.example.com', PSQL_ROLE: 'tpm_owner' }
    const other = chosen(named, 'postgres://elsewhere.example.com/team')
    expect(other).not.toHaveProperty('credentials')
    expect(other).not.toHaveProperty('role')
    expect(chosen({ ...whole, PSQL_HOST: 'db.example.com' })).not.toHaveProperty('credentials')
  })

  test('a role that is no name is refused', () => {
    expect(() => chosen({ PSQL_HOST: 'db', PSQL_ROLE: 'x'.repeat(64) })).toThrow(
      'PSQL_ROLE is no role’s name',
    )
  })
})
