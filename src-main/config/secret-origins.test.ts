import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { Config } from './config.ts'
import { resolveConfig, type ConfigFlags } from './read-config.ts'
import { readServerConfig } from './server-config.ts'
import { variablesOf } from './settings-table.ts'
import { refusalOf } from '../../test-support/domain/refusal.ts'
import { testFolder } from '../../test-support/end.ts'

let cwd: string
beforeEach(() => void (cwd = testFolder()))

type Values = Readonly<Record<string, string>>

/** What each source says, from weak to strong. */
interface Said {
  readonly auth?: Values
  readonly env?: Values
  readonly environment?: Values
  readonly envFile?: Values
}

function read({ auth = {}, env = {}, environment = {}, envFile }: Said, flags: ConfigFlags = {}): Config {
  const write = (name: string, values: Values): void =>
    writeFileSync(
      path.join(cwd, name),
      Object.entries(values)
        .map(([of, value]) => `${of}=${value}\n`)
        .join(''),
    )
  write('.auth', auth)
  write('.env', env)
  if (envFile !== undefined) write('given.env', envFile)
  const given = envFile === undefined ? {} : { envFile: 'given.env' }
  return resolveConfig({
    flags: { dataDir: path.join(cwd, 'data'), ...given, ...flags },
    env: environment,
    cwd,
  })
}

const SOURCES = ['auth', 'env', 'environment', 'envFile'] as const
type SourceName = (typeof SOURCES)[number]

function rank(text: string): number {
  return SOURCES.findIndex((at) => new RegExp(String.raw`\b${at}\b`, 'i').test(text))
}

/** Where which secret would go; none where it is refused. */
function pairsSent(said: Said): [address: string, secret: string][] {
  try {
    const { jira, store } = read(said)
    return [
      ...(jira.kind === 'site' && jira.token !== null ? [[jira.url, jira.token] as [string, string]] : []),
      ...(store.kind === 'postgres' && store.password !== null
        ? [[store.host, store.password] as [string, string]]
        : []),
    ]
  } catch (error) {
    if (error instanceof AppError) return []
    throw error
  }
}

