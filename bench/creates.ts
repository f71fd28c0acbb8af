import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { pino } from 'pino'
import { createEventHub } from '../src-shared/contract/client.ts'
import { machineClock, createSiteTime } from '../src-main/runtime/clock.ts'
import { createClockControl, DEFAULT_SANDBOX, startSandbox, type Sandbox } from '#jira-sandbox'
import { createGenerator } from '../src-main/generator/runner.ts'
import { createCloudJira } from '../src-main/jira/cloud/cloud.ts'
import { openSqliteStore } from '../src-main/store/sqlite/store.ts'
import type { Store } from '../src-main/store/store.ts'
import { atLeast, median, type BenchResult } from './bench.ts'
import { createBare } from './fixtures/bare-create.ts'

const TICKETS = 1_500
const ROUNDS = 3
const never = new AbortController().signal

/** The share of a bare loop that a run is to reach, by how many requests are under way at once. */
const TARGETS = [
  { atOnce: 1, share: 0.5 },
  { atOnce: 4, share: null },
  { atOnce: 16, share: 0.7 },
] as const

/** How many tickets a second a run makes when all of them are due at once, beside a bare loop of the same requests. */
export async function run(): Promise<BenchResult[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'jira-tpm-bench-'))
  const sandbox = await startSandbox({
    file: path.join(folder, 'sandbox.sqlite'),
    settings: { ...DEFAULT_SANDBOX, historyTickets: 0 },
  })
  try {
    const results: BenchResult[] = []
    for (const { atOnce, share } of TARGETS) {
      const rounds: Round[] = []
      for (let round = 0; round <= ROUNDS; round++) {
        const bare = await speed(() => createBare(sandbox, TICKETS, atOnce))
        rounds.push({
          bare,
          ...(await generated(path.join(folder, `${atOnce}-${round}.sqlite`), sandbox, atOnce)),
        })
      }
      results.push(...resultsOf(atOnce, share, rounds.slice(1)))
    }
    return results
  } finally {
    await sandbox.stop()
    await rm(folder, { recursive: true })
  }
}

/** Tickets a second, and how many slots each write of the ledger took on average. */
interface Round {
  readonly bare: number
  readonly made: number
  readonly slotsAWrite: number
}

function resultsOf(atOnce: number, least: number | null, rounds: readonly Round[]): BenchResult[] {
  const of = (figure: keyof Round): number => median(rounds.map((round) => round[figure]))
  const share = {
    name: 'a run as a share of that',
    value: median(rounds.map(({ made, bare }) => made / bare)),
    unit: '',
  }
  return [
    { name: `bare creates, ${atOnce} at once`, value: of('bare'), unit: 'tickets/s' },
    { name: `a run’s creates, ${atOnce} at once, with its ledger`, value: of('made'), unit: 'tickets/s' },
    least === null ? share : atLeast(least, share),
    { name: 'slots in one commit of the ledger, mean', value: of('slotsAWrite'), unit: '' },
  ]
}

async function speed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return TICKETS / ((performance.now() - began) / 1_000)
}

/** A run whose slots are all due within a few milliseconds. */
async function generated(file: string, sandbox: Sandbox, maxRequests: number): Promise<Omit<Round, 'bare'>> {
  const store = await openSqliteStore({ file, clock: machineClock })
  const counted = countWrites(store)
  const siteTime = createSiteTime(machineClock)
  const control = createClockControl(sandbox)
  siteTime.set(await control.get(never))
  const generator = createGenerator({
    siteId: sandbox.siteId,
    jira: createCloudJira({ ...sandbox, clock: machineClock }),
    store: counted.store,
    clock: machineClock,
    siteTime,
    hub: createEventHub(),
    owner: randomUUID(),
    onCreated: () => {},
    maxRequests,
    log: pino({ level: 'silent' }),
    async compress(rate, untilSiteMs, signal) {
      const clock = await control.run(rate, untilSiteMs, signal)
      siteTime.set(clock)
      return clock
    },
  })
  try {
    await generator.start({ count: TICKETS, minutes: 0.1, compress: 3_600, seed: 7 })
    const made = await speed(async () => {
      const { created } = await generator.finished()
      if (created !== TICKETS) throw new Error(`Only ${created} of ${TICKETS} were made`)
    })
    return { made, slotsAWrite: (2 * TICKETS) / counted.writes() }
  } finally {
    await generator.close()
    await store.close()
  }
}

function countWrites(store: Store): { readonly store: Store; readonly writes: () => number } {
  let writes = 0
  return {
    writes: () => writes,
    store: {
      ...store,
      claimSlots(...args) {
        writes += 1
        return store.claimSlots(...args)
      },
      recordSlots(...args) {
        writes += 1
        return store.recordSlots(...args)
      },
    },
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.table(await run())
