import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { expect, inject, onTestFinished, test } from 'vitest'
import { startTestSandbox } from '#jira-sandbox/testing'
import { createCliFixture } from '../../../test-support/commands/cli.ts'
import { emptyDatabase } from '../../../test-support/store/database.ts'
import { startPgbouncer } from '../../../test-support/store/pgbouncer.ts'
import { whyNoPgbouncer } from '../../../test-support/store/pgbouncer-bin.ts'
import { queryOnce } from '../../../test-support/store/postgres-query.ts'
import { PATIENCE } from '../../../test-support/sync/sync.ts'

const COUNT = 30

/** A workspace whose database is behind PgBouncer, and a Jira. */
async function behindPooler(mode: 'transaction' | 'session' | 'statement') {
  const cli = createCliFixture()
  onTestFinished(() => cli.close())
  const sandbox = await startTestSandbox({ historyTickets: 10 })
  onTestFinished(() => sandbox.stop())
  const database = await emptyDatabase()
  const settings = ['admin_users = postgres', 'ignore_startup_parameters = extra_float_digits']
  const pooler = await startPgbouncer(database.config, { mode, poolSize: 5, settings })
  const jira = { JIRA_URL: sandbox.url, JIRA_USER: sandbox.email, JIRA_API_KEY: sandbox.apiToken }
  const { host, port } = database.config
  const env = {
    ...jira,
    JIRA_PROJECT: 'TPM',
    DATABASE_URL: pooler.url,
    DATABASE_DIRECT_URL: `postgres://${host}:${port}`,
  }
  const json = async <T>(
    args: readonly string[],
    given: Readonly<Record<string, string>> = env,
  ): Promise<T> => {
    const { stdout } = await cli.run([...args, '--json'], { env: given })
    return JSON.parse(stdout) as T
  }
  return {
    env,
    json,
    pooler,
    /** Starts a server of that role; what a method of it gives, asked by a token of its own. */
    serve: async (...flags: readonly string[]) => {
      const argv = [inject('programs').cli, 'serve', '--port', '0', '--json', ...flags]
      const own = { ...process.env, ...env, JIRA_TPM_DATA_DIR: cli.dataDir }
      const child = spawn(process.execPath, argv, {
        cwd: cli.cwd,
        env: own,
        stdio: ['ignore', 'pipe', 'ignore'],
      })
      onTestFinished(() => void child.kill('SIGKILL'))
      const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
      const { url } = JSON.parse(line) as { url: string }
      const { token } = await json<{ token: string }>(['token', 'create', '--scope', 'admin'])
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
      return async (method: string): Promise<Record<string, unknown>> => {
        const answer = await fetch(`${url}/api/${method}`, { method: 'POST', headers, body: '{}' })
        return ((await answer.json()) as { result?: Record<string, unknown> }).result ?? {}
      }
    },
  }
}

interface Diagnosis {
  readonly steps: readonly {
    readonly step: string
    readonly state: string
    readonly message: string
    readonly hint: string
  }[]
}

test.skipIf(whyNoPgbouncer() !== null)(
  'a run, a server that fetches and an edge go through a pooler of transactions, and an audit finds nothing lost',
  { timeout: 120_000 },
  async () => {
    const { env, json, pooler, serve } = await behindPooler('transaction')
    const place = `127.0.0.1:${pooler.place.port}`
    const { steps } = await json<Diagnosis>(['doctor'])
    expect(steps.find(({ step }) => step === 'pooler')).toMatchObject({
      state: 'ok',
      message: expect.stringContaining(`short transactions go through the pooler at ${place}`) as string,
    })

    const fetcher = await serve()
    const edge = await serve('--edge')
    const made = await json<{ run: string; created: number }>(
      `create-tickets --count ${COUNT} --minutes 0.1 --seed 89 --yes`.split(' '),
    )
    expect(made.created).toBe(COUNT)
    const stored = (of: typeof edge) => async (): Promise<unknown> =>
      (await of('sync.status'))['storedTickets']
    await expect.poll(stored(fetcher), PATIENCE).toBeGreaterThan(0)
    // The edge has no other way to know of them than the database.
    await expect.poll(async () => (await stored(edge)()) === (await stored(fetcher)()), PATIENCE).toBe(true)
    await expect
      .poll(() => json(['audit', '--run', made.run]), PATIENCE)
      .toMatchObject({ ok: true, created: COUNT })

    const [stats] = (await queryOnce(`postgres://postgres@${place}/pgbouncer`, 'SHOW STATS_TOTALS')).filter(
      ({ database }) => database === pooler.place.database,
    )
    expect(Number(stats?.['xact_count'])).toBeGreaterThan(COUNT)

    // Without the server's own address the same says what is missing.
    const { DATABASE_DIRECT_URL: _, ...without } = env
    const lost = await json<Diagnosis>(['doctor'], without)
    expect(lost.steps.find(({ step }) => step === 'database')).toMatchObject({
      state: 'failed',
      hint: expect.stringContaining('DATABASE_DIRECT_URL') as string,
    })
  },
)
