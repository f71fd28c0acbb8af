import { expect } from 'vitest'
import { machineClock } from '../../src-main/runtime/clock.ts'
import type { TestSandbox } from '#jira-sandbox/testing'
import { SCHEMA } from '../../src-main/store/postgres/connection/client.ts'
import { countDifferences } from '../store/count-differences.ts'
import { queryOnce } from '../store/postgres-query.ts'
import type { TestPostgres } from '../store/postgres.ts'

const EVERY_MS = 150
const LOOK_TIMEOUT_MS = 3_000

interface LooksParts {
  readonly server: TestPostgres
  readonly site: TestSandbox
  readonly watched: readonly number[]
  /** A ticket is found by a search so long after it was made or changed, at the latest (site ms). */
  readonly lagMs: number
}

/**
 * Looks into the tables again and again, past every instance and whenever the server answers: the counts are those of
 * the tickets, and the watermark has passed no ticket that is not stored.
 */
export function startLooking(parts: LooksParts) {
  const over = new AbortController()
  let looks = 0
  const lookOn = async (): Promise<void> => {
    while (!over.signal.aborted) {
      if (await look(parts)) looks += 1
      await machineClock.sleep(EVERY_MS, over.signal).catch(() => {})
    }
  }
  const looking = lookOn()
  looking.catch(() => {}) // heard of at the end
  return {
    /** How often it found all as it must be. */
    count: () => looks,
    /** Ends them. Throws what was found to be wrong. */
    async end() {
      over.abort()
      await looking
    },
  }
}

/** False where the server does not let anyone look just now, or its tables were dropped. */
async function look({ server, site, watched, lagMs }: LooksParts): Promise<boolean> {
  const rows = (sql: string): Promise<Record<string, unknown>[]> =>
    queryOnce(`${server.url()}?options=-c%20search_path%3D${SCHEMA}&connect_timeout=2`, sql)
  const found = await orNull(Promise.all([countDifferences(rows), progress(rows)]))
  if (found === null) return false
  const [differences, { watermarkMs, ids }] = found
  expect(differences, 'counts that are not those of the tickets').toEqual([])
  if (watermarkMs === null) return true
  // Read after the store was: what is there by then only has been changed since.
  const passed = (await site.truth()).filter(
    ({ id, priorityId, updatedMs }) =>
      watched.includes(priorityId) && updatedMs + lagMs < watermarkMs && !ids.has(id),
  )
  expect(passed.slice(0, 3), `passed by the watermark ${watermarkMs} and not stored`).toEqual([])
  return true
}

interface Progress {
  readonly watermarkMs: number | null
  readonly ids: ReadonlySet<string>
}

/** Of one commit. */
async function progress(rows: (sql: string) => Promise<Record<string, unknown>[]>): Promise<Progress> {
  const [row] = await rows(
    'SELECT (SELECT MAX(watermark_ms) FROM sync_state) AS watermark, ARRAY(SELECT id FROM tickets) AS ids',
  )
  const { watermark, ids } = row as { watermark: number | null; ids: string[] }
  return { watermarkMs: watermark, ids: new Set(ids) }
}

async function orNull<T>(looking: Promise<T>): Promise<T | null> {
  const late = new AbortController()
  try {
    return await Promise.race([
      looking,
      machineClock.sleep(LOOK_TIMEOUT_MS, late.signal).then(
        () => null,
        () => null,
      ),
    ])
  } catch {
    return null
  } finally {
    late.abort()
    looking.catch(() => {})
  }
}
