import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { SITE } from '../../../test-support/store/pages.ts'
import { newSlots, RUN } from '../../../test-support/store/runs.ts'
import { machineClock } from '../../runtime/clock.ts'
import type { Store } from '../store.ts'
import { openConnection, type SqliteDb } from './connection.ts'
import { openSqliteStore, sqliteStore } from './store.ts'

const MANY = 100_000

const { runId } = RUN

describe('a run of many slots in a file', () => {
  let folder: string
  let file: string
  let past: Database.Database
  const stores: Store[] = []
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'jira-tpm-run-'))
    file = path.join(folder, 'tpm.sqlite')
    await open()
    past = new Database(file, { readonly: true })
  })
  afterEach(async () => {
    past.close()
    for (const store of stores.splice(0)) await store.close()
    await rm(folder, { recursive: true })
  })
  async function open(): Promise<Store> {
    const store = await openSqliteStore({ file, clock: machineClock })
    stores.push(store)
    return store
  }
  const first = (): Store => stores[0] as Store
  /** How many slots are in the table, of runs that are there or not. */
  const written = (): number => past.prepare('SELECT COUNT(*) FROM slots').pluck().get() as number
  const lastRow = (): number => past.prepare('SELECT MAX(rowid) FROM slots').pluck().get() as number

  test('skips what was missed in steps of 500, before it goes on', async () => {
    const SOME = 5_000
    await first().createRun(RUN, newSlots(SOME))
    await first().setRunState(SITE, runId, 'paused', 10)
    const skipped = past.prepare(`SELECT COUNT(*) FROM slots WHERE state = 'skipped'`).pluck()
    const seen = new Set<number>()
    const slots = newSlots(SOME).map(({ slot }) => slot)
    await watchLoop(
      () => first().resumeRun(SITE, runId, { byMs: 0, atMs: 20, skipped: { slots, reason: 'missed' } }),
      () => seen.add(skipped.get() as number),
    )
    const steps = [...seen].toSorted((a, b) => a - b)
    const longest = Math.max(...steps.map((step, n) => step - (steps[n - 1] ?? 0)))
    expect(steps.at(-1)).toBe(SOME)
    expect(longest).toBe(500)
    expect(await first().run(SITE, runId)).toMatchObject({ state: 'running', stateSinceMs: 20 })
  })

  test('is written in steps of 500 and read in steps of 1,000, with turns for others in between', async () => {
    let rows = 0
    let most = 0
    const making = await watchLoop(
      () => first().createRun(RUN, newSlots(MANY)),
      () => {
        most = Math.max(most, lastRow() - rows)
        rows = lastRow()
      },
    )
    expect(rows).toBe(MANY)
    expect(most).toBe(500)

    const reading = await watchLoop(() => first().slots(SITE, runId))
    expect(reading.result).toHaveLength(MANY)
    expect(reading.turns).toBeGreaterThanOrEqual(MANY / 1_000)
    const planned = await watchLoop(() => first().slotsPlanned(SITE, 0, Number.MAX_SAFE_INTEGER))
    expect(planned.result).toHaveLength(MANY)
    expect(planned.turns).toBeGreaterThanOrEqual(MANY / 1_000)
    console.log(
      `${MANY} slots: the longest step of making them took ${making.longest}, of reading them ${reading.longest}, of reading a span ${planned.longest}`,
    )
  })

  test('is not there where its process is killed on the way; the next run sweeps away what is left', async () => {
    const script = fileURLToPath(new URL('../../../test-support/store/sqlite/create-run.ts', import.meta.url))
    const child = spawn(process.execPath, [script, file, '2000000'], { stdio: ['ignore', 'pipe', 'inherit'] })
    await vi.waitFor(() => expect(written()).toBeGreaterThan(5_000), { timeout: 15_000, interval: 5 })
    child.kill('SIGKILL')
    await once(child, 'close')
    const left = written()
    expect(left % 500).toBe(0)

    const store = await open()
    expect(await store.run(SITE, runId)).toBeNull()
    expect(await store.slots(SITE, runId)).toEqual([])
    expect(await store.slotsPlanned(SITE, 0, Number.MAX_SAFE_INTEGER)).toEqual([])
    const counts = await store.runCounts(SITE, runId, Number.MAX_SAFE_INTEGER)
    expect(counts).toMatchObject({ open: 0, missed: 0 })

    await store.createRun({ ...RUN, runId: 'next' }, newSlots(3))
    expect(written()).toBe(3)
    await store.createRun(RUN, newSlots(2_000))
    expect(await store.slots(SITE, runId)).toHaveLength(2_000)
  })

  test('another site keeps what it has, also what is left there', async () => {
    const before = newSlots(1_500)
    await first().createRun({ ...RUN, siteId: 'site-b' }, before)
    await expect(
      first().createRun({ ...RUN, siteId: 'site-b', runId: 'other' }, [...before, ...before]),
    ).rejects.toThrow(/unique/i)
    await first().createRun(RUN, newSlots(2))
    expect(written()).toBe(1_500 + 1_500 + 2)
    expect(await first().slots('site-b', runId)).toHaveLength(1_500)
  })

  test('two that are begun at once: each is there whole, or refused and not there', async () => {
    const other = await open()
    const made = await Promise.allSettled([
      first().createRun(RUN, newSlots(5_000)),
      other.createRun({ ...RUN, runId: 'other' }, newSlots(5_000)),
    ])
    const whole = made.map(({ status }) => status === 'fulfilled')
    expect(whole).toContain(true)
    const refusals = made.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []))
    for (const refusal of refusals) expect(refusal).toMatchObject({ code: 'busy', retryable: true })
    const ids = [runId, 'other']
    expect(await Promise.all(ids.map(async (id) => (await first().run(SITE, id)) !== null))).toEqual(whole)
    expect(await Promise.all(ids.map(async (id) => (await first().slots(SITE, id)).length))).toEqual(
      whole.map((one) => (one ? 5_000 : 0)),
    )
  })

  test('a run that another process ends to write just before it would be swept away stays whole', async () => {
    const twice = [...newSlots(1_500), ...newSlots(1_500)]
    await expect(first().createRun(RUN, twice)).rejects.toThrow(/unique/i)
    const there = written()
    const db = await openConnection(file, machineClock)
    const late: SqliteDb = {
      ...db,
      async write(work) {
        await db.write(() =>
          db
            .statement(
              `INSERT OR IGNORE INTO runs (site_id, run_id, project_key, seed, planned, start_ms, end_ms, rate, state,
                 state_since_ms, created_ms)
               VALUES (?, ?, 'TPM', 1, 1, 1, 1, 1, 'running', 1, 1)`,
            )
            .run(SITE, runId),
        )
        return db.write(work)
      },
    }
    await sqliteStore(late).createRun({ ...RUN, runId: 'other' }, newSlots(1))
    db.close()
    expect(there).toBeGreaterThan(0)
    expect(await first().slots(SITE, runId)).toHaveLength(there)
  })

  test('one whose slots were swept away on the way is refused, and can be given again', async () => {
    const sweeping = await open()
    let swept = false
    const making = watchLoop(
      () => first().createRun(RUN, newSlots(20_000)),
      () => {
        if (swept || written() < 5_000) return
        swept = true
        void sweeping.createRun({ ...RUN, runId: 'other' }, newSlots(1))
      },
    )
    await expect(making).rejects.toMatchObject({ code: 'busy', retryable: true })
    expect(swept).toBe(true)
    expect(await first().run(SITE, runId)).toBeNull()
    await first().createRun(RUN, newSlots(20_000))
    expect(await first().slots(SITE, runId)).toHaveLength(20_000)
    expect(await first().slots(SITE, 'other')).toHaveLength(1)
  })
})

