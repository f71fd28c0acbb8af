import type { StoreCheck } from '../../src-shared/contract/store.ts'
import { machineClock, type Clock } from '../../src-main/runtime/clock.ts'
import type { PostgresConfig } from '../../src-main/config/config.ts'
import { testConfig } from '../store/postgres-config.ts'
import { queryOnce } from '../store/postgres-query.ts'
import { startPostgres, type PostgresOptions, type TestPostgres } from '../store/postgres.ts'
import { checkStore } from '../../src-main/store-check/check-store.ts'

/** Waits as the machine's clock does, but a twentieth of the time. */
export const hastyClock: Clock = {
  ...machineClock,
  sleep: (ms, signal) => machineClock.sleep(ms / 20, signal),
}

/** Checks a store whose password is that of the configuration. */
export async function check(
  { password, ...config }: PostgresConfig,
  {
    clock = machineClock,
    onChange = (): void => {},
  }: { clock?: Clock; onChange?: (now: StoreCheck) => void } = {},
): Promise<StoreCheck> {
  const { signal } = new AbortController()
  const parts = { password: async () => password, clock, signal, onChange }
  return (await checkStore({ ...config, password: null }, parts)).check
}

/** Each step that failed, or is a warning, with what was said of it. */
export async function trouble(config: PostgresConfig, clock?: Clock): Promise<string> {
  const { steps } = await check(config, clock === undefined ? {} : { clock })
  const told = steps.filter(({ state }) => state === 'failed' || state === 'warning')
  return told.map(({ id, state, message, hint }) => `${id} ${state}: ${message} ${hint}`).join('\n')
}

export const PASSWORD = 'correct horse battery'

/** A server that wants a password, with a database `tickets` of the user `owner`. */
export interface GuardedServer extends TestPostgres {
  /** The owner's `tickets`, with the password, where nothing else is said. */
  config(changes?: Partial<PostgresConfig>): PostgresConfig
  /** Runs a statement as the superuser, who needs none. */
  sql(text: string, database?: string): Promise<Record<string, unknown>[]>
}

/** `outsider` has no line. */
const PG_HBA = `
local   all all                            trust
host    all postgres          127.0.0.1/32 trust
hostssl all careful           127.0.0.1/32 scram-sha-256
host    all owner,guest,crowd 127.0.0.1/32 scram-sha-256
`

export async function startGuardedServer(options: PostgresOptions = {}): Promise<GuardedServer> {
  const server = await startPostgres(options)
  const sql = (text: string, database = 'postgres'): Promise<Record<string, unknown>[]> =>
    queryOnce(server.url(database), text)
  for (const role of ['owner', 'guest', 'careful', 'crowd', 'outsider']) {
    await sql(
      `CREATE ROLE ${role} LOGIN PASSWORD '${PASSWORD}' ${role === 'crowd' ? 'CONNECTION LIMIT 0' : ''}`,
    )
  }
  await sql('CREATE DATABASE tickets OWNER owner')
  server.write('pg_hba.conf', PG_HBA)
  await server.restart()
  const { host, port } = server
  return Object.assign(server, {
    sql,
    config: (changes: Partial<PostgresConfig> = {}): PostgresConfig => ({
      ...testConfig({ host, port, database: 'tickets' }),
      user: 'owner',
      password: PASSWORD,
      ...changes,
    }),
  })
}
