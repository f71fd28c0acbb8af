import { fileURLToPath } from 'node:url'
import type { TestSandbox } from '#jira-sandbox/testing'
import { pino } from 'pino'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { expect, onTestFinished, test, vi } from 'vitest'
import { startTestSite } from '../../test-support/app.ts'
import { FAULT_NAMES, makeTrouble, MOST_CONNECTIONS, USUAL_JIRA } from '../../test-support/chaos/faults.ts'
import type { Chart } from '../../test-support/chaos/member.ts'
import { startTeam, type Seat, type Team } from '../../test-support/chaos/team.ts'
import { bundled } from '../../test-support/process/bundled.ts'
import { countDifferences } from '../../test-support/store/count-differences.ts'
import { testConfig } from '../../test-support/store/postgres-config.ts'
import { queryOnce } from '../../test-support/store/postgres-query.ts'
import { startPostgres, type TestPostgres } from '../../test-support/store/postgres.ts'
import { TEST_SCOPE } from '../../test-support/sync/sync.ts'
import { expectTruth, storedOf, truthOf } from '../../test-support/sync/truth.ts'
import { runLabel, SLOT_PROPERTY } from '../generator/marks.ts'
import { machineClock } from '../runtime/clock.ts'
import type { Run } from '../store/ledger/ledger.ts'
import { SCHEMA } from '../store/postgres/connection/client.ts'
import { openPostgresStore } from '../store/postgres/store.ts'
import type { Store } from '../store/store.ts'

const EVERY_MS = 150

const LOOK_TIMEOUT_MS = 3_000

const LOOK_AGAIN_MS = 500

// Several instances on one server and one Jira, while the server, the networks, Jira and the instances themselves fail.

const LONG = process.env['JIRA_TPM_LONG'] !== undefined

/** JIRA_TPM_SEED repeats what happens, as far as a machine does the same twice. */
const SEED = Number(process.env['JIRA_TPM_SEED'] ?? machineClock.now() % 2 ** 31)

const ROUNDS = Number(process.env['JIRA_TPM_ROUNDS'] ?? (LONG ? 400 : FAULT_NAMES.length))

const WATCHED = [1, 2]

const LAG_MS = 1_500

/** The `Date` header tells whole seconds. */
const SECOND_MS = 1_000

const RUNS = { count: 120, minutes: 0.1 }

/** Two machines; of the second one, everybody learns of a death only by its silence. */
const SEATS = [
  { host: 'ada', runs: RUNS },
  { host: 'bob', runs: RUNS },
  { host: 'bob', runs: null },
  { host: 'eve', runs: null },
]

const SCRIPT = fileURLToPath(new URL('../../test-support/chaos/run-member.ts', import.meta.url))

/** A slot in doubt is looked for until no request of it can be under way any more: 90 s. */
const REST_MS = 240_000

const never = new AbortController().signal

test(
  'whatever fails, each slot makes at most one ticket, the counts are right at every look, and nothing is lost',
  { timeout: ROUNDS * 3_000 + REST_MS + 120_000 },
  async () => {
    const random = xoroshiro128plus(SEED)
    const [server, site] = await Promise.all([
      startPostgres({ settings: { max_connections: MOST_CONNECTIONS } }),
      startTestSite({
        historyTickets: 150,
        historyHours: 1,
        indexLag: { kind: 'random', minMs: 0, maxMs: LAG_MS },
      }),
    ])
    const script = bundled(SCRIPT)
    onTestFinished(() => server.stop())
    const store = await openPostgresStore(
      testConfig({ host: server.host, port: server.port, database: 'postgres' }),
      { clock: machineClock, log: pino({ level: 'silent' }), password: null },
    )
    onTestFinished(() => store.close())
    await site.setFaults(USUAL_JIRA)
    const team = await startTeam({ script, server, site, seats: SEATS })
    const siteId = await team.seats[0]?.member().opened()
    if (siteId === undefined) throw new Error('Nobody is there')
    const looks = startLooking({ server, site, watched: WATCHED, lagMs: LAG_MS + SECOND_MS })
    const others = startOthers(site, SEED)

    await moveTheLead(team)
    const happened = await makeTrouble({ server, site, team, store, random }, ROUNDS)

    await others.end()
    const backMs = machineClock.now()
    await site.setSettings({ indexLag: { kind: 'none' } })
    await vi.waitFor(() => store.createTables(), { timeout: 20_000, interval: 50 })
    await endRuns(team, store, siteId)
    const settled = { timeout: 20_000, interval: 100 }
    await vi.waitFor(
      async () => expectTruth(await storedOf(store, siteId, TEST_SCOPE), await truthOf(site, TEST_SCOPE)),
      settled,
    )
    const chart = await chartOf(store, siteId)
    for (const seat of team.seats) {
      await vi.waitFor(async () => expect(await seat.member().chart()).toEqual(chart), settled)
    }
    const rightAfterMs = machineClock.now() - backMs
    await looks.end()
    const slots = await expectOnceEach(site, await store.runs(siteId, 1_000), store)
    for (const seat of team.seats) await seat.member().end()

    const words = team.words()
    expect(words.filter(({ said }) => said === 'bug')).toEqual([])
    const outages = words.filter((word) => word.said === 'store' && word.failure !== null).length
    const leads = words.filter(({ said }) => said === 'leads').length
    const works = words.filter(({ said }) => said === 'works').length
    console.log(
      `chaos with seed ${SEED}: ${ROUNDS} faults (${[...happened].map(([name, n]) => `${name}: ${n}`).join('; ')}); ` +
        `instances saw ${outages} outages, took the lead ${leads} times and runs ${works} times; ` +
        `${slots.made} slots made once, ${slots.unknown} unknown, of ${slots.runs} runs; ` +
        `${looks.count()} looks; all right ${rightAfterMs} ms after the last fault, with ${Object.keys(chart).length} bars`,
    )
    // Faults that nobody meets show nothing.
    expect([...happened.keys()].toSorted()).toEqual(FAULT_NAMES.toSorted())
    expect(outages).toBeGreaterThanOrEqual(SEATS.length)
    expect(leads).toBeGreaterThan(1)
    expect(works).toBeGreaterThan(0)
    expect(looks.count()).toBeGreaterThan(ROUNDS)
  },
)

