import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { pino } from 'pino'
import { machineClock } from '../runtime/clock.ts'
import { openStore } from '../store/open-store.ts'
import { readMigrations } from '../store/migrate.ts'
import { checkVersion, refusalText } from './check-store.ts'
import {
  check,
  startGuardedServer,
  trouble,
  type GuardedServer,
} from '../../test-support/store-check/store-check.ts'

let server: GuardedServer
beforeAll(async () => {
  server = await startGuardedServer()
})
afterAll(() => server.stop())
beforeEach(async () => {
  await server.sql('DROP DATABASE tickets WITH (FORCE)')
  await server.sql('CREATE DATABASE tickets OWNER owner')
})

/** The tables, made by their owner. */
async function makeTables(): Promise<void> {
  const config = server.config()
  const parts = { clock: machineClock, log: pino({ level: 'silent' }), password: config.password }
  await (await openStore(config, parts)).close()
}

/** The statements that a hint has for an administrator to paste, run as one. */
async function obey(hint: string): Promise<void> {
  const statements = hint.match(/\b(?:CREATE|GRANT|ALTER)\b[^;]*;/g) ?? []
  expect(statements, hint).not.toEqual([])
  for (const statement of statements) await server.sql(statement, 'tickets')
}

const guest = { user: 'guest' }

describe('what a hint tells an administrator to run is what was missing', () => {
  test('no right to connect', async () => {
    await server.sql('REVOKE CONNECT ON DATABASE tickets FROM PUBLIC')
    const said = await trouble(server.config(guest))
    expect(said).toMatch(/^database failed: .*does not allow the user guest/)
    await obey(said)
    expect(await trouble(server.config(guest))).toBe('')
  })

  test('no database', async () => {
    await server.sql('DROP DATABASE tickets')
    const { steps } = await check(server.config())
    expect(steps[4]).toMatchObject({ state: 'failed', message: 'The server has no database tickets.' })
    await server.sql(/CREATE DATABASE [^;]*/.exec(steps[4]?.hint ?? '')?.[0] ?? '')
    expect(await trouble(server.config())).toBe('')
  })

  test.each([
    { name: 'by its own schema', part: /CREATE SCHEMA[^;]*;/ },
    { name: 'by the right to make it', part: /GRANT CREATE[^;]*;/ },
  ])('no right to make the schema, got $name', async ({ part }) => {
    const said = await trouble(server.config(guest))
    expect(said).toMatch(/^rights failed: The user guest may not make the schema jira_tpm/)
    await obey(part.exec(said)?.[0] ?? '')
    expect(await trouble(server.config(guest))).toBe('')
  })

  test('no right to use the schema and its tables', async () => {
    await makeTables()
    const said = await trouble(server.config(guest))
    expect(said).toMatch(/^rights failed: The user may not use the schema jira_tpm/)
    await obey(said)
    const done = await check(server.config(guest))
    expect(done.state).toBe('green')
    expect(done.steps[6]?.message).toContain('Only their owner, owner, may make them anew')
  })

  test('no right to write in the tables', async () => {
    await makeTables()
    await server.sql('GRANT USAGE ON SCHEMA jira_tpm TO guest', 'tickets')
    await server.sql('GRANT SELECT ON ALL TABLES IN SCHEMA jira_tpm TO guest', 'tickets')
    const said = await trouble(server.config(guest))
    expect(said).toMatch(/^rights failed: The user may not read and write these tables .*\btickets\b/)
    await obey(said)
    expect(await trouble(server.config(guest))).toBe('')
  })

  test('no right to make tables in a schema that is there', async () => {
    await server.sql('CREATE SCHEMA jira_tpm', 'tickets')
    await server.sql('GRANT USAGE ON SCHEMA jira_tpm TO guest', 'tickets')
    const said = await trouble(server.config(guest))
    expect(said).toMatch(/^rights failed: The user may not make tables in the schema jira_tpm/)
    await obey(said)
    expect(await trouble(server.config(guest))).toBe('')
  })

  test('a user that is set to read only', async () => {
    await server.sql('ALTER ROLE owner SET default_transaction_read_only = on')
    const said = await trouble(server.config())
    expect(said).toMatch(/^rights failed: .*takes no writes from the user owner/)
    await obey(said)
    expect(await trouble(server.config())).toBe('')
  })

  test('older tables that only their owner may bring up to date', async () => {
    await makeTables()
    await server.sql('GRANT USAGE ON SCHEMA jira_tpm TO guest', 'tickets')
    await server.sql('GRANT CREATE ON SCHEMA jira_tpm TO guest', 'tickets')
    await server.sql('GRANT ALL ON ALL TABLES IN SCHEMA jira_tpm TO guest', 'tickets')
    await forgetLastMigration()
    const said = await trouble(server.config(guest))
    expect(said).toMatch(/^tables failed: .*only owner may bring them up to date/)
    await obey(said)
    expect(await trouble(server.config(guest))).toMatch(/^tables warning: .*they are brought up to date/)
    await server.sql('REVOKE owner FROM guest')
  })
})

