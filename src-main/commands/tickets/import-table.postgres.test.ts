import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Environment } from '../../config/environment.ts'
import {
  PASSWORD,
  startGuardedServer,
  type GuardedServer,
} from '../../../test-support/store-check/store-check.ts'
import { OLD_ROWS, oldTableSql } from '../../../test-support/transfer/old-table.ts'
import { createCliFixture, type CliFixture, type CliResult } from '../../../test-support/commands/cli.ts'

let server: GuardedServer
let cli: CliFixture
beforeAll(async () => {
  server = await startGuardedServer()
  await server.sql(`${oldTableSql()}; ALTER TABLE tickets OWNER TO owner`, 'tickets')
})
afterAll(() => server.stop())
beforeEach(() => {
  cli = createCliFixture()
})
afterEach(() => cli.close())

const READ = { read: OLD_ROWS.length, imported: OLD_ROWS.length, table: 'public.tickets', format: 'table' }

function address(user = 'owner'): string {
  return `postgres://${user}@127.0.0.1:${server.port}/tickets`
}

/** Imports from the guarded database into the workspace's file. */
async function importAs(options: Parameters<CliFixture['run']>[1], ...flags: string[]): Promise<CliResult> {
  const result = await cli.run(['import', address(), '--json', ...flags], options)
  expect(result.stdout + result.stderr).not.toContain(PASSWORD)
  return result
}

test('the live table, with the password of PSQL_PW', async () => {
  const { code, stdout } = await importAs({ env: { PSQL_PW: PASSWORD } })
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject(READ)
  const again = await importAs({ env: { PSQL_PW: PASSWORD } }, '--table', 'tickets')
  expect(JSON.parse(again.stdout)).toMatchObject({ imported: 0, unchanged: OLD_ROWS.length })
})

test('with the password that the person types, unseen', async () => {
  const { code, stdout, stderr } = await importAs({
    isTTY: true,
    answers: [[/Password of owner/, `${PASSWORD}\r`]],
  })
  expect(stderr).toContain('Password of owner')
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject(READ)
})

test('the store that is set may be the same database: its password is used', async () => {
  const url = address().replace('owner@', `owner:${encodeURIComponent(PASSWORD)}@`)
  const { code, stdout } = await importAs({ env: { DATABASE_URL: url } })
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject(READ)
})

test.each<[string, Environment, string[]]>([
  [
    'DATABASE_URL names another database',
    { DATABASE_URL: `postgres://o:${PASSWORD}@db/x` },
    ['--store', 'sqlite:a'],
  ],
  ['PSQL_HOST names another server', { PSQL_HOST: 'db', PSQL_PW: PASSWORD }, ['--store', 'sqlite:a']],
  [
    'PSQL_PW is the store’s',
    { PSQL_PW: PASSWORD },
    ['--store', 'postgres://postgres@127.0.0.1:PORT/tickets'],
  ],
])('a password of another server is not sent to this one: %s', async (_what, env, flags) => {
  const result = await importAs({ env }, ...flags.map((flag) => flag.replace('PORT', String(server.port))))
  expect(result.stderr).toContain('wants a password for the user owner, and none is set')
  expect(result).toMatchObject({ code: 3, stdout: '' })
})

test('a server that is not there: exit 1', async () => {
  const { code, stderr } = await cli.run(['import', 'postgres://owner@127.0.0.1:1/tickets'])
  expect(stderr).toContain('cannot be reached: nothing answers at that address. Nothing was imported.')
  expect(code).toBe(1)
})

test('no table of that name: exit 2', async () => {
  const result = await importAs({ env: { PSQL_PW: PASSWORD } }, '--table', 'nowhere')
  expect(result.stderr).toContain('There is public.tickets.')
  expect(result).toMatchObject({ code: 2, stdout: '' })
})
