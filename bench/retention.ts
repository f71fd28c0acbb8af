import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { machineClock } from '../src-main/runtime/clock.ts'
import { openSqliteStore } from '../src-main/store/sqlite/store.ts'
import type { Store } from '../src-main/store/store.ts'
import { FIELDS_START_MS, fillFile, PER_MINUTE } from '../test-support/store/sqlite/fill-file.ts'
import { atMost, percentile, type BenchResult } from './bench.ts'
import { fillTickets } from './fixtures/fill-tickets.ts'
import { onPostgres } from './fixtures/postgres.ts'
import { BENCH_START_MS } from './fixtures/tickets.ts'

const TICKETS = 1_000_000

/** Half of the tickets of a store are no longer kept: how fast they go, and how long one step takes. */
export async function run(tickets = TICKETS): Promise<BenchResult[]> {
  const days = Math.floor(tickets / 2 / PER_MINUTE / 1_440)
  const folder = await mkdtemp(path.join(tmpdir(), 'jira-tpm-bench-'))
  const file = path.join(folder, 'tpm.sqlite')
  const inFile = async (): Promise<BenchResult[]> => {
    await (await openSqliteStore({ file, clock: machineClock })).close()
    fillFile(file, tickets)
    const store = await openSqliteStore({ file, clock: machineClock })
    return measure(store, FIELDS_START_MS + days * 86_400_000)
  }
  try {
    const onServer = await onPostgres(async (server) => {
      const database = await server.database('retention')
      await (await database.open()).close()
      await fillTickets(database, 0, tickets)
      return measure(await database.open(), BENCH_START_MS + days * 86_400_000)
    })
    return [...(await inFile()), ...onServer]
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function measure(store: Store, keptFromMs: number): Promise<BenchResult[]> {
  const previewed = performance.now()
  await store.oldTickets(keptFromMs)
  const began = performance.now()
  await store.keepFrom(keptFromMs)
  const keptMs = performance.now() - began
  const steps: number[] = []
  const cpu: number[] = []
  let deleted = 0
  let ticketsMs = 0
  for (let more = true; more;) {
    const [beganStep, before] = [performance.now(), process.threadCpuUsage()]
    const done = await store.deleteOld()
    steps.push(performance.now() - beganStep)
    const spent = process.threadCpuUsage(before)
    cpu.push((spent.user + spent.system) / 1_000)
    if (done.deleted > 0) ticketsMs = performance.now() - began
    deleted += done.deleted
    more = done.more
    await setImmediate()
  }
  const allMs = performance.now() - began
  await store.close()
  const of = (name: string): string => `${store.kind}: ${name}`
  const p99 = { name: of('a step of it, p99 of CPU'), value: percentile(cpu, 0.99), unit: 'ms' }
  return [
    { name: of('what would go is counted in'), value: began - previewed, unit: 'ms' },
    { name: of('it is unknown after'), value: keptMs, unit: 'ms' },
    { name: of('tickets deleted, with their counts'), value: deleted / (ticketsMs / 1_000), unit: 'rows/s' },
    { name: of('their empty cells deleted in'), value: allMs - ticketsMs, unit: 'ms' },
    { name: of('a step of it, p50'), value: percentile(steps, 0.5), unit: 'ms' },
    store.kind === 'sqlite' ? atMost(20, p99) : p99,
    { name: of('a step of it, p99'), value: percentile(steps, 0.99), unit: 'ms' },
  ]
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  console.table(await run(Number(process.argv[2] ?? TICKETS)))
}
