import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { projectFile } from '../runtime/project-files.ts'
import type { Config } from './config.ts'
import { readConfig, type ConfigFlags } from './read-config.ts'
import { saveStoreSettings } from './config-file.ts'
import { storeLabel, storeText } from './store-config.ts'
import { refusalOf } from '../../test-support/domain/refusal.ts'
import { EXAMPLE_SERVER as server } from '../../test-support/store/example-server.ts'
import { testFolder } from '../../test-support/end.ts'

let cwd: string
let dataDir: string

beforeEach(() => {
  cwd = testFolder()
  dataDir = path.join(cwd, 'data')
  mkdirSync(dataDir)
})

function read(flags: ConfigFlags = {}, env: Record<string, string> = {}): Config {
  return readConfig({ flags: { dataDir, ...flags }, env, cwd })
}

function configJson(content: object): void {
  writeFileSync(path.join(dataDir, 'config.json'), JSON.stringify(content))
}

describe('who says it', () => {
  const url = 'postgres://me:s3cret@db.example.com/jira_tpm'
  const old = { PSQL_HOST: 'old.example.com', PSQL_DB: 'tickets', PSQL_USER: 'me', PSQL_PW: 'old-pass' }

  test('--store over DATABASE_URL over PSQL_HOST over config.json over the own file', () => {
    expect(read()).toMatchObject({
      store: { kind: 'sqlite', file: path.join(dataDir, 'tpm.sqlite') },
      storeFixedBy: null,
    })
    configJson({ store: 'postgres://me@kept.example.com' })
    expect(read()).toMatchObject({ store: { host: 'kept.example.com' }, storeFixedBy: null })
    expect(read({}, old)).toMatchObject({ store: { host: 'old.example.com' }, storeFixedBy: 'PSQL_HOST' })
    const env = { ...old, DATABASE_URL: url }
    expect(read({}, env)).toMatchObject({
      store: { ...server, password: 's3cret' },
      storeFixedBy: 'DATABASE_URL',
    })
    expect(read({ store: 'sqlite:a' }, env)).toMatchObject({
      store: { kind: 'sqlite' },
      storeFixedBy: '--store',
    })
  })

  test("all of the first program's names, and two for TLS; also from its .auth", () => {
    const more = { PSQL_PORT: '5433', PSQL_SSLMODE: 'require', PSQL_CA_FILE: 'ca.pem' }
    const expected = {
      kind: 'postgres',
      host: 'old.example.com',
      port: 5433,
      database: 'tickets',
      user: 'me',
      password: 'old-pass',
      tls: 'verify-ca',
      caFile: path.join(cwd, 'ca.pem'),
    }
    expect(read({}, { ...old, ...more }).store).toEqual(expected)
    const { PSQL_CA_FILE, ...ofFile } = more
    const lines = Object.entries({ ...old, ...ofFile }).map(([name, value]) => `export ${name}='${value}'\n`)
    writeFileSync(path.join(cwd, '.auth'), lines.join(''))
    expect(read({}, { PSQL_CA_FILE }).store).toEqual(expected)
  })

  test.each(['compose.yaml', 'compose.production.yaml'])(
    '%s: only its own database is spoken to without TLS, unless PSQL_SSLMODE says so',
    (file) => {
      const compose = parse(readFileSync(projectFile(file), 'utf8')) as {
        services: { app: { environment: Record<string, string> } }
      }
      const written = Object.entries(compose.services.app.environment).filter(
        ([name]) => name.startsWith('PSQL_') && !name.endsWith('_FILE'),
      )
      /** The store of the container, where Compose's own environment is this one. */
      const store = (env: Record<string, string>): object => {
        const fill = (text: string): string =>
          text.replaceAll(/\$\{(\w+):-([^}]*)\}/g, (_, name: string, other: string) => env[name] || other)
        return read({}, Object.fromEntries(written.map(([name, text]) => [name, fill(text)]))).store
      }
      expect(store({})).toMatchObject({ host: 'db', tls: 'disable' })
      const elsewhere = { PSQL_HOST: 'db.example.com' }
      expect(store(elsewhere)).toMatchObject({ host: 'db.example.com', tls: 'verify-full' })
      expect(store({ ...elsewhere, PSQL_SSLMODE: 'require' })).toMatchObject({ tls: 'require' })
      expect(store({ PSQL_SSLMODE: 'verify-full' })).toMatchObject({ host: 'db', tls: 'verify-full' })
    },
  )

  test('without a host there is no server, and nobody gets a file in its place unseen', () => {
    const error = refusalOf(() => read({}, { PSQL_DB: 'tickets' }))
    expect(error).toMatchObject({ code: 'not-configured' })
    expect(error.message).toContain('PSQL_DB is set, but PSQL_HOST is not')
    expect(read({ store: 'sqlite:a' }, { PSQL_DB: 'tickets' }).store.kind).toBe('sqlite')
  })

  test.each(['mysql://me:s3cret@db/a', 'sqlite:a', 'file:./dev.db', 'db.example.com'])(
    'DATABASE_URL=%s is another program’s',
    (DATABASE_URL) => {
      const error = refusalOf(() => read({}, { DATABASE_URL }))
      expect(error.code).toBe('not-configured')
      expect(error.message).toBe('DATABASE_URL is no address of a PostgreSQL server. Nothing was opened.')
      expect(error.hint).toContain('--store sqlite:FILE')
      expect(read({ store: 'sqlite:a' }, { DATABASE_URL }).store.kind).toBe('sqlite')
    },
  )

  test('a source that names a server gets no password that a weaker one has for another', () => {
    writeFileSync(path.join(cwd, '.auth'), 'PSQL_HOST=old.example.com\nPSQL_PW=old-pass\nPSQL_USER=you\n')
    const env = { PSQL_HOST: 'db.example.com', PSQL_USER: 'me', PSQL_DB: 'jira_tpm' }
    expect(read({}, env).store).toEqual(server)
    expect(read({}, { ...env, PSQL_HOST: 'old.example.com' }).store).toMatchObject({ password: 'old-pass' })
    writeFileSync(path.join(cwd, '.env'), `DATABASE_URL=${url}\n`)
    expect(read({}, env)).toMatchObject({ store: server, storeFixedBy: 'PSQL_HOST' })
  })

  test('but one that has nothing but a password has it for the server that another names', () => {
    writeFileSync(path.join(cwd, '.auth'), 'PSQL_PW=pass\n')
    expect(read({}, { DATABASE_URL: 'postgres://me@db' }).store).toMatchObject({ password: 'pass' })
    expect(read({ store: 'postgres://me@db' }).store).toMatchObject({ password: 'pass' })
    configJson({ store: 'postgres://me@db' })
    expect(read().store).toMatchObject({ password: 'pass' })
    expect(read({ store: 'sqlite:a' }).store).not.toHaveProperty('password')
  })

  test('a relative file is one of the folder that the flag was said in, in config.json one of the workspace', () => {
    const store = 'postgres://me@db.example.com/jira_tpm?sslrootcert=ca.pem'
    expect(read({ store }).store).toMatchObject({ caFile: path.join(cwd, 'ca.pem') })
    configJson({ store })
    expect(read().store).toMatchObject({ caFile: path.join(dataDir, 'ca.pem') })
    expect(read({ store: 'sqlite:a.sqlite' }).store).toEqual({
      kind: 'sqlite',
      file: path.join(cwd, 'a.sqlite'),
    })
  })
})

