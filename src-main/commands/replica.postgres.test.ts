import path from 'node:path'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { startTestSandbox, type TestSandbox } from '#jira-sandbox/testing'
import type { AsOf } from '../../src-shared/contract/store.ts'
import { createCliFixture, type CliFixture, type CliResult } from '../../test-support/commands/cli.ts'
import { queryOnce } from '../../test-support/store/postgres-query.ts'
import { startPostgres, type TestPostgres } from '../../test-support/store/postgres.ts'

let sandbox: TestSandbox
let primary: TestPostgres
let standby: TestPostgres
let cli: CliFixture

beforeAll(async () => {
  primary = await startPostgres()
  await primary.kill()
  standby = await startPostgres({ standbyOf: primary })
  await primary.restart()
  sandbox = await startTestSandbox({ historyTickets: 300, historyHours: 200 })
  cli = createCliFixture({ TZ: 'UTC' })
  await run('fetch-tickets')
})
afterAll(async () => {
  cli.close()
  await Promise.all([sandbox.stop(), primary.stop(), standby.stop()])
})

async function run(line: string): Promise<CliResult> {
  const env = {
    JIRA_URL: sandbox.url,
    JIRA_USER: sandbox.email,
    JIRA_API_KEY: sandbox.apiToken,
    DATABASE_URL: primary.url(),
    DATABASE_REPLICA_URL: standby.url(),
  }
  return cli.run(line.split(' '), { env })
}

function linesOf(name: string): number {
  return readFileSync(path.join(cli.cwd, name), 'utf8').split('\n').length
}

type PrintedAsOf = Omit<AsOf, 'atMs'> & { readonly at: string }

async function asOfFrom(line: string): Promise<PrintedAsOf | undefined> {
  const { code, stdout, stderr } = await run(`${line} --json`)
  expect(`${code} ${stderr}`).toMatch(/^0/)
  return (JSON.parse(stdout) as { asOf?: PrintedAsOf }).asOf
}

const LONG = [
  'counts --from -30d',
  'export all.csv',
  'plot-data --png a.png --from -30d',
  'audit --from -2h --to -1h',
]
const label = (): string => `127.0.0.1:${standby.port}/postgres`

test('what is read from a replica says of when it is; a short span is of the primary', async () => {
  for (const line of LONG) {
    const beforeMs = Date.now()
    await vi.waitFor(async () => {
      const asOf = await asOfFrom(line)
      expect(asOf).toEqual({ at: expect.any(String) as string, behindMs: 0, server: label(), notice: null })
      expect(Date.parse(asOf?.at ?? '')).toBeGreaterThanOrEqual(beforeMs)
    }, 30_000)
  }
  expect(await asOfFrom('counts --from -6d')).toBeUndefined()
  const { stdout } = await run('counts --from -30d')
  expect(stdout).toMatch(
    new RegExp(String.raw`^As of \d{4}-\d\d-\d\d \d\d:\d\d:\d\d, read from the replica ${label()}\.$`, 'm'),
  )
  const report = await run('report --from -30d')
  expect(report.stdout).toContain('read from the replica')
  const doctor = await run('doctor')
  expect(doctor.stdout).toContain(
    `The replica ${label()} has all that the primary has: audits, exports and long spans are read from it.`,
  )
})

test('while it lags each says so, an audit loses nothing, and nothing is read that is too old', async () => {
  await queryOnce(standby.url(), 'SELECT pg_wal_replay_pause()')
  onTestFinished(() => queryOnce(standby.url(), 'SELECT pg_wal_replay_resume()').then(() => {}))
  const state = (): Promise<unknown> =>
    queryOnce(standby.url(), 'SELECT pg_get_wal_replay_pause_state() AS state')
  await vi.waitFor(async () => expect(await state()).toEqual([{ state: 'paused' }]), 30_000)
  expect(
    (await run('create-tickets --count 3 --minutes 0.1 --weights Highest=1 --project TPM --yes')).code,
  ).toBe(0)
  expect((await run('fetch-tickets')).code).toBe(0)

  const { stdout } = await run('counts --from -30d')
  expect(stdout).toMatch(/^As of .*: the replica \S+ is \d+ s behind the primary\.$/m)
  const lagging = await asOfFrom('export old.csv')
  expect(lagging?.behindMs).toBeGreaterThan(0)
  expect(linesOf('old.csv')).toBe(linesOf('all.csv')) // not there yet, and it says so

  const audit = await run('audit')
  expect(audit.code).toBe(0)
  expect(audit.stdout).toMatch(
    /As of .*\. The replica \S+ is \d+ s behind the primary, and nothing may be missing here, so the primary is read in its place\./,
  )
  const doctor = await run('doctor')
  expect(doctor.stdout).toMatch(/The replica \S+ is \d+ s behind the primary: audits, exports and long/)
})

test('one that is gone is said by doctor and in each answer, and the work goes on', async () => {
  await standby.kill()
  onTestFinished(() => standby.restart())
  for (const line of LONG) {
    const asOf = await asOfFrom(line)
    expect(asOf?.server).toBe(`127.0.0.1:${primary.port}/postgres`)
    expect(asOf?.notice).toBe(
      `The replica ${label()} cannot be reached: nothing answers at that address, so the primary is read in its place.`,
    )
  }
  const doctor = await run('doctor --json')
  const { steps } = JSON.parse(doctor.stdout) as { steps: Record<string, string>[] }
  expect(steps.find(({ step }) => step === 'replica')).toMatchObject({
    state: 'warning',
    message: expect.stringContaining('nothing answers at that address') as string,
  })
})
