import { statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { refusalOf } from '../../test-support/domain/refusal.ts'
import type { Config } from './config.ts'
import { readConfig, resolveConfig, type ConfigFlags } from './read-config.ts'
import { testFolder } from '../../test-support/end.ts'

let cwd: string
let dataDir: string

beforeEach(() => {
  cwd = testFolder()
  dataDir = path.join(cwd, 'data')
})

function read(flags: ConfigFlags = {}, env: Record<string, string> = {}): Config {
  return readConfig({ flags: { dataDir, ...flags }, env, cwd })
}

function file(name: string, text: string): void {
  writeFileSync(path.join(cwd, name), text)
}

function configJson(content: unknown): void {
  read()
  file('data/config.json', typeof content === 'string' ? content : JSON.stringify(content))
}

const site = {
  jira: 'https://jira.example.com/jira',
  user: 'me@example.com',
  project: 'OPS',
  tokenExpires: '2027-01-31',
  watch: { field: { id: 'customfield_10050', name: 'Severity' }, ids: ['3', '4'] },
}

const credentials = { JIRA_USER: 'me@example.com', JIRA_API_KEY: 'secret-1' }

describe('without any setting', () => {
  test('the sandbox, a SQLite file of the workspace, every project', () => {
    const config = read()
    expect(config.jira).toEqual({ kind: 'sandbox' })
    expect(config.store).toEqual({ kind: 'sqlite', file: path.join(dataDir, 'tpm.sqlite') })
    expect(config.projectKey).toBeNull()
    expect(config.syncIntervalMs).toBe(5_000)
  })

  test("the data folder is made, the owner's alone", () => {
    read()
    expect(statSync(dataDir).mode & 0o777).toBe(0o700)
  })

  test('resolveConfig alone makes no folder', () => {
    resolveConfig({ flags: { dataDir }, env: {}, cwd })
    expect(() => statSync(dataDir)).toThrow('ENOENT')
  })
})

describe('precedence', () => {
  const levels = ['CONFIG_JSON', 'AUTH', 'ENV', 'ENVIRONMENT', 'FLAG'] as const
  test.each(levels.map((level, index) => ({ level, upTo: levels.slice(0, index + 1) })))(
    '$level wins over all below it',
    ({ level, upTo }) => {
      if (upTo.includes('CONFIG_JSON')) configJson({ project: 'CONFIG_JSON' })
      if (upTo.includes('AUTH')) file('.auth', "export JIRA_PROJECT='AUTH'\n")
      if (upTo.includes('ENV')) file('.env', 'JIRA_PROJECT=ENV\n')
      const env: Record<string, string> = upTo.includes('ENVIRONMENT') ? { JIRA_PROJECT: 'ENVIRONMENT' } : {}
      expect(read(upTo.includes('FLAG') ? { project: 'FLAG' } : {}, env).projectKey).toBe(level)
    },
  )

  test('each variable is looked for by itself', () => {
    file('.auth', 'export JIRA_API_KEY=from-auth\nexport JIRA_USER=auth@example.com\n')
    file('.env', 'JIRA_USER=env@example.com\n')
    const env = { JIRA_URL: 'https://example.atlassian.net/', JIRA_CA_FILE: 'company.pem' }
    expect(read({}, env).jira).toEqual({
      kind: 'site',
      url: 'https://example.atlassian.net',
      user: 'env@example.com',
      token: 'from-auth',
      tokenExpiresOn: null,
      caFile: path.join(cwd, 'company.pem'),
      watch: { field: { id: 'priority', name: 'Priority' }, ids: [] },
    })
  })

  test('the last day of a token from the environment; what is no day is refused', () => {
    const env = { ...credentials, JIRA_URL: 'https://example.atlassian.net' }
    expect(read({}, { ...env, JIRA_TOKEN_EXPIRES: '2027-01-31' }).jira).toMatchObject({
      tokenExpiresOn: '2027-01-31',
    })
    const error = refusalOf(() => read({}, { ...env, JIRA_TOKEN_EXPIRES: '2027-02-30' }))
    expect(error).toMatchObject({ code: 'not-configured' })
    expect(error.message).toContain('2027-02-30')
  })

  test.each([
    [{ JIRA_WATCH: 'High, p0 ,' }, { id: 'priority', ids: ['High', 'p0'], field: null }],
    [{ JIRA_WATCH_FIELD: 'Severity' }, { id: 'priority', ids: [], field: 'Severity' }],
  ])('what is watched from the environment: %j', (watch, { id, ids, field }) => {
    const jira = read({}, { ...credentials, JIRA_URL: 'https://example.atlassian.net', ...watch }).jira
    expect(jira).toMatchObject({ watch: { field: { id }, ids }, watchOfEnvironment: { field } })
  })

  test.each([',', 'x'.repeat(65)])('JIRA_WATCH=%s names nothing', (JIRA_WATCH) => {
    const error = refusalOf(() => read({ jira: 'https://jira.example.com' }, { ...credentials, JIRA_WATCH }))
    expect(error.code).toBe('not-configured')
    expect(error.hint).toContain('High,Highest')
  })

  test('a mark at the beginning of a file, as some editors write it, does not hide its first line', () => {
    file('.env', '\uFEFFJIRA_PROJECT=MARKED\n')
    expect(read().projectKey).toBe('MARKED')
  })

  test('an empty variable counts as none', () => {
    file('.env', 'JIRA_PROJECT=FILE\n')
    expect(read({}, { JIRA_PROJECT: '' }).projectKey).toBe('FILE')
  })

  test('a data folder from .env', () => {
    file('.env', `JIRA_TPM_DATA_DIR=elsewhere\n`)
    expect(readConfig({ flags: {}, env: {}, cwd }).dataDir).toBe(path.join(cwd, 'elsewhere'))
  })

  test('sandbox settings of a flag lie over those of config.json', () => {
    configJson({ sandbox: { seed: 4, lag: '2s-10s', burst: 7 } })
    const { sandbox } = read({ sandbox: { seed: 9 } })
    expect(sandbox).toMatchObject({
      seed: 9,
      burstPerSecond: 7,
      indexLag: { kind: 'random', minMs: 2_000, maxMs: 10_000 },
      historyTickets: 100,
    })
  })

  test('a sandbox has four weeks behind it, unless it is said what it is to have', () => {
    expect(read().sandbox.historyWeeks).toBe(4)
    expect(read({ sandbox: { historyTickets: 0 } }).sandbox).toMatchObject({
      historyTickets: 0,
      historyWeeks: 0,
    })
    configJson({ sandbox: { historyWeeks: 2, seed: 4 } })
    expect(read().sandbox.historyWeeks).toBe(2)
    configJson({ sandbox: { historyHours: 3 } })
    expect(read().sandbox).toMatchObject({ historyHours: 3, historyWeeks: 0 })
  })
})

describe('which Jira', () => {
  test('--jira sandbox is the sandbox even where JIRA_URL is set', () => {
    const env = { ...credentials, JIRA_URL: 'https://example.atlassian.net' }
    expect(read({ jira: 'sandbox' }, env).jira).toEqual({ kind: 'sandbox' })
  })

  test('a page of a Cloud site stands for the site', () => {
    const page = 'https://example.atlassian.net/jira/software/projects/TPM/boards/1'
    expect(read({ jira: page }, credentials).jira).toMatchObject({ url: 'https://example.atlassian.net' })
  })

  test('plain http is taken for this machine', () => {
    expect(read({ jira: 'http://127.0.0.1:8080/jira/' }, credentials).jira).toMatchObject({
      url: 'http://127.0.0.1:8080/jira',
    })
  })

  test.each([
    { name: 'no credentials', env: {}, user: null, token: null },
    { name: 'no token', env: { JIRA_USER: 'me@example.com' }, user: 'me@example.com', token: null },
    { name: 'no user', env: { JIRA_API_KEY: 'secret-1' }, user: null, token: 'secret-1' },
  ])('a URL with $name is enough: the keychain, or Data Center, may need no more', ({ env, user, token }) => {
    expect(read({ jira: 'https://jira.example.com' }, env).jira).toMatchObject({ user, token })
  })

  test('what fixes it from outside is reported', () => {
    configJson({ jira: 'https://jira.example.com' })
    expect(read().jiraFixedBy).toBeNull()
    expect(read({}, { JIRA_URL: 'https://jira.example.com' }).jiraFixedBy).toBe('JIRA_URL')
    expect(read({ jira: 'sandbox' }, { JIRA_URL: 'https://jira.example.com' }).jiraFixedBy).toBe('--jira')
  })

  test('all of a site from config.json; a relative file of certificates is one of the workspace', () => {
    configJson({ ...site, caFile: 'company.pem' })
    expect(read()).toMatchObject({
      jira: {
        url: 'https://jira.example.com/jira',
        user: 'me@example.com',
        token: null,
        tokenExpiresOn: '2027-01-31',
        caFile: path.join(dataDir, 'company.pem'),
        watch: site.watch,
      },
      projectKey: 'OPS',
    })
  })

  test.each([
    { name: 'another site', flags: { jira: 'https://other.example.com' } },
    { name: 'the sandbox', flags: { jira: 'sandbox' } },
  ])('what config.json says of its own site is not said to $name', ({ flags }) => {
    configJson(site)
    const { jira, projectKey } = read(flags)
    expect(projectKey).toBeNull()
    expect(JSON.stringify(jira)).not.toMatch(/me@example|2027|Severity/)
  })

  test.each(['https://other.example.com', 'sandbox'])(
    'what the environment says of the Jira of JIRA_URL, its token too, is not said to --jira %s',
    (jira) => {
      const env = { ...credentials, JIRA_URL: 'https://jira.example.com', JIRA_PROJECT: 'OPS' }
      const config = read({ jira }, env)
      expect(JSON.stringify(config)).not.toContain(credentials.JIRA_API_KEY)
      expect(JSON.stringify(config)).not.toContain(credentials.JIRA_USER)
      expect(config.projectKey).toBeNull()
      expect(read({ jira: 'https://JIRA.example.com/' }, env).jira).toMatchObject({
        user: credentials.JIRA_USER,
        token: credentials.JIRA_API_KEY,
      })
    },
  )

  test('but to the same site, however its address is written', () => {
    configJson(site)
    expect(read({ jira: 'https://JIRA.example.com/jira/' })).toMatchObject({
      jira: { user: 'me@example.com' },
      projectKey: 'OPS',
    })
  })

  test.each(['http://jira.example.com', 'example.atlassian.net', 'ftp://127.0.0.1', 'https://'])(
    '%s is refused: wrong usage as a flag, not configured as a variable',
    (url) => {
      expect(refusalOf(() => read({ jira: url }, credentials)).code).toBe('usage')
      expect(refusalOf(() => read({}, { ...credentials, JIRA_URL: url })).code).toBe('not-configured')
    },
  )

  test('a password in the URL is refused and not repeated', () => {
    const error = refusalOf(() => read({ jira: 'https://me:hunter2@example.com' }, credentials))
    expect(error.message).not.toContain('hunter2')
  })
})

describe('proxies', () => {
  test('are taken from the environment, in either case', () => {
    const env = {
      HTTPS_PROXY: 'http://proxy.example.com:3128',
      http_proxy: 'http://a:1',
      HTTP_PROXY: 'http://b:2',
      no_proxy: '',
      NO_PROXY: 'localhost',
    }
    expect(read({}, env).network).toEqual({
      httpsProxy: 'http://proxy.example.com:3128',
      httpProxy: 'http://a:1',
      noProxy: 'localhost',
    })
  })

  test('not from a file that lies about', () => {
    file('.env', 'HTTPS_PROXY=http://proxy.example.com:3128\n')
    expect(read().network).toEqual({ httpsProxy: null, httpProxy: null, noProxy: null })
  })
})

describe('bad files', () => {
  test.each([
    { name: 'no JSON', content: '{"zone": ', says: 'is not JSON' },
    { name: 'an unknown setting', content: { colour: 'red' }, says: 'config.json' },
    { name: 'a wrong type', content: { syncIntervalSeconds: 'often' }, says: '/syncIntervalSeconds' },
    { name: 'a value out of range', content: { sandbox: { seed: -1 } }, says: '/sandbox/seed' },
    { name: 'an unknown zone', content: { zone: 'Mars/Olympus' }, says: 'Mars/Olympus' },
    { name: 'an unknown sandbox zone', content: { sandbox: { userZone: 'Nowhere' } }, says: 'Nowhere' },
    { name: 'a bad lag', content: { sandbox: { lag: 'soon' } }, says: '/sandbox/lag' },
    { name: 'a day that is none', content: { tokenExpires: '2027-02-30' }, says: '/tokenExpires' },
    { name: 'a token', content: { token: 'secret-1' }, says: 'config.json' },
    {
      name: 'a field that cannot be watched',
      content: { watch: { field: { id: 'x', name: 'X' }, ids: [] } },
      says: '/watch/field/id',
    },
    { name: 'an unknown store', content: { store: 'mysql:x' }, says: '"store" in config.json' },
  ])('config.json with $name', ({ content, says }) => {
    configJson(content)
    const error = refusalOf(() => read())
    expect(error.code).toBe('not-configured')
    expect(error.message).toContain(says)
    expect(error.hint).not.toBe('')
  })

  test('a line of .env that would lose a variable of ours', () => {
    file('.env', 'OTHER STUFF\nJIRA_URL: https://example.atlassian.net\n')
    const error = refusalOf(() => read())
    expect(error.code).toBe('not-configured')
    expect(error.message).toContain('line 2 names JIRA_URL')
  })

  test('a .env that is no text', () => {
    writeFileSync(path.join(cwd, '.env'), Buffer.from('JIRA_URL=x', 'utf16le'))
    expect(refusalOf(() => read()).message).toContain('not UTF-8')
  })

  test('a data folder that cannot be made', () => {
    file('data', 'a file, not a folder')
    const error = refusalOf(() => read())
    expect(error.code).toBe('folder-not-writable')
    expect(error.message).toContain(dataDir)
    expect(error.hint).toContain('--data-dir')
  })

  test.each(['', ' '])('an empty --data-dir is no folder: "%s"', (empty) => {
    expect(refusalOf(() => read({ dataDir: empty }))).toMatchObject({
      code: 'usage',
      message: '--data-dir is empty. Nothing was started.',
    })
  })

  test('a project that is no key never reaches a query', () => {
    const key = 'TPM" OR project = "X'
    expect(refusalOf(() => read({ project: key })).code).toBe('usage')
    expect(refusalOf(() => read({}, { JIRA_PROJECT: key })).code).toBe('not-configured')
    expect(read({ project: 'tpm' }).projectKey).toBe('TPM')
  })

  test('a wrong --store', () => {
    expect(refusalOf(() => read({ store: 'tickets.sqlite' })).code).toBe('usage')
  })
})