describe('a password', () => {
  const store = 'postgres://me:s3cret@db.example.com/jira_tpm'

  test.each([store, 'postgres://me@db?password=s3cret'])(
    'in --store %s is refused, with where to put it',
    (text) => {
      const error = refusalOf(() => read({ store: text }))
      expect(error).toMatchObject({ code: 'usage' })
      expect(error.message).toContain('every process on this machine can read')
      expect(error.hint).toMatch(/use-store.*keychain.*PSQL_PW or DATABASE_URL/)
      expect(error.message + error.hint).not.toContain('s3cret')
    },
  )

  test('in config.json is refused: it is plain text', () => {
    configJson({ store })
    const error = refusalOf(() => read())
    expect(error).toMatchObject({ code: 'not-configured' })
    expect(error.message).toContain('plain text')
    expect(error.message + error.hint).not.toContain('s3cret')
  })

  test.each([
    { name: 'DATABASE_URL', env: { DATABASE_URL: store } },
    {
      name: 'PSQL_HOST',
      env: { PSQL_HOST: 'db.example.com', PSQL_USER: 'me', PSQL_DB: 'jira_tpm', PSQL_PW: 's3cret' },
    },
  ])('of the server of $name goes to no other', ({ env }) => {
    const same = 'postgresql://me@DB.example.com:5432/jira_tpm?sslmode=require'
    expect(read({ store: same }, env).store).toMatchObject({ password: 's3cret' })
    for (const other of [
      'postgres://me@db2.example.com/jira_tpm',
      'postgres://me@db.example.com:5433/jira_tpm',
      'postgres://me@db.example.com/other',
      'postgres://you@db.example.com/jira_tpm',
    ]) {
      expect(read({ store: other }, env).store).toMatchObject({ kind: 'postgres', password: null })
    }
  })

  test('of PSQL_HOST does not go to DATABASE_URL', () => {
    const env = { DATABASE_URL: 'postgres://me@db', PSQL_HOST: 'old', PSQL_PW: 's3cret' }
    expect(read({}, env).store).toMatchObject({ password: null })
  })
})

describe('the fallback', () => {
  test('is set in config.json or by the flag, which can undo it', () => {
    expect(read().fallback).toBeNull()
    expect(read({ fallback: 'sqlite' }).fallback).toBe('sqlite')
    configJson({ fallback: 'sqlite' })
    expect(read().fallback).toBe('sqlite')
    expect(read({ fallback: 'none' }).fallback).toBeNull()
  })

  test('is nothing else', () => {
    expect(refusalOf(() => read({ fallback: 'mysql' })).code).toBe('usage')
    configJson({ fallback: 'mysql' })
    expect(refusalOf(() => read()).message).toContain('/fallback')
  })
})

