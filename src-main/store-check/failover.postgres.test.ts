import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { PostgresConfig } from '../config/config.ts'
import { machineClock } from '../runtime/clock.ts'
import { trouble } from '../../test-support/store-check/store-check.ts'
import { testConfig } from '../../test-support/store/postgres-config.ts'
import { queryOnce } from '../../test-support/store/postgres-query.ts'
import { startPostgres, type TestPostgres } from '../../test-support/store/postgres.ts'
import { checkStore } from './check-store.ts'
import { failoverText, replicationOf } from './failover.ts'

let primary: TestPostgres
let standby: TestPostgres
beforeAll(async () => {
  primary = await startPostgres()
  await queryOnce(primary.url(), 'CREATE ROLE plain LOGIN')
  await queryOnce(primary.url(), 'CREATE DATABASE tickets OWNER plain')
  await primary.kill()
  standby = await startPostgres({ standbyOf: primary })
  await primary.restart()
})
afterAll(async () => {
  await Promise.all([primary.stop(), standby.stop()])
})

function several(): PostgresConfig {
  const { host, port } = primary
  const others = [{ host, port }]
  return { ...testConfig({ host, port: standby.port, database: 'tickets' }), user: 'plain', others }
}

/** What the doctor would say to a plain login, which sees little of others' sessions. */
async function said(): Promise<ReturnType<typeof failoverText>> {
  let found: ReturnType<typeof failoverText> = null
  await checkStore(several(), {
    password: async () => null,
    clock: machineClock,
    signal: new AbortController().signal,
    onDone: async (client) => {
      found = failoverText(await replicationOf(client), 1)
    },
  })
  return found
}

async function set(name: string, value: string): Promise<void> {
  await queryOnce(primary.url(), `ALTER SYSTEM SET ${name} = ${value}`)
  await queryOnce(primary.url(), 'SELECT pg_reload_conf()')
}

test('whether commits wait for a standby, and what a failover loses where they do not', async () => {
  await vi.waitFor(async () => expect((await said())?.message).toMatch(/^Commits do not wait/), 30_000)
  expect(await said()).toMatchObject({
    message: expect.stringMatching(/a failover loses what .* may be sent to Jira twice/) as string,
    hint: expect.stringContaining('synchronous_standby_names') as string,
  })
  await set('synchronous_standby_names', "'ANY 1 (*)'")
  await vi.waitFor(
    async () =>
      expect(await said()).toEqual({
        message: 'Each commit waits for a standby (ANY 1 (*)): a failover loses nothing.',
      }),
    30_000,
  )
  await set('synchronous_commit', "'local'")
  await vi.waitFor(async () => expect((await said())?.message).toMatch(/^Commits do not wait/), 30_000)
  await set('synchronous_commit', "'on'")
  await set('synchronous_standby_names', "''")
})

test('nothing is said of one server that nobody follows; of several it is', () => {
  const alone = { names: '', commit: 'on', followers: 0 }
  expect(failoverText(alone, 1)).toBeNull()
  expect(failoverText(alone, 2)?.message).toMatch(/^No standby follows/)
  expect(failoverText({ ...alone, names: 'ANY 1 (*)' }, 1)?.hint).toMatch(/^Nothing can be stored until/)
})

test('of several servers the one that takes writes is checked; one that would not do after a failover is a warning', async () => {
  expect(await trouble(several())).toBe('')
  await standby.kill()
  expect(await trouble(several())).toMatch(
    /^host warning: Of 2 servers 127\.0\.0\.1:\d+ takes the writes; 127\.0\.0\.1:\d+ cannot be reached: nothing answers/,
  )
  await standby.restart()
})

test('a standby that was given as the server says so, and that the primary is to be named', async () => {
  const { others: _, ...alone } = several()
  expect(await trouble(alone)).toMatch(/^rights failed: The server is a standby: .* address of the primary/)
})

test('where none takes writes the first step says so, and nothing else is tried', async () => {
  await primary.kill()
  expect(await trouble(several())).toMatch(
    /^host failed: None of the servers .* takes writes now: .* is a standby, .*; .* cannot be reached/,
  )
  await primary.restart()
})