describe('the tables', () => {
  test('up to date', async () => {
    await makeTables()
    const done = await check(server.config())
    expect(done.steps.slice(6).map(({ state, message }) => [state, message])).toEqual([
      ['ok', 'The user owner may read and write the tables of the schema jira_tpm.'],
      ['ok', 'The tables are there, and up to date.'],
    ])
  })

  test('older: they will be brought up to date, and are not yet', async () => {
    await makeTables()
    await forgetLastMigration()
    const before = await migrations()
    expect(await trouble(server.config())).toMatch(
      /^tables warning: .*older version.*have everybody who shares/,
    )
    expect(await migrations()).toEqual(before)
  })

  test('newer: refused', async () => {
    await makeTables()
    await server.sql(
      "INSERT INTO jira_tpm.migrations (number, name, part, checksum, applied_ms) VALUES (9999, 'later', 'ledger', 'x', 0)",
      'tickets',
    )
    expect(await trouble(server.config())).toMatch(
      /^tables failed: .*newer version.*9999_later.*Install the newer/,
    )
  })

  test('of another program', async () => {
    await server.sql('CREATE SCHEMA jira_tpm AUTHORIZATION owner', 'tickets')
    await server.sql(
      'CREATE TABLE jira_tpm.theirs (n INT); ALTER TABLE jira_tpm.theirs OWNER TO owner',
      'tickets',
    )
    expect(await trouble(server.config())).toMatch(/^rights failed: .*belongs to another program/)
  })

  test('of another program, whose user is somebody else', async () => {
    await server.sql('CREATE SCHEMA jira_tpm; CREATE TABLE jira_tpm.migrations (id INT)', 'tickets')
    expect(await trouble(server.config())).toMatch(/^rights failed: .*belongs to another program/)
  })

  test('dropped by a person', async () => {
    await makeTables()
    await server.sql("UPDATE jira_tpm.migrations SET dropped_ms = 1 WHERE part = 'tickets'", 'tickets')
    expect(await trouble(server.config())).toMatch(
      /^tables warning: The ticket tables were dropped.*create-table/,
    )
  })
})

describe('a server or database that will not do', () => {
  test('texts that are not UTF-8', async () => {
    await server.sql(
      "CREATE DATABASE latin OWNER owner ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0",
    )
    expect(await trouble(server.config({ database: 'latin' }))).toMatch(
      /^database failed: .*keeps its texts as LATIN1.*ENCODING 'UTF8'/,
    )
  })

  test('version 12', () => {
    const state = { version: 120_022, versionName: '12.22', encoding: 'UTF8', isReadOnly: false }
    const refused = (): unknown => {
      try {
        return checkVersion(state)
      } catch (error) {
        return refusalText(error as Error, server.config())
      }
    }
    expect(refused()).toEqual({
      message: 'The server is version 12.22, and Jira TPM needs 13 or newer.',
      hint: 'Use a newer server, or SQLite.',
    })
  })

  test('a standby', async () => {
    const standby = await startGuardedServer()
    try {
      standby.write('standby.signal', '')
      await standby.restart()
      expect(await trouble(standby.config())).toMatch(/^rights failed: The server is a standby.*primary/)
    } finally {
      await standby.stop()
    }
  })
})

async function forgetLastMigration(): Promise<void> {
  const last = readMigrations('postgres').at(-1)?.number ?? 0
  await server.sql(`DELETE FROM jira_tpm.migrations WHERE number = ${last}`, 'tickets')
}

function migrations(): Promise<Record<string, unknown>[]> {
  return server.sql('SELECT number FROM jira_tpm.migrations ORDER BY number', 'tickets')
}
