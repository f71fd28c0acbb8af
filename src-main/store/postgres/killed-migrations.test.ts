import { fileURLToPath } from 'node:url'
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { expect, test, vi } from 'vitest'
import { machineClock } from '../../runtime/clock.ts'
import { bundled } from '../../../test-support/process/bundled.ts'
import { startTestChild } from '../../../test-support/process/child.ts'
import { migrate, readMigrations } from '../migrate.ts'
import { testDatabase, type TestDatabase } from '../../../test-support/store/database.ts'
import { migrationTarget } from './migrations.ts'
import { testConnection } from '../../../test-support/store/postgres/connection.ts'

const LONG = process.env['JIRA_TPM_LONG'] !== undefined
const DATABASES = LONG ? 20 : 1
/** Which moments it strikes; JIRA_TPM_SEED repeats a campaign, as far as a machine does the same twice. */
const SEED = Number(process.env['JIRA_TPM_SEED'] ?? machineClock.now() % 2 ** 31)
/** Each statement of a migration takes so much longer: about as long as all of them take here otherwise. */
const SLOWER_S = 0.02
/** A process lives so long at most, from when it begins. */
const LIFE_MS = 600
const SCRIPT = fileURLToPath(new URL('../../../test-support/store/postgres/make-tables.ts', import.meta.url))

test(
  'processes that are killed while they make the tables leave nothing half, and the next one goes on',
  { timeout: DATABASES * 30_000 + 30_000 },
  async () => {
    const script = bundled(SCRIPT)
    const random = xoroshiro128plus(SEED)
    const whole = await shapesByMigrations()
    const seen = new Set<number>()
    let allKills = 0
    for (let n = 0; n < DATABASES; n++) {
      const database = await testDatabase({ empty: true })
      await slowDown(database)
      let kills = 0
      for (let made = 0; made < readMigrations('postgres').length;) {
        // The longer nothing has come of it, the longer one lives: in the end it is done.
        const patienceMs = uniformFloat64(random) * LIFE_MS + kills * 60
        if (await liveFor(script, database, patienceMs)) kills += 1
        const shape = await shapeOf(database)
        made = shape.migrations
        seen.add(made)
        expect(shape.tables).toEqual(whole.get(made))
      }
      expect(await liveFor(script, database, 20_000)).toBe(false)
      allKills += kills
    }
    console.log(
      `migrations with seed ${SEED}: ${allKills} kills, found with ${[...seen].join(', ')} of them made`,
    )
    expect(allKills).toBeGreaterThanOrEqual(2 * DATABASES)
    expect(seen.size).toBeGreaterThan(2)
  },
)

/** Lets a process make the tables, and kills it after so long. False where it was done by then. */
async function liveFor(script: string, database: TestDatabase, lifeMs: number): Promise<boolean> {
  const child = await startTestChild(script)
  child.tell(database.config)
  const done = new AbortController()
  void child.end().then(() => done.abort())
  await machineClock.sleep(lifeMs, done.signal).catch(() => {})
  const killed = (await child.kill()) === null
  // The server learns of its death when it has done what it is at.
  await vi.waitFor(async () => {
    const left = await database.query(
      `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'jira-tpm'`,
    )
    expect(left).toEqual([])
  }, 20_000)
  return killed
}

interface Shape {
  readonly migrations: number
  /** Tables, columns and indexes. */
  readonly tables: unknown
}

async function shapeOf(database: TestDatabase): Promise<Shape> {
  const there = await database.query(`SELECT to_regclass('jira_tpm.migrations') IS NOT NULL AS there`)
  const [count] =
    there[0]?.['there'] === true
      ? await database.query('SELECT COUNT(*)::int AS n FROM jira_tpm.migrations')
      : []
  const tables = await database.query(`
    SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || COALESCE(collation_name, '') AS what
    FROM information_schema.columns WHERE table_schema = 'jira_tpm'
    UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'jira_tpm' ORDER BY 1`)
  return { migrations: Number(count?.['n'] ?? 0), tables }
}

/** What a database looks like after each number of migrations. */
async function shapesByMigrations(): Promise<ReadonlyMap<number, unknown>> {
  const database = await testDatabase({ empty: true })
  const all = readMigrations('postgres')
  const db = await testConnection(database.config, async () => {})
  const shapes = new Map<number, unknown>([[0, []]])
  for (let n = 1; n <= all.length; n++) {
    await db.alone((session) =>
      migrate(migrationTarget({ session, label: 'the test', clock: machineClock }), all.slice(0, n)),
    )
    shapes.set(n, (await shapeOf(database)).tables)
  }
  return shapes
}

async function slowDown(database: TestDatabase): Promise<void> {
  await database.query(`
    CREATE FUNCTION public.slow() RETURNS event_trigger LANGUAGE plpgsql
    AS $$ BEGIN PERFORM pg_sleep(${SLOWER_S}); END $$`)
  await database.query('CREATE EVENT TRIGGER slow ON ddl_command_end EXECUTE FUNCTION public.slow()')
}
