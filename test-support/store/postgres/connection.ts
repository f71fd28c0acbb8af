import { onTestFinished } from 'vitest'
import { AppError, errorText } from '../../../src-shared/errors/app-error.ts'
import { machineClock } from '../../../src-main/runtime/clock.ts'
import type { PostgresConfig } from '../../../src-main/config/config.ts'
import type { ExclusiveSession, SqlReader } from '../../../src-main/store/postgres/connection/connection.ts'
import {
  openConnection,
  type PostgresDb,
} from '../../../src-main/store/postgres/connection/open-connection.ts'

interface LogLine {
  readonly fields: unknown
  readonly text: string
}

export interface TestConnection extends PostgresDb {
  readonly log: readonly LogLine[]
  /** How often its health has changed. */
  healthChanges(): number
  /** Resolves to how many ms it took from the call until it is in that state. */
  becomes(state: 'up' | 'down', timeoutMs?: number): Promise<number>
}

/** Makes a table `things (id, text)` in our schema. */
async function makeThings(session: ExclusiveSession): Promise<void> {
  await session.write(async (tx) => {
    await tx.query(`
      CREATE SCHEMA IF NOT EXISTS jira_tpm; SET LOCAL search_path = jira_tpm;
      CREATE TABLE IF NOT EXISTS things (id BIGINT PRIMARY KEY, text TEXT NOT NULL)`)
  })
}

/** Opens a connection that is closed with the test. */
export async function testConnection(
  config: PostgresConfig,
  prepare: (session: ExclusiveSession) => Promise<void> = makeThings,
  isPrepared: (reading: SqlReader) => Promise<boolean> = async () => false,
): Promise<TestConnection> {
  const log: LogLine[] = []
  const write = (fields: unknown, text = ''): void => void log.push({ fields, text })
  const connection = await openConnection(config, {
    clock: machineClock,
    log: { info: write, warn: write },
    isPrepared,
    prepare,
  })
  onTestFinished(() => connection.close())
  let changes = 0
  connection.onHealth(() => (changes += 1))
  return {
    ...connection,
    log,
    healthChanges: () => changes,
    becomes: (state, timeoutMs = 10_000) => becomes(connection, state, timeoutMs),
  }
}

async function becomes(connection: PostgresDb, state: 'up' | 'down', timeoutMs: number): Promise<number> {
  const start = performance.now()
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const look = (): void => {
    if (connection.health().state === state) resolve()
  }
  const stop = connection.onHealth(look)
  const late = setTimeout(() => reject(new Error(`not ${state} within ${timeoutMs} ms`)), timeoutMs)
  look()
  try {
    await promise
  } finally {
    stop()
    clearTimeout(late)
  }
  return performance.now() - start
}

/** The AppError that a call fails with, and after how many ms. */
export async function failureOf(call: Promise<unknown>): Promise<{ error: AppError; ms: number }> {
  const start = performance.now()
  const error = await call.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!(error instanceof AppError))
    throw new Error('The call did not fail with an AppError', { cause: error })
  return { error, ms: performance.now() - start }
}

export async function addThing(connection: PostgresDb, id: number, text = 'thing'): Promise<void> {
  await connection.write(async (tx) => {
    await tx.query('INSERT INTO things VALUES ($1, $2)', [id, text])
    tx.notify('site', 'tickets')
  })
}

let lastThing = 500_000

/** Something that is stored and read back: resolves to whether it was. */
export async function works(connection: PostgresDb): Promise<boolean> {
  lastThing += 1
  await addThing(connection, lastThing)
  return (await connection.query('SELECT id FROM things WHERE id = $1', [lastThing])).length === 1
}

/** What the person reads while it is down; empty while it is up. */
export function failureText(connection: PostgresDb): string {
  const health = connection.health()
  return health.state === 'down' ? errorText(health.failure) : ''
}
