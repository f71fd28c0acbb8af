import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import type { PostgresConfig } from '../config/config.ts'
import { machineClock } from '../runtime/clock.ts'
import { createCliFixture } from '../../test-support/commands/cli.ts'
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

test('an address of several servers works in doctor and use-store, and is kept as it was given', async () => {
  const cli = createCliFixture()
  onTestFinished(() => cli.close())
  const address = `plain@127.0.0.1:${standby.port},127.0.0.1:${primary.port}/tickets`
  const diagnosed = await cli.run(['doctor', '--json'], { env: { DATABASE_URL: `postgres://${address}` } })
  const { steps } = JSON.parse(diagnosed.stdout) as { steps: { step: string; message: string }[] }
  const messageOf = (name: string): string | undefined => steps.find(({ step }) => step === name)?.message
  expect(messageOf('host')).toBe(`Of 2 servers 127.0.0.1:${primary.port} takes the writes.`)
  expect(messageOf('failover')).toMatch(/^Commits do not wait for a standby/)
  expect(diagnosed.code).toBe(0)

  const used = await cli.run(['use-store', `postgres://${address}`, '--json'])
  expect(used.code).toBe(0)
  expect(JSON.parse(used.stdout)).toMatchObject({ label: address.replace('plain@', '') })
  const kept = JSON.parse(readFileSync(path.join(cli.dataDir, 'config.json'), 'utf8')) as unknown
  expect(kept).toMatchObject({ store: `postgres://${address}?sslmode=disable` })
  const counted = await cli.run(['counts', '--json'])
  expect(counted.code).toBe(0)
})

test('where none takes writes the first step says so, and nothing else is tried', async () => {
  await primary.kill()
  expect(await trouble(several())).toMatch(
    /^host failed: None of the servers .* takes writes now: .* is a standby, .*; .* cannot be reached/,
  )
  await primary.restart()
})