interface WatchedLoop<T> {
  readonly result: T
  /** How often the event loop went on while the work was under way. */
  readonly turns: number
  /** The longest that it waited for its next turn, and the most work that it did between two, in words. */
  readonly longest: string
}

/** Does work, and looks on at each turn of the event loop. */
async function watchLoop<T>(
  work: () => Promise<T>,
  atEachTurn: () => void = () => {},
): Promise<WatchedLoop<T>> {
  const over = new AbortController()
  const done = work().finally(() => over.abort())
  done.catch(() => {}) // it is awaited below
  const steps: { readonly ms: number; readonly ownMs: number }[] = []
  while (!over.signal.aborted) {
    const sinceMs = performance.now()
    const before = process.threadCpuUsage()
    await setImmediate()
    const { user, system } = process.threadCpuUsage(before)
    steps.push({ ms: performance.now() - sinceMs, ownMs: (user + system) / 1_000 })
    atEachTurn()
  }
  const longest = steps.reduce((a, b) => (b.ms > a.ms ? b : a), { ms: 0, ownMs: 0 })
  const mostOwnMs = Math.max(0, ...steps.map(({ ownMs }) => ownMs))
  const longestWords = `${longest.ms.toFixed(1)} ms (at most ${mostOwnMs.toFixed(1)} ms of work)`
  return { result: await done, turns: steps.length, longest: longestWords }
}