describe('what is saved', () => {
  const stores = [
    server,
    { ...server, host: '::1', port: 5433, tls: 'require' },
    { ...server, host: '/var/run/postgresql', user: 'me:x@corp', database: 'a/b ?&#', tls: 'disable' },
    { ...server, host: 'fe80::1%eth0', caFile: '/etc/ssl/a&b.pem' },
    {
      ...server,
      host: 'a',
      others: [
        { host: '::1', port: 5433 },
        { host: 'c', port: 5432 },
      ],
    },
  ] as const

  test.each(stores)('is what the next start reads: $host', async (store) => {
    configJson({ zone: 'Europe/Berlin' })
    await saveStoreSettings(dataDir, { ...store, password: 's3cret' })
    expect(read()).toMatchObject({ store, zone: 'Europe/Berlin' })
    expect(read({ store: storeText(store) }).store).toEqual(store)
  })

  test("the workspace's own file is the default, and follows the workspace", async () => {
    await saveStoreSettings(dataDir, server)
    await saveStoreSettings(dataDir, { kind: 'sqlite', file: path.join(dataDir, 'tpm.sqlite') })
    expect(read().store).toEqual({ kind: 'sqlite', file: path.join(dataDir, 'tpm.sqlite') })
    const elsewhere = path.join(cwd, 'elsewhere')
    writeFileSync(path.join(cwd, 'config.json'), '{}')
    expect(read({ dataDir: elsewhere }).store).toMatchObject({ file: path.join(elsewhere, 'tpm.sqlite') })
  })

  test('labels name the database and its server', () => {
    const labels = stores.map((store) => storeLabel(store))
    expect(labels).toEqual([
      'db.example.com/jira_tpm',
      '[::1]:5433/jira_tpm',
      '/var/run/postgresql/a/b ?&#',
      '[fe80::1%eth0]/jira_tpm',
      'a,[::1]:5433,c/jira_tpm',
    ])
    expect(storeLabel({ kind: 'sqlite', file: '/data/tpm.sqlite' })).toBe('tpm.sqlite')
  })
})

function replicaOf(env: Record<string, string>): unknown {
  const { store } = read({}, env)
  return store.kind === 'postgres' ? store.replica : 'a file'
}

describe('a read replica', () => {
  const url = 'postgres://me:s3cret@db.example.com/jira_tpm'
  const replica = 'postgres://replica.example.com:5433'
  test('has the primary’s database and login where its address names none, and its own where it does', () => {
    expect(replicaOf({ DATABASE_URL: url })).toBeUndefined()
    const its = { ...server, host: 'replica.example.com', port: 5433, password: 's3cret' }
    expect(replicaOf({ DATABASE_URL: url, DATABASE_REPLICA_URL: replica })).toEqual(its)
    const own = 'postgres://reader:own@replica.example.com:5433/copy?sslmode=require'
    expect(replicaOf({ DATABASE_URL: url, DATABASE_REPLICA_URL: own })).toEqual({
      ...its,
      user: 'reader',
      password: 'own',
      database: 'copy',
      tls: 'require',
    })
    // Of another user the primary's password is none.
    expect(
      replicaOf({ DATABASE_URL: url, DATABASE_REPLICA_URL: 'postgres://reader@replica.example.com:5433' }),
    ).toEqual({ ...its, user: 'reader', password: null })
  })

  test('its address may be in a file', () => {
    writeFileSync(path.join(cwd, 'replica'), `${replica}\n`)
    expect(replicaOf({ DATABASE_URL: url, DATABASE_REPLICA_URL_FILE: 'replica' })).toMatchObject({
      host: 'replica.example.com',
    })
  })

  test('of a file there is none: that is said, unless the file is said just now', () => {
    const env = { DATABASE_REPLICA_URL: replica }
    expect(refusalOf(() => read({}, env)).message).toContain(
      'DATABASE_REPLICA_URL is set, but tickets are kept in the file tpm.sqlite, which no server follows.',
    )
    expect(read({ store: 'sqlite:a' }, env).store.kind).toBe('sqlite')
  })

  test.each([
    ['mysql://a/b', 'is no address of a PostgreSQL server'],
    ['postgres://a,b/c', 'names several servers'],
    ['postgres://a/b?sslmode=prefer', 'has an sslmode that Jira TPM does not have'],
  ])('%s is refused', (address, reason) => {
    const env = { DATABASE_URL: url, DATABASE_REPLICA_URL: address }
    expect(refusalOf(() => read({}, env)).message).toContain(`DATABASE_REPLICA_URL ${reason}`)
  })

  test('a replica that the folder’s .env names gets no login of the environment', () => {
    writeFileSync(path.join(cwd, '.env'), `DATABASE_URL=${url}\nDATABASE_REPLICA_URL=${replica}\n`)
    expect(replicaOf({})).toMatchObject({ host: 'replica.example.com' })
    expect(refusalOf(() => read({}, { DATABASE_URL: url })).message).toContain('DATABASE_REPLICA_URL')
    // What another server is named by takes the former one's replica along.
    expect(replicaOf({ DATABASE_URL: 'postgres://me:x@other.example.com/jira_tpm' })).toBeUndefined()
  })
})
