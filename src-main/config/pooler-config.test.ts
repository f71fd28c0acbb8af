import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Config } from './config.ts'
import { readConfig, type ConfigFlags } from './read-config.ts'
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

describe('a pooler before the server', () => {
  const DATABASE_URL = 'postgres://me:s3cret@pool.example.com:6432/alias?pgbouncer=true'
  const direct = 'postgres://a.example.com,b.example.com/jira_tpm'

  test('the store is the server of DATABASE_DIRECT_URL, logged in at as at the pooler', () => {
    const { store, storeFixedBy } = read({}, { DATABASE_URL, DATABASE_DIRECT_URL: direct })
    expect(store).toEqual({
      ...server,
      host: 'a.example.com',
      others: [{ host: 'b.example.com', port: 5432 }],
      password: 's3cret',
      pooler: { host: 'pool.example.com', port: 6432, database: 'alias', tls: 'verify-full', caFile: null },
    })
    expect(storeFixedBy).toBe('DATABASE_URL')
    const old = { PSQL_HOST: 'pool.example.com', PSQL_USER: 'me', PSQL_PW: 'pass' }
    expect(read({}, { ...old, DATABASE_DIRECT_URL: direct }).store).toMatchObject({
      host: 'a.example.com',
      password: 'pass',
      pooler: { host: 'pool.example.com' },
    })
    expect(read({ store: 'sqlite:a' }, { DATABASE_URL, DATABASE_DIRECT_URL: direct }).store.kind).toBe(
      'sqlite',
    )
  })

  test.each([
    [{ DATABASE_DIRECT_URL: direct }, 'DATABASE_DIRECT_URL is set, but DATABASE_URL is not'],
    [{ DATABASE_URL, DATABASE_DIRECT_URL: 'mysql://a/b' }, 'is no address of a PostgreSQL server'],
    [{ DATABASE_URL, DATABASE_DIRECT_URL: 'postgres://you@db/a' }, 'has another user or password'],
    [{ DATABASE_URL, DATABASE_DIRECT_URL: 'postgres://me:other@db/a' }, 'has another user or password'],
    [{ DATABASE_URL: 'postgres://me@a,b/c', DATABASE_DIRECT_URL: direct }, 'several hosts of a pooler'],
  ])('%j is refused', (env, words) => {
    const error = refusalOf(() => read({}, env))
    expect(error.code).toBe('not-configured')
    expect(error.message).toContain(words)
    expect(error.message + error.hint).not.toMatch(/s3cret|other@/)
  })

  test('a folder’s file leads no password of the environment to a server of its own, nor the other way round', () => {
    writeFileSync(path.join(cwd, '.env'), `DATABASE_DIRECT_URL=${direct}\n`)
    expect(refusalOf(() => read({}, { DATABASE_URL })).message).toMatch(
      /^DATABASE_URL of the environment is not used with DATABASE_DIRECT_URL of /,
    )
    writeFileSync(path.join(cwd, '.env'), 'DATABASE_URL=postgres://me@pool.example.com/a\n')
    const env = { DATABASE_DIRECT_URL: 'postgres://me:s3cret@db.example.com/a' }
    expect(refusalOf(() => read({}, env)).message).toMatch(
      /^DATABASE_DIRECT_URL of the environment is not used with DATABASE_URL of /,
    )
  })
})