const leads = (seat: Seat): boolean => seat.member().words.some(({ said }) => said === 'leads')

/** Cuts the first one to lead off the server until another one leads. */
async function moveTheLead(team: Team): Promise<void> {
  const patience = { timeout: 60_000, interval: 100 }
  const leader = await vi.waitUntil(() => team.seats.find(leads), patience)
  leader.proxy.blackhole()
  await vi.waitUntil(() => team.seats.some((seat) => seat !== leader && leads(seat)), patience)
  leader.heal()
}

/** People make and change tickets all the while. */
function startOthers(site: TestSandbox, seed: number): { end(): Promise<void> } {
  const random = xoroshiro128plus(seed + 1)
  const over = new AbortController()
  const act = async (): Promise<void> => {
    const ids: string[] = []
    while (!over.signal.aborted) {
      const priority = { id: String(uniformInt(random, 1, 4)) }
      const one = ids[uniformInt(random, 0, 2 * ids.length)]
      if (one === undefined) ids.push((await site.add({ priority })).id)
      else await site.edit(one, { priority, summary: `Changed ${uniformInt(random, 1, 9)}` })
      await machineClock.sleep(uniformInt(random, 20, 200), over.signal).catch(() => {})
    }
  }
  const acting = act()
  return {
    async end() {
      over.abort()
      await acting
    },
  }
}

/** Waits until the last run is done, and nobody begins another. */
async function endRuns(team: Team, store: Store, siteId: string): Promise<void> {
  for (const seat of team.seats) seat.member().order({ order: 'finish' })
  for (let n = 1; ; n++) {
    await machineClock.sleep(LOOK_AGAIN_MS, never)
    const run = await store.lastRun(siteId)
    if (run?.state === 'done') return
    if (n * LOOK_AGAIN_MS > REST_MS)
      throw new Error(`The run does not come to its end: ${JSON.stringify(run)}`)
    // What a killed instance had not sent is looked for in Jira for long; by now Jira shows all that there is.
    if (n % 6 === 0) for (const seat of team.seats) seat.member().order({ order: 'hurry' })
  }
}

/** What every chart must show. */
async function chartOf(store: Store, siteId: string): Promise<Chart> {
  const minute = Math.floor(machineClock.now() / 60_000)
  const { rows } = await store.counts({
    siteId,
    ...TEST_SCOPE,
    fromMinute: minute - 90,
    toMinute: minute + 90,
    bucketMinutes: 1,
  })
  return Object.fromEntries(
    rows.map(({ startMinute, priorityId, count }) => [`${startMinute} ${priorityId}`, count]),
  )
}

/** By Jira's own records no slot has two tickets, and each that the ledger calls created has that very one. */
async function expectOnceEach(
  site: TestSandbox,
  runs: readonly Run[],
  store: Store,
): Promise<{ made: number; unknown: number; runs: number }> {
  let all = { made: 0, unknown: 0, runs: 0 }
  for (const { siteId, runId } of runs) {
    const bySlot = await ticketsBySlot(site, runId)
    expect(
      [...bySlot].filter(([, ids]) => ids.length !== 1),
      `slots of ${runId} with two tickets`,
    ).toEqual([])
    const slots = await store.slots(siteId, runId)
    const told = slots.filter(({ state }) => state === 'created').map(({ slot, issueId }) => [slot, issueId])
    const doubtful = slots.filter(({ state }) => state === 'unknown').map(({ slot }) => slot)
    expect(told.length + doubtful.length, `slots of ${runId} with an outcome`).toBe(slots.length)
    // One that was held up before its request may have sent it after it was looked for.
    const made = [...bySlot]
      .map(([slot, ids]) => [slot, ids[0]])
      .filter(([slot]) => !doubtful.includes(Number(slot)))
    expect(told.toSorted(bySlotNumber)).toEqual(made.toSorted(bySlotNumber))
    all = { made: all.made + told.length, unknown: all.unknown + doubtful.length, runs: all.runs + 1 }
  }
  return all
}

function bySlotNumber([a]: readonly unknown[], [b]: readonly unknown[]): number {
  return Number(a) - Number(b)
}

async function ticketsBySlot(site: TestSandbox, runId: string): Promise<Map<number, string[]>> {
  const bySlot = new Map<number, string[]>()
  for (const { id } of await site.truth(runLabel(runId))) {
    const { body } = await site.request('GET', `/rest/api/3/issue/${id}/properties/${SLOT_PROPERTY}`)
    const { slot } = (body as { value: { slot: number } }).value
    bySlot.set(slot, [...(bySlot.get(slot) ?? []), id])
  }
  return bySlot
}

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
function startLooking(parts: LooksParts) {
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
