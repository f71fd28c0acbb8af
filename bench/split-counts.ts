import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { machineClock } from '../src-main/runtime/clock.ts'
import { openSqliteStore } from '../src-main/store/sqlite/store.ts'
import type { BenchResult } from './bench.ts'
import { fillFile, PER_MINUTE } from '../test-support/store/sqlite/fill-file.ts'
import { splitCharts } from './fixtures/split-charts.ts'

const TICKETS = 10_000_000

/** Charts of ten tickets a minute of three projects and four types, by a field, anywhere in a file's history. */
export async function run(tickets = TICKETS): Promise<BenchResult[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'jira-tpm-bench-'))
  const file = path.join(folder, 'tpm.sqlite')
  try {
    await (await openSqliteStore({ file, clock: machineClock })).close()
    fillFile(file, tickets)
    const store = await openSqliteStore({ file, clock: machineClock })
    try {
      return await splitCharts(store, tickets / PER_MINUTE)
    } finally {
      await store.close()
    }
  } finally {
    await rm(folder, { recursive: true })
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const tickets = Number(process.argv[2] ?? TICKETS)
  console.table(await run(tickets))
}