describe('a secret is used only with an address from the same source or a stronger one', () => {
  const pairs = [
    { secret: 'JIRA_API_KEY', address: { JIRA_URL: 'https://jira.example.com' }, others: {} },
    { secret: 'PSQL_PW', address: { PSQL_HOST: 'db.example.com' }, others: {} },
    { secret: 'PSQL_PW', address: { DATABASE_URL: 'postgres://me@db.example.com/a' }, others: {} },
    { secret: 'PSQL_PW', address: { PSQL_SSLMODE: 'disable' }, others: { PSQL_HOST: 'db.example.com' } },
    { secret: 'PSQL_PW', address: { PSQL_PORT: '5433' }, others: { PSQL_HOST: 'db.example.com' } },
    {
      secret: 'VAULT_TOKEN',
      address: { VAULT_ADDR: 'https://vault.example.com' },
      others: { USE_VAULT: 'true' },
    },
    {
      secret: 'VAULT_SECRET_ID',
      address: { VAULT_PORT: '8200' },
      others: { USE_VAULT: 'true', VAULT_ADDR: 'vault.example.com', VAULT_ROLE_ID: 'a-role' },
    },
    {
      secret: 'VAULT_TOKEN',
      address: { VAULT_ALLOW_HTTP: 'true' },
      others: { USE_VAULT: 'true', VAULT_ADDR: 'https://vault.example.com' },
    },
    {
      secret: 'VAULT_TOKEN',
      address: { VAULT_REDIRECT_HOSTS: 'evil.example.com' },
      others: { USE_VAULT: 'true', VAULT_ADDR: 'https://vault.example.com' },
    },
    {
      secret: 'VAULT_TOKEN',
      address: { JIRA_URL: 'https://jira.example.com' },
      others: { USE_VAULT: 'true', VAULT_ADDR: 'https://vault.example.com' },
    },
    {
      secret: 'VAULT_TOKEN',
      address: { PSQL_HOST: 'db.example.com' },
      others: { USE_VAULT: 'true', VAULT_ADDR: 'https://vault.example.com', VAULT_DB_ROLE: 'tpm' },
    },
    {
      secret: 'JIRA_API_KEY',
      address: { JIRA_TPM_DATA_DIR: 'data' },
      others: {},
      flags: { dataDir: undefined },
    },
  ]
  test('every variable that says where is tried below', () => {
    expect(pairs.flatMap(({ address }) => Object.keys(address))).toEqual(
      expect.arrayContaining([...variablesOf('way')]),
    )
  })

  // Where a file is given, those of the folder are not read.
  const together = SOURCES.flatMap((of) => SOURCES.map((at) => ({ of, at }))).filter(
    ({ of, at }) =>
      ![of, at].includes('envFile') || ![of, at].some((name) => name === 'auth' || name === 'env'),
  )
  const cases = pairs.flatMap((pair) => together.map((place) => ({ ...pair, ...place })))
  const isStray = ({ of, at }: (typeof cases)[number]): boolean => SOURCES.indexOf(at) < SOURCES.indexOf(of)
  const readCase = ({ secret, address, others, flags, of, at }: (typeof cases)[number]): Config => {
    const said: Partial<Record<SourceName, Values>> = { [of]: { [secret]: 's3cret', ...others } }
    said[at] = { ...said[at], ...(address as Values) }
    return read(said, flags)
  }

  test.each(cases.filter((one) => !isStray(one)))('$secret of $of with $address of $at is used', (one) => {
    expect(() => readCase(one)).not.toThrow()
  })

  test.each(cases.filter(isStray))('$secret of $of with $address of $at is refused', (one) => {
    const { secret, address, of, at } = one
    const { code, message, hint } = refusalOf(() => readCase(one))
    expect(code).toBe('not-configured')
    const place = { auth: `${cwd}/.auth`, env: `${cwd}/.env`, environment: 'the environment', envFile: cwd }
    expect(message).toContain(`${secret} of ${place[of]}`)
    expect(message).toContain(`${Object.keys(address)[0]} of ${place[at]}`)
    expect(hint).toContain(at === 'environment' ? 'in one place.' : `--env-file ${place[at]} `)
    expect(message + hint).not.toContain('s3cret')
  })

  test('whatever is said where: no source gets what a stronger one has', () => {
    const names = ['JIRA_URL', 'JIRA_API_KEY', 'PSQL_HOST', 'PSQL_PW', 'DATABASE_URL'] as const
    const valueOf = (name: (typeof names)[number], at: SourceName): string => {
      if (name === 'JIRA_URL') return `https://${at.toLowerCase()}.example.com`
      if (name === 'DATABASE_URL') return `postgres://me@${at.toLowerCase()}.example.com/a`
      return name === 'PSQL_HOST' ? `${at.toLowerCase()}.example.com` : `secret-of-${at.toLowerCase()}`
    }
    const where = fc.subarray(['auth', 'env', 'environment'] as const)
    fc.assert(
      fc.property(fc.tuple(where, where, where, where, where), (places) => {
        const said: Record<string, Record<string, string>> = { auth: {}, env: {}, environment: {} }
        for (const [index, name] of names.entries()) {
          for (const at of places[index] ?? []) said[at]![name] = valueOf(name, at)
        }
        for (const [address, secret] of pairsSent(said)) {
          expect(rank(address)).toBeGreaterThanOrEqual(rank(secret))
        }
      }),
    )
  })

  test('a weaker source’s token does not go to another Jira either', () => {
    const env = { JIRA_URL: 'https://one.example.com', JIRA_API_KEY: 's3cret' }
    expect(read({ env, environment: { JIRA_URL: 'https://two.example.com' } }).jira).toMatchObject({
      token: null,
    })
  })

  test('an address that a person says in the call, or connected, is as strong as can be', () => {
    const environment = { JIRA_API_KEY: 's3cret', PSQL_PW: 's3cret' }
    const env = { JIRA_URL: 'https://jira.example.com', PSQL_HOST: 'db.example.com', PSQL_USER: 'me' }
    const flags = { jira: 'https://jira.example.com', store: 'postgres://me@db.example.com/me' }
    expect(read({ env, environment }, flags)).toMatchObject({
      jira: { token: 's3cret' },
      store: { password: 's3cret' },
    })
    mkdirSync(path.join(cwd, 'data'))
    writeFileSync(path.join(cwd, 'data', 'config.json'), '{"jira":"https://kept.example.com"}')
    expect(read({ environment }).jira).toMatchObject({ url: 'https://kept.example.com', token: 's3cret' })
  })

  test('what is not used is not refused', () => {
    const env = { JIRA_URL: 'https://jira.example.com', PSQL_HOST: 'db.example.com' }
    const environment = { JIRA_API_KEY: 's3cret', PSQL_PW: 's3cret', VAULT_TOKEN: 's3cret' }
    expect(read({ env, environment }, { jira: 'sandbox', store: 'sqlite:a' }).jira.kind).toBe('sandbox')
  })
})

