import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createCliFixture } from '../../../test-support/commands/cli.ts'
import { queryOnce } from '../../../test-support/store/postgres-query.ts'
import { startPostgres } from '../../../test-support/store/postgres.ts'

test('an address of several servers works in doctor and use-store, and is kept as it was given', async () => {
  const cli = createCliFixture()
  onTestFinished(() => cli.close())
  const primary = await startPostgres()
  onTestFinished(() => primary.stop())
  await queryOnce(primary.url(), 'CREATE ROLE plain LOGIN')
  await queryOnce(primary.url(), 'CREATE DATABASE tickets OWNER plain')
  await primary.kill()
  const standby = await startPostgres({ standbyOf: primary })
  onTestFinished(() => standby.stop())
  await primary.restart()
  const follows = (): Promise<unknown[]> => queryOnce(primary.url(), 'SELECT pid FROM pg_stat_replication')
  await vi.waitFor(async () => expect(await follows()).toHaveLength(1), 30_000)
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