describe('what opens the server, and whose certificates are believed', () => {
  const ALONE: Record<ReturnType<typeof variablesOf<'given'>>[number], string> = {
    JIRA_TPM_ACCESS_LOG_STDOUT: 'true',
    JIRA_TPM_EDGE: 'true',
    PSQL_PRIVATE_HOST: 'db',
    JIRA_TPM_TRUST_PROXY: '10.0.0.0/8',
    VAULT_TOKEN_FILE: 'token',
    JIRA_TPM_HOST: '127.0.0.2',
    JIRA_TPM_PUBLIC_URL: 'http://tpm.example.com',
    JIRA_TPM_BEHIND_PROXY: 'false',
    JIRA_TPM_TLS_CERT_FILE: 'cert.pem',
    JIRA_TPM_TLS_KEY_FILE: 'key.pem',
    JIRA_TPM_OPEN_METRICS: 'true',
    JIRA_TPM_HOOKS: 'true',
    JIRA_TPM_SERVER: 'https://tpm.example.com',
    JIRA_TPM_HOOKS_HOST: '127.0.0.2',
    JIRA_CA_FILE: 'ca.pem',
    PSQL_CA_FILE: 'ca.pem',
    VAULT_CACERT: 'ca.pem',
  }
  test.each(Object.entries(ALONE).flatMap((one) => ['auth', 'env'].map((at) => [...one, at] as const)))(
    '%s=%s is refused in .%s',
    (name, value, at) => {
      const { code, message, hint } = refusalOf(() => read({ [at]: { [name]: value } }))
      expect(code).toBe('not-configured')
      expect(message).toContain(`${path.join(cwd, `.${at}`)} is of no use: it sets ${name}`)
      expect(hint).toContain('--env-file')
    },
  )

  test('is taken from the environment and from a file that a person names', () => {
    const { JIRA_TPM_HOST, JIRA_TPM_PUBLIC_URL, JIRA_CA_FILE } = ALONE
    const values = { JIRA_TPM_HOST, JIRA_TPM_PUBLIC_URL, JIRA_CA_FILE, JIRA_URL: 'https://jira.example.com' }
    const flags = { tlsCert: 'c', tlsKey: 'k', publicUrl: 'https://tpm.example.com' }
    for (const said of [{ environment: values }, { envFile: values }]) {
      expect(read(said).jira).toMatchObject({ caFile: path.join(cwd, 'ca.pem') })
    }
    expect(readServerConfig({ flags: { ...flags, envFile: 'given.env' }, env: {}, cwd }).host).toBe(
      '127.0.0.2',
    )
  })
})

describe('a file that a person names', () => {
  test('wins over the environment, is read in place of .env and .auth, and may lead through a proxy', () => {
    const config = read({
      env: { JIRA_PROJECT: 'ENV', JIRA_USER: 'of-env' },
      environment: { JIRA_PROJECT: 'ENVIRONMENT', https_proxy: 'http://of-environment' },
      envFile: { JIRA_PROJECT: 'GIVEN', JIRA_URL: 'https://jira.example.com', HTTPS_PROXY: 'http://given' },
    })
    expect(config).toMatchObject({
      projectKey: 'GIVEN',
      jira: { user: null },
      network: { httpsProxy: 'http://given' },
    })
    expect(read({ envFile: { JIRA_PROJECT: 'GIVEN' } }, { project: 'FLAG' }).projectKey).toBe('FLAG')
  })

  test('and is not there: wrong usage', () => {
    const error = refusalOf(() => read({}, { envFile: 'nowhere.env' }))
    expect(error.code).toBe('usage')
    expect(error.message).toContain(`${path.join(cwd, 'nowhere.env')} cannot be read (ENOENT)`)
  })
})

test('what was taken from files is reported, file by file and without a value', () => {
  const said = {
    auth: { JIRA_USER: 'me@example.com', JIRA_API_KEY: 's3cret' },
    env: { JIRA_URL: 'https://jira.example.com', JIRA_PROJECT: 'OPS' },
  }
  expect(read({ ...said, environment: { JIRA_PROJECT: 'ENVIRONMENT' } }).settingsFiles).toEqual([
    `Settings of ${path.join(cwd, '.env')}: JIRA_URL.`,
    `Settings of ${path.join(cwd, '.auth')}: JIRA_USER, JIRA_API_KEY.`,
  ])
  expect(read({ env: { OTHER: 'x' }, environment: { JIRA_PROJECT: 'OPS' } }).settingsFiles).toEqual([])
})
